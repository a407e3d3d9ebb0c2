"""The Linux side of the daemon: its routes in the kernel's table, and the interfaces under them.

How it is built::

    types.py              KernelRoute, NextHop, ...: routes as values, without prefixes        pure
    books.py  fib.py      what is wanted and known; Fib: the operations that are missing            pure
    planning.py alike.py  what is to be done about one prefix, and about many that are alike     pure
    observer.py           Observer: dumps and notifications, brought into a Fib                pure
    aliens.py             routes of other programs: who blocks us, who leads where             pure
    learning.py           which of them may be learned                                         pure
    guard.py  wants.py    what would cut this host off, and is kept out                        pure
    fights.py             routes that are taken out as often as they are put back              pure
    standing.py news.py   what operators are told; report.py                                   pure
    audit.py  footing.py  what a check looks at; what our routes stand on                      pure
    interfaces.py ...     InterfaceTable: links, addresses, connected prefixes                 pure
    rtnetlink.py          netlink framing, answers, requests                                   pure
    route_messages.py     route messages, packed and read in bulk                              pure
    netlink.py            NetlinkSocket: one socket, its buffers and its filter
    route_socket.py       RouteSocket: a Fib's conversation with the kernel
    flush.py              removal of our routes without a daemon
    sender.py             the thread that carries batches into the kernel
    kernel.py             KernelTable: when to talk; what the daemon uses for routes           asyncio
    check.py  timers.py   the slow look at a whole table; callbacks that are due once          asyncio
    monitor.py            Monitor: keeps an InterfaceTable true                                 asyncio
    link_messages.py      links and addresses as values; pyroute2_messages.py: what reads them    pyroute2

**Ours and others'.** A route of ours carries our protocol number, 12 unless configured. Adding is exclusive,
removing names protocol, table, type and metric, and a replacement is sent only where the latest news says
that the route is ours and alone at its prefix and metric. The kernel offers no compare-and-swap: a program
that takes the place over between that news and our replacement loses it to us, which is reported. What is
notified while the kernel works on a batch could have happened before or after our writing, so those prefixes
are put in doubt: delete what is ours, add exclusively.

**One socket** for writing, answers, dumps and notifications, because between two sockets there is no
order. A socket filter drops the echo of our own writing in the kernel; answers tell us as much.

**In bulk.** A batch is one system call that the kernel has finished when it returns, errors come back
by sequence number, and success is the silence before the answer to the last message. That call runs in
a thread, since a rebuild of the kernel's trie may take 100 ms; nothing else does. While the kernel works on
one batch the next one is planned and packed, of other prefixes. It is sent only if nobody touched them.

**No polling.** Notifications keep the view true, a twentieth of a second after the fact: a route that
somebody removes or changes is put back, one that an alien blocked is added when the alien goes. Where
notifications do not suffice the table is dumped again: when some were lost (ENOBUFS), and when a link or
address that our routes use goes, because IPv4 then drops routes without a word. A refused route is
tried again when a link comes up or an address is added. A slow check on another socket compares the whole
table now and then, without writing: if it finds the same deviation twice, the table is dumped.

**Fights.** A route that somebody takes out more often than a limit within a minute is left alone for a
minute, then two, up to sixteen.

**Restart.** The first dump shows what an earlier process left. What is wanted and equal is adopted without
a message, what differs is replaced, and what nobody wants is removed after ``feed_complete()``.

IPv6 is the same but for this: a metric of 0 means 1024, reject routes are on ``lo``, and of a multipath
route the removal is notified hop by hop.
"""
