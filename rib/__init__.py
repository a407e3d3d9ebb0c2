"""Routes in, best routes out, messages for groups of neighbors. Pure: no socket, clock, task or log.

The way of a route through this package::

    Ingress.route        an attribute set, checked once, becomes a Route of its source        ingress.py
    Table.announce       the Route is stored under its prefixes, which are marked dirty       table.py
    LocRib.run           the batch: best route per dirty prefix -> Changes                    loc_rib.py
    UpdateGroup          Changes -> messages, encoded once per group                          update_group.py

``decision.py`` is the list of tie-breaking steps, ``egress.py`` what a neighbor is told, ``next_hops.py``
where next hops lead, ``walk.py`` the pass over a table that replaces or removes routes, ``census.py``
counting on demand.

A Route has no prefix and never changes; all prefixes that one UPDATE announced share it. Whatever only
depends on the Route (rank, verdicts, what a group sends for it) is worked out once per Route.
"""
