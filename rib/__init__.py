"""Routes in, best routes out, messages for groups of neighbors. Pure: no socket, clock, task or log.

The way of a route through this package::

    Ingress.routes       attributes, checked once, become a Route of its source               ingress.py
    Table.announce       the Route is stored under its prefixes, which wait for the batch     table.py
    LocRib.run           the batch: best route per dirty prefix -> Changes                    loc_rib.py
    UpdateGroup          Changes -> messages, encoded once per group                          update_group.py
    PathGroup            the same for neighbors that are sent several paths                   path_group.py
    Flow                 Changes -> another table                                             pipe.py

Beside the way stand

- the short way for plain attributes: ``plain_entry.py``, ``plain_exit.py``;
- what is stored: ``route.py``, ``slot.py`` (all routes to one prefix), ``slot_changes.py`` (what becomes of
  it), ``touched_slots.py`` and ``keys_by_route.py`` (what waits for the batch), ``walk.py`` (the pass over a
  table that replaces or removes routes);
- how one is chosen: ``decision_steps.py`` (the list), ``ranking.py`` (the same as octets to compare),
  ``decision.py``, ``multipath.py`` (which ones share the traffic), ``next_hops.py`` (where next hops lead);
- the rules: ``admission.py`` (how a neighbor's routes come in), ``policy.py``, ``egress.py`` (what a neighbor
  is told), ``as_paths.py``, ``reflection.py``, ``blackhole.py``, ``graceful_shutdown.py``;
- who is told: ``views.py`` (what a route looks like to a group), ``member.py`` (what a neighbor is behind
  with), ``quota.py`` (how much it may be told), ``outgoing.py`` (what is packed for it);
- for operators: ``census.py``, ``history.py``.

A Route has no prefix and never changes; all prefixes that one UPDATE announced share it. Whatever only
depends on the Route (rank, verdicts, what a group sends for it) is worked out once for all of them.
"""
