"""Files that are nearly right: words and lines removed, doubled, swapped, replaced, the rest cut off."""

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

_WORD: Final = re.compile(r'"[^"\n]*"|#[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9a-f.:]+|\s+|.')
_STRANGERS: Final = (
    *(";", "}", "(", "-", '"x"', '"', "0", "70000", "192.0.2.1", "10.0.0.0/8", "2001:db8::1"),
    *("all", "off", "on", "filter", "as", "time", "zz"),
)
_LEFT: Final = frozenset("{.,")
"""Marks that stay where they are and come nowhere else."""
_BIRD_2: Final = re.compile(r"return\s*;|[a-z]\d+\.\d")
"""What we read as BIRD 2 does: ``return;``, and ``x.`` where a method may follow."""


def mutations(text: str, random: Random) -> Iterator[str]:
    """Yield variants of a text, without end."""
    words = _WORD.findall(text)
    places = [number for number, word in enumerate(words) if word.strip() and word not in _LEFT]
    while True:
        mutated = list(words)
        for _ in range(random.choice((1, 1, 2))):
            random.choice(_MUTATIONS)(mutated, random.choice(places), random.choice(places), random)
        end = random.choice(places) if random.random() < 0.05 else len(words)
        broken = "".join(mutated[:end])
        if not _BIRD_2.search(broken):
            yield broken


def _remove(words: list[str], place: int, other: int, random: Random) -> None:
    words[place] = ""


def _double(words: list[str], place: int, other: int, random: Random) -> None:
    words[place] = f"{words[place]} {words[place]}"


def _swap(words: list[str], place: int, other: int, random: Random) -> None:
    words[place], words[other] = words[other], words[place]


def _replace(words: list[str], place: int, other: int, random: Random) -> None:
    words[place] = random.choice((words[other], random.choice(_STRANGERS)))


def _insert(words: list[str], place: int, other: int, random: Random) -> None:
    words[place] = f"{words[place]} {random.choice(_STRANGERS)} "


def _break_line(words: list[str], place: int, other: int, random: Random) -> None:
    words[place] += "\n"


_MUTATIONS: Final[tuple[Callable[[list[str], int, int, Random], None], ...]] = (
    _remove,
    _double,
    _swap,
    _replace,
    _insert,
    _break_line,
)


def edits(text: str, random: Random) -> Iterator[str]:
    """Yield what a text becomes when it is edited in haste, without end: words, lines, half of it."""
    of_words = mutations(text, random)
    lines = text.splitlines(keepends=True)
    while True:
        kind = random.random()
        if kind < 0.4:
            yield next(of_words)
        elif kind < 0.9:
            yield "".join(_edited(lines, random))
        else:
            yield text[: random.randrange(len(text) + 1)]


def _edited(lines: list[str], random: Random) -> list[str]:
    """Return lines of which some in a row are missing, come twice, or come elsewhere."""
    edited = list(lines)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        first = random.randrange(len(edited) + 1)
        some = edited[first : first + random.choice((1, 1, 1, 2, 5))]
        if random.random() < 0.8:
            del edited[first : first + len(some)]
        if random.random() < 0.4:
            place = random.randrange(len(edited) + 1)
            edited[place:place] = some
    return edited
