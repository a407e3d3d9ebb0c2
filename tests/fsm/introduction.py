"""What stands around the tables of ``docs/fsm.md``."""

from typing import Final

from fsm.settings import Settings

_DEFAULT: Final = Settings(local_asn=64512, router_id=1)
_FIRST_WAIT, _LONGEST_WAIT = _DEFAULT.error_wait

INTRODUCTION: Final = f"""\
# The finite state machine

<!-- Made by running the machine: `python -m tests.fsm.state_table > docs/fsm.md`; edit fsm and tests/fsm. -->

Every TCP connection with a neighbor has a machine of its own: RFC 4271 §8 with the optional attributes
PassiveTcpEstablishment, DampPeerOscillations, DelayOpen and SendNOTIFICATIONwithoutOPEN, and without
TrackTcpState and CollisionDetectEstablishedState. A neighbor has one machine, and a second one while two
connections compete (see [Collisions](#collisions)).

| state | there is | what is awaited |
|---|---|---|
| Idle | nothing; incoming connections are refused | the operator, or the end of a rest after an error |
| Active | nothing; incoming connections are accepted | the peer's connection, or the time for our own |
| Connect | an attempt to connect | its success |
| OpenSent | a connection, our OPEN is sent | the peer's OPEN |
| OpenConfirm | two OPENs that agree | the peer's first KEEPALIVE |
| Established | a session | routes |

A neighbor that is started goes to Active first and listens for `connect_delay`, so that two daemons that
start together do not collide; then it connects. After a restart of ours (RFC 4724) it connects at once, and
again after a second. When a session or an attempt fails it is back in Active at once, or after a rest in Idle
if the failure would only repeat itself.

## Timers

| timer | runs | set by | default |
|---|---|---|---|
| ConnectRetryTimer | in Active, until we try | `connect_delay`; 1 s or more after a failure | \
{_DEFAULT.connect_delay:g} s |
| | in Connect, until the attempt is given up | `connect_retry` | {_DEFAULT.connect_retry:g} s |
| DelayOpenTimer | in Connect and Active, once there is a connection | `delay_open` | off |
| HoldTimer | in OpenSent | `startup_hold_time` | {_DEFAULT.startup_hold_time:g} s |
| | from OpenConfirm on | the smaller `hold_time` of the two; 0 is off | {_DEFAULT.hold_time:g} s |
| KeepaliveTimer | from OpenConfirm on | `keepalive_time` | a third of the hold time, and never more |
| SendHoldTimer | in Established | `send_hold_time` (RFC 9687) | 480 s, or twice the hold time |
| IdleHoldTimer | in Idle, after an error | `error_wait`, `error_forget` | \
{_FIRST_WAIT:g} s, doubling to {_LONGEST_WAIT:g} s |

ConnectRetryTimer and KeepaliveTimer are shortened at random by up to a quarter (RFC 4271 §10), but never
below a second (§4.4). A missing required capability (2/7), sent or received, calls for the longest rest at
once (RFC 5492 §3).

## Where this is not what RFC 4271 says

- TcpConnectionFails (event 18) leads from Connect to Active, not to Idle. Idle would refuse the peer's own
  connection for no reason.
- A NOTIFICATION (event 25) is never answered with another: RFC 4271 §6.4 forbids what §8.2.2 asks for in
  OpenSent.
- While the DelayOpenTimer runs, a stop by the operator (event 2), an AutomaticStop (event 8) and a collision
  (event 23) are told to the peer in a NOTIFICATION, in Connect as in Active: nobody shall have to guess why a
  connection was closed.
- A collision (event 23) is no error, so it is never damped. Neither is a Cease whose reason is gone when the
  peer comes back (RFC 4486 §4).
- A peer that refuses the Capabilities parameter (2/4) is soon asked again, without it (RFC 5492 §3), unless
  the session would have no purpose then.

## Transitions

Where each event leads; a dash is no change of state.
"""

TRANSITIONS_READ_SO: Final = """\
Below is what happens on the way. In each state the events that it lists come first; the last rows are all the
others. *Close* closes the connection or gives up the attempt; *report* shows and logs the failure. *Timers
set* are started or restarted; in Idle all others are stopped. What follows an event is a condition, given
where it makes a difference. The figures are those of the defaults, of `delay_open = 20`, of an OPEN with the
hold time 90, and of no error before.
"""

COLLISIONS: Final = """\
## Collisions

When an OPEN arrives while there is another connection with the same peer, one of the two must go (RFC 4271
§6.8). The speaker with the larger BGP identifier, or with the larger AS number if they are equal (RFC 6286
§2.3), is dominant: the connection that it opened stays. It decides with the first OPEN it sees. The other
speaker leaves an OPEN unanswered until the dominant one has spoken on its own connection or closed it: a
KEEPALIVE might bring up a session that the dominant speaker is about to drop. A connection that waits to send
its OPEN counts as one in OpenSent. The table is for one connection of each speaker; of two that the peer
opened, the one whose OPEN was accepted before gives way to the newer one.
"""
