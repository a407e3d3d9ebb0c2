"""What the processes of a laboratory cost the machine."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KB_PER_MB: Final = 1024


class Burden(NamedTuple):
    """One process: seconds of processor time, and MB of memory."""

    cpu: float
    resident: float
    proportional: float
    """With a share of what others have as well (PSS)."""
    own: float
    """What nobody else has (USS)."""

    @classmethod
    def of(cls, pid: int) -> Self:
        """Read it from /proc."""
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        megabytes = {name: int(number) / _KB_PER_MB for name, number, _ in map(str.split, lines)}
        return cls(
            cpu=(int(fields[11]) + int(fields[12])) / _TICKS,
            resident=megabytes["Rss:"],
            proportional=megabytes["Pss:"],
            own=megabytes["Private_Clean:"] + megabytes["Private_Dirty:"],
        )


def burdens(pids: Iterable[int]) -> Sequence[Burden]:
    """Look at each of them."""
    return [Burden.of(pid) for pid in pids]


def cpu(found: Sequence[Burden]) -> float:
    """Return the seconds of all of them."""
    return sum(each.cpu for each in found)


def memory(found: Sequence[Burden]) -> str:
    """Return the mean of each kind, in words."""
    resident, proportional, own = (
        sum(column) / len(found) for column in zip(*(each[1:] for each in found), strict=True)
    )
    return f"{proportional:.1f} MB a node (PSS; {own:.1f} MB of its own, {resident:.1f} MB resident)"
