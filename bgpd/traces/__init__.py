"""What becomes of routes, for the log: ``Mesh_10_0_0_2 > added [best] 10.244.2.0/26 via 10.0.0.2 on eth0``.

Nothing of this runs per prefix on the way of a route. What was settled is told by the batches that everybody
follows (``settled.py``); of what a neighbor sends, ``arrivals.py`` looks at the few prefixes that there is
room for in the log, and only while somebody asks. ``departures.py`` finds out who is told what.
"""
