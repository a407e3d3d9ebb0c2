"""What a configuration would change, found out before it is applied: protocols, and every single route.

The new tables, protocols and filters are made beside the real ones, by the code that makes the real ones, but
without sockets and without a kernel: a *shadow*. What neighbors have said is said to it again, some hundred
prefixes at a time, and what everybody would be told is compared with what they are told now. So no rule is
written twice, and the memory it takes does not depend on the size of the tables.

forecast.py           what comes of it: plain data
protocol_changes.py   who comes, goes, starts anew, and which settings are the reason
quiet_policies.py     the new filters, without a word in the log
awaited_sessions.py   sessions as they are, or as they would come back
neighbors.py          what would become of each neighbor
entrances.py          what neighbors have said, said once more
seats.py              where they would speak and hear
shadow.py             the new tables, and what passes through them
comparison.py         what is told now and what would be, prefix by prefix
stillness.py          whether any route can change at all
doubts.py             what can't be known, and what is taken for granted
present.py            the daemon as it is
prediction.py         all of it, in slices
"""
