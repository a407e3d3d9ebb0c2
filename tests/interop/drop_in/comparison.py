"""Both sides of a scenario, and in what they differ."""

import difflib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.interop.drop_in.normalized import normalized
from tests.interop.drop_in.scenario import Scenario, questions
from tests.interop.drop_in.side import Side
from tests.interop.routers.router import Family


class Difference(NamedTuple):
    """What one side says and the other does not, at one place of an answer."""

    question: str
    family: Family
    theirs: tuple[str, ...]
    ours: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"BIRD: {line}" for line in self.theirs] + [f"ours: {line}" for line in self.ours]
        return "\n".join([f"[{self.family}] {self.question}", *lines])


Answer = tuple[str, Family, list[str]]


def answers(side: Side, scenario: Scenario) -> Iterator[Answer]:
    """Yield everything that is compared."""
    for family in scenario.families:
        for command in questions(scenario, family):
            yield command, family, normalized(command, side.node.ask(family, command))
        yield "ip route show table all", family, side.node.kernel(family)
        for peer in scenario.peers:
            yield f"received by {peer.name}", family, side.received(peer.name, family)


def differences(theirs: Iterable[Answer], ours: Iterable[Answer]) -> Iterator[Difference]:
    """Yield in what the answers to the same questions differ."""
    for (question, family, their_lines), (_, _, our_lines) in zip(theirs, ours, strict=True):
        matcher = difflib.SequenceMatcher(None, their_lines, our_lines, autojunk=False)
        for kind, start, end, our_start, our_end in matcher.get_opcodes():
            if kind != "equal":
                lines = tuple(their_lines[start:end]), tuple(our_lines[our_start:our_end])
                yield Difference(question, family, *lines)


def show(differences: Iterable[Difference]) -> str:
    """Return the text for whoever has to understand them."""
    return "\n\n".join(map(str, differences))
