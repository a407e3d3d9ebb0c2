"""Routes of a whole table that are looked at one set of attributes at a time: many prefixes share theirs."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Final

from tests.real_table.updates import Attributes, Prefix

_SHOWN: Final = 20
"""How many differences are enough to see what is wrong."""


def without(
    routes: Mapping[Prefix, Attributes], is_refused: Callable[[Attributes], bool]
) -> dict[Prefix, Attributes]:
    """Leave out the prefixes whose attributes are refused."""
    verdicts: dict[int, bool] = {}
    for each in routes.values():
        if id(each) not in verdicts:
            verdicts[id(each)] = is_refused(each)
    return {prefix: each for prefix, each in routes.items() if not verdicts[id(each)]}


def differences(
    announced: Mapping[Prefix, Attributes],
    told: Mapping[Prefix, Attributes],
    rule: Callable[[Attributes], Attributes],
) -> list[str]:
    """Say where a neighbor is told otherwise than ``rule`` makes of what was announced."""
    missing = (f"{prefix.hex()} is missing" for prefix in announced.keys() - told.keys())
    surplus = (f"{prefix.hex()} is there" for prefix in told.keys() - announced.keys())
    return [*islice(chain(missing, surplus, _unequal(announced, told, rule)), _SHOWN)]


def _unequal(
    announced: Mapping[Prefix, Attributes],
    told: Mapping[Prefix, Attributes],
    rule: Callable[[Attributes], Attributes],
) -> Iterator[str]:
    judged: dict[tuple[int, int], str] = {}
    for prefix in announced.keys() & told.keys():
        source, found = announced[prefix], told[prefix]
        pair = id(source), id(found)
        if pair not in judged:
            expected = rule(source)
            judged[pair] = "" if expected == found else _difference(expected, found)
        if judged[pair]:
            yield f"{prefix.hex()}: {judged[pair]}"


def _difference(expected: Attributes, found: Attributes) -> str:
    return ", ".join(
        f"attribute {code}: {_text(found.get(code))} instead of {_text(expected.get(code))}"
        for code in sorted(expected.keys() | found.keys())
        if expected.get(code) != found.get(code)
    )


def _text(attribute: tuple[int, bytes] | None) -> str:
    return "nothing" if attribute is None else f"{attribute[0]:02x} {attribute[1].hex()}"
