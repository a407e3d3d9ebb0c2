"""The asyncio shell around ``fsm``: sockets in, sessions out.

- ``Peer`` is one neighbor as others see it. ``Connections`` has its main machine, during a collision a rival
  one, and the one timer of both; ``Performer`` does what the machines ask for; ``PostponedEvents`` are what
  is not answered until a collision is decided.
- ``Session`` is one TCP connection: bytes to messages to events (``message_events.py``), messages to bytes.
  ``FairTimers`` corrects its timers by what the kernel's queues hold.
- ``Listener`` accepts connections and hands each to the peer it comes from.
- ``ListeningSockets`` and ``ListeningKeys`` are what it listens on and which signatures it expects,
  ``Strangers`` who came in vain.
- ``socket_options.py``, ``tcp_md5.py`` and ``tcp_ao.py`` have what is particular to the sockets of BGP.
- ``History`` remembers what happened to a neighbor.

No protocol decision is made here: a session turns what it reads into events, the machine answers with
actions, the performer carries them out. A ``PeerHandler`` receives what remains: sessions that come and go,
and UPDATEs.
"""
