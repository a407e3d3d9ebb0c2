"""Bugs for a daemon: a method that raises when it is called next, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


class BugError(Exception):
    """No code of ours expects this one."""


class Bug:
    """One that waits to be met."""

    def __init__(self, is_meant: Callable[..., bool] = lambda *_arguments: True) -> None:
        self.is_met = False
        self._is_meant = is_meant

    def bite(self, *arguments: Any) -> None:
        if not self.is_met and self._is_meant(*arguments):
            self.is_met = True
            raise BugError("boom")


@contextmanager
def bug_in(
    owner: type, name: str, is_meant: Callable[..., bool] = lambda *_arguments: True, *, after: bool = False
) -> Iterator[Bug]:
    """Let a method raise once, before it has done its work, or ``after`` that."""
    bug, plain = Bug(is_meant), getattr(owner, name)

    def broken(*arguments: Any, **named: Any) -> Any:
        if not after:
            bug.bite(*arguments)
        outcome = plain(*arguments, **named)
        if after:
            bug.bite(*arguments)
        return outcome

    with patch.object(owner, name, broken):
        yield bug
