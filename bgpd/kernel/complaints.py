"""What the log says of single routes that the kernel does not have as they are wanted."""

import logging
from collections.abc import Mapping
from functools import partial
from os import strerror
from typing import Final

from bgpd.logs.about import LogEvent, about
from bgpd.logs.dialects import in_bird
from bgpd.logs.restraint import Restraint
from kernel_sync.fib import Fib
from kernel_sync.kernel import KernelTable
from messages.families import Family
from messages.families.prefix import PrefixKey, render_prefix

_log: Final = logging.getLogger("bgpd.kernel")
_BURST: Final = 20
"""Lines about single routes that may be logged at once."""


class Complaints:
    """Those of one protocol, whose table is another object after each start."""

    def __init__(self, name: str, family: Family) -> None:
        self._name = name
        self._family = family
        self._restraint = Restraint(_log, _BURST)

    def listen(self, kernel: KernelTable) -> None:
        """Log what there is to say of a table."""
        kernel.news.on_problem = partial(self._problem, kernel.fib)
        kernel.news.on_warning = self._warn
        kernel.news.on_failure = self._fail

    def _fail(self, text: object) -> None:
        self._restraint.log(logging.ERROR, "%s: %s", self._name, text, extra=about(protocol=self._name))

    def _problem(self, fib: Fib, key: PrefixKey, text: str) -> None:
        failure = fib.problems.get(key)
        words = f"Netlink: {strerror(failure.errno)}" if failure is not None and failure.errno else ""
        self._say(logging.ERROR, key, text, in_bird(logging.WARNING, words) if words else {})

    def _warn(self, key: PrefixKey, text: str) -> None:
        self._say(logging.WARNING, key, text, {})

    def _say(self, level: int, key: PrefixKey, text: str, extra: Mapping[str, object]) -> None:
        prefix = render_prefix(key, self._family)
        named = about(LogEvent.KERNEL_REFUSED, protocol=self._name, prefix=prefix)
        self._restraint.log(level, "%s: %s: %s", self._name, prefix, text, extra={**extra, **named})
