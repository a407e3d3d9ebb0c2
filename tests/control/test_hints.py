"""What is said to who types the words of other programs, and to who cannot reach the daemon."""

import errno
import grp
import os
from pathlib import Path

import pytest

from bgpd.control.abbreviations import NotACommandError
from bgpd.control.hints import _HABITS, explained, hint
from bgpd.control.interpreter import find_command
from bgpd.control.programs import find_program
from bgpd.control.remedies import remedy
from bgpd.control.reply import ReplyLine
from bgpd.show.command import CommandError


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("show ip bgp summary", "try: show protocols"),
        ("sh ip bgp sum", "try: show protocols"),
        ("show bgp", "try: show route, or show route for ADDRESS"),
        ("show bgp 10.0.0.0/8", "try: show route, or show route for ADDRESS"),
        ("show bgp neighbors tor1 advertised-routes", "try: show route export NAME"),
        ("show neighbors tor1 routes", "try: show route protocol NAME; with all, attributes, too"),
        ("clear bgp *", "try: restart NAME for a new session, reload NAME to exchange the routes again"),
        ("configure terminal", "the configuration is a file: edit it, then configure check and configure"),
        ("neighbor", "try: show protocols, or show protocols all NAME"),
        ("mon", "is monitor meant? '?' lists what may be typed"),
        ("show protcols", "is protocols meant? 'show ?' lists what may be typed"),
        ("show xyz", "xyz is unknown here: 'show ?' lists what may be typed"),
        ("show", "'show ?' lists what may follow"),
        ("show memory x", "nothing may follow show memory"),
        ("xyz", "xyz is unknown here: '?' lists what may be typed"),
    ],
)
def test_other_words_are_understood_as_far_as_to_help(typed: str, expected: str) -> None:
    assert hint(typed.split()).startswith(expected)


@pytest.mark.parametrize("habit", _HABITS)
def test_nobody_is_told_off_for_a_command_that_there_is(habit: str) -> None:
    """Habits are never commands of ours, so that the hint is not given in vain."""
    words = habit.split()
    if find_program(words)[0] is None:
        try:
            command, rest = find_command(words)
        except (CommandError, NotACommandError):
            return
        assert rest, habit
        assert command.words != habit


@pytest.mark.parametrize("name", [name for name, text in _HABITS.items() if text.startswith("show")])
def test_what_is_advised_is_a_command(name: str) -> None:
    advised = _HABITS[name].replace(",", " ").replace(";", " ").split()
    assert find_command(advised)[0].words


@pytest.mark.parametrize(
    ("line", "typed", "expected"),
    [
        (
            ReplyLine(9001, "Invalid prefix"),
            "show route 10.0.0.1",
            "an address is typed after for: for 10.0.0.1",
        ),
        (
            ReplyLine(9001, "Invalid prefix"),
            "show route x",
            "one is written like 192.0.2.0/24 or 2001:db8::/32",
        ),
        (ReplyLine(9002, "x is not a protocol"), "enable x", "show protocols lists them"),
        (ReplyLine(9001, "x is not a table"), "show route table x", ""),
        (ReplyLine(1007, "syntax error"), "show route", ""),
    ],
)
def test_an_error_that_says_little_is_explained(line: ReplyLine, typed: str, expected: str) -> None:
    (found,) = explained([line], typed.split())
    assert found.text == (f"{line.text}; {expected}" if expected else line.text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOENT, "is bgpd running"),
        (errno.ECONNREFUSED, "the daemon that made it is gone"),
        (errno.EAGAIN, "try again"),
        (errno.EACCES, "only root and group daemon may: use sudo, or once sudo usermod -aG daemon"),
        (errno.ENOTSOCK, ""),
    ],
)
def test_a_socket_that_cannot_be_had_has_a_remedy(tmp_path: Path, number: int, expected: str) -> None:
    path = tmp_path / "ctl"
    path.touch()
    os.chown(path, -1, grp.getgrnam("daemon").gr_gid)
    found = remedy(str(path), OSError(number, "so it is"))
    assert expected in found
    assert bool(found) is bool(expected)


def test_a_socket_that_cannot_even_be_seen_is_for_group_bgpd(tmp_path: Path) -> None:
    found = remedy(str(tmp_path / "nothing"), PermissionError(errno.EACCES, "Permission denied"))
    assert "group bgpd" in found


def test_nobody_is_asked_to_join_the_group_of_root(tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    path.touch()
    os.chown(path, -1, 0)
    assert remedy(str(path), PermissionError(errno.EACCES, "")) == "; only root may: use sudo"
