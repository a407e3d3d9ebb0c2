"""The behavior of one BGP connection (RFC 4271 §8): events in, actions out.

::

    driver --Event--> Machine.handle(event, now) --Actions--> driver
    driver --now----> Machine.expire(now)        --Actions--> driver

- ``Machine`` knows the state, the timers and what was negotiated. It holds no socket and reads no clock:
  time enters as ``now``, randomness as a function that is handed in, and timers are deadlines that the
  driver asks for.
- The transitions of a state are a table in its file of ``states/``; a pair that no table lists is that
  state's FSM error (RFC 6608). ``docs/fsm.md`` shows what they do.
- ``negotiate`` judges a received OPEN and says what both speakers agreed on (``open_check.py``,
  ``negotiation.py``).
- While two connections to one neighbor exist there are two machines; ``Machine.verdict`` says by the rules
  of ``collision.py`` which one goes (RFC 4271 §6.8). They share what was learned from earlier ones
  (``memory.py``).
- An UPDATE in Established changes nothing but the HoldTimer, so it makes no event: the driver calls
  ``heard_from_peer``.

Imports ``messages`` and the standard library only.
"""
