"""What became of the routes that a protocol was offered, as BIRD's ``Route change stats`` count it."""

from typing import NamedTuple


class ExportNumbers(NamedTuple):
    """Numbers of prefixes, each counted as often as it changed."""

    updates: int = 0
    """Routes that were offered; each was rejected by the protocol itself, filtered or accepted."""
    rejected: int = 0
    filtered: int = 0
    accepted: int = 0
    withdraws: int = 0
    withdrawn: int = 0
    """How many times something that was accepted was taken back."""

    def plus(self, other: "ExportNumbers") -> "ExportNumbers":
        """Return the sums."""
        return ExportNumbers(*map(sum, zip(self, other, strict=True)))

    def minus(self, other: "ExportNumbers") -> "ExportNumbers":
        """Return the differences."""
        return ExportNumbers(*(mine - its for mine, its in zip(self, other, strict=True)))
