"""In what our daemon differs from BIRD 1.6.8 on purpose; docs/calico.md has each reason in these words.

A difference is expected if every line that only one side says is explained by a row.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from tests.interop.drop_in.comparison import Difference
from tests.interop.waiting import eventually


class Expected(NamedTuple):
    """Lines that one side says and the other does not; the patterns are for whole lines."""

    reason: str
    theirs: str = r"(?!)"
    ours: str = r"(?!)"
    question: str = ".*"

    def explains(self, question: str, line: str, *, is_ours: bool) -> bool:
        """Tell whether the row is the reason of a line that only one side says."""
        pattern = self.ours if is_ours else self.theirs
        return bool(re.fullmatch(self.question, question) and re.fullmatch(pattern, line))


_VERSION: Final = "The version is that of Calico's fork"
_ROUTES: Final = r"1006-  Routes: +2 imported, <n> exported, 2 preferred"
_COUNTERS: Final = "Counters count each route once"
_AT_ONCE: Final = "A reconfiguration is done at once"
_TRIED: Final = "A neighbor that is on no connected network is tried all the same"
_IN_PLACE: Final = "`direct` gets other interfaces without a restart"
_SESSIONS_STAY: Final = "A session outlives other settings, and another name"
_OTHER_BUILD: Final = "The build is that of Calico's fork"
EXPECTED: Final[Sequence[Expected]] = (
    Expected(_VERSION, r"1000-BIRD 1\.6\.8", r"1000-BIRD v0\.3\.3\+birdv1\.6\.8", "show status"),
    Expected(
        _VERSION,
        r"(0001 |1000-)?BIRD 1\.6\.8( ready\.)?",
        r"(0001 |1000-)?BIRD v0\.3\.3\+birdv1\.6\.8( ready\.)?",
        r"birdcl? .*",
    ),
    Expected(
        "`show status` names bgpd", ours=r"(1011-|     )?Implementation is bgpd .*", question=".*show status"
    ),
    # A route that a pipe has copied is counted at its protocol for either table.
    Expected(
        _COUNTERS,
        r"1006-  Routes: +2 imported, <n> exported, [34] preferred",
        _ROUTES,
        "show protocols all.*",
    ),
    Expected(_OTHER_BUILD, "9001 There is no OSPF protocol running", "9001 syntax error", "show ospf"),
    # A direct neighbor on no connected network: BIRD waits for the network.
    Expected(
        _TRIED,
        "1002-Elsewhere .* Idle +",
        "1002-Elsewhere .* (Active|Connect) +Socket: Network is unreachable",
        "show protocols.*",
    ),
    Expected(
        _TRIED, "1006-  BGP state: +Idle", "1006-  BGP state: +(Active|Connect)", "show protocols all.*"
    ),
    Expected(_TRIED, ours="1006-    Connect delay: .*", question="show protocols all.*"),
    Expected(
        _TRIED, ours="1006-    Last error: +Socket: Network is unreachable", question="show protocols all.*"
    ),
    # BIRD lists what was restarted last.
    Expected(_IN_PLACE, "1002-direct1 .*", "1002-direct1 .*", "show protocols"),
    Expected(_SESSIONS_STAY, "it begins anew", question="sessions with .*"),
    Expected(_AT_ONCE, "0004 Reconfiguration in progress", "0003 Reconfigured", "configure .*"),
    Expected(_AT_ONCE, "Reconfiguration in progress", "Reconfigured", "birdcl? .*configure.*"),
)


def unexplained(differences: Iterable[Difference]) -> list[Difference]:
    """Return the differences that have no reason."""
    return [each for each in differences if not all(_has_reason(each))]


def remaining(differences: Callable[[], Iterable[Difference]], within: float = 60.0) -> list[Difference]:
    """Return what is different without a reason and does not go away with time."""
    found: list[list[Difference]] = []

    def agree() -> bool:
        found.append(unexplained(differences()))
        return not found[-1]

    try:
        eventually(agree, within=within)
    except AssertionError:
        if not found:  # they could never be compared
            raise
    return found[-1]


def _has_reason(difference: Difference) -> Iterable[bool]:
    for lines, is_ours in ((difference.theirs, False), (difference.ours, True)):
        for line in lines:
            yield any(row.explains(difference.question, line, is_ours=is_ours) for row in EXPECTED)
