"""Commands, options, files and sections that are named between the words exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.__main__ import command_line
from bgpd.config import Configuration
from bgpd.config.fields import keys_of
from bgpd.control.interpreter import find_command
from bgpd.control.programs import find_program
from bgpd.control.words import AmbiguousWordError, expand
from bgpd.show import COMMANDS
from bgpd.show.command import CommandError, read_arguments, split_words
from tests.documentation.pages import PAGES, ROOT, page

_PLACES = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
_PATH = re.compile(rf"(?:{'|'.join(_PLACES)})/[\w./*-]*[\w/*](?=$|::)")
_STANDS_FOR = re.compile(r"[A-Z]{3,}")
_SECTION = re.compile(r"\[{1,2}([a-z_]+)[\w.*]*\]{1,2}")
_OPTION = re.compile(r"(?<=\s)--?[a-z][a-z-]*")
_ASKED = re.compile(r"(bgpdcl|birdcl6?) (.+)")
_STARTED = re.compile(r"bgpd (.+)")
_NO_SECTIONS = {"cluster", "pools", "blocks", "test", "route", "expect", "interfaces", "neighbors", "dev"}
"""What is written in brackets and is no key of the models: it becomes others, or stands in other files."""
_LEFT_OUT = ("…", "...")
_WITH_VALUE = ("-s", "--socket", "--color")


def _words(text: str) -> list[str]:
    """Return the words of a command without options; of what may be left out the first that may be there."""
    text = re.sub(r"\[([^]|]*)(?:\|[^]]*)?\]", r"\1", text)
    words = split_words(text)
    while words and words[0].startswith("-"):
        del words[: 2 if words[0] in _WITH_VALUE else 1]
    return expand(['"FILE"' if word == "FILE" else word for word in words if word not in _LEFT_OUT])


def fault_of_question(text: str) -> str:
    """Say what is wrong with a command for the control socket, or nothing."""
    try:
        words = _words(text)
        if words and find_program(words)[0] is None and not _begin_several(words):
            command, rest = find_command(words)
            read_arguments(command.arguments, rest)
    except (CommandError, AmbiguousWordError) as error:
        return f"{text}: {error}"
    return ""


def _begin_several(words: list[str]) -> bool:
    """Tell whether words stand for several commands, as ``bgpdcl show`` does."""
    return any(command.words.startswith(f"{' '.join(words)} ") for command in COMMANDS)


def _options() -> set[str]:
    return {option for action in command_line()._actions for option in action.option_strings}


def faults(name: str) -> Iterator[str]:
    """Yield what a page names that is not there."""
    for line, code in page(name).code:
        for fault in (*_unknown_commands(code), *_missing_files(code), *_unknown_sections(code)):
            yield f"{name}:{line}: {fault}"


def _unknown_commands(code: str) -> Iterator[str]:
    if found := _ASKED.fullmatch(code):
        if fault := fault_of_question(found[2]):
            yield fault
    elif found := _STARTED.fullmatch(code):
        yield from (f"no option {each}" for each in _OPTION.findall(f" {found[1]}") if each not in _options())


def _missing_files(code: str) -> Iterator[str]:
    found = _PATH.match(code)
    if found and not _STANDS_FOR.search(found[0]) and not [*ROOT.glob(found[0].rstrip("/"))]:
        yield f"there is no {found[0]}"


def _unknown_sections(code: str) -> Iterator[str]:
    found = _SECTION.fullmatch(code)
    if found and found[1] not in {*keys_of(Configuration), *_NO_SECTIONS}:
        yield f"there is no section {code}"


@pytest.mark.parametrize("name", PAGES)
def test_what_is_named_exists(name: str) -> None:
    assert not [*faults(name)]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("bgpdcl show routes", "syntax error"),
        ("bgpdcl show protocols all tor1 tor2", "syntax error"),
        ("bgpd --chekc FILE", "no option --chekc"),
        ("tests/nothing.py::test_x", "there is no tests/nothing.py"),
        ("[routers]", "there is no section [routers]"),
    ],
)
def test_what_does_not_exist_is_found(code: str, fault: str) -> None:
    assert fault in "".join((*_unknown_commands(code), *_missing_files(code), *_unknown_sections(code)))


def test_there_is_something_to_look_at() -> None:
    assert sum(1 for name in PAGES for _ in page(name).code) >= 1000
    assert (Path(ROOT) / "docs").is_dir()
