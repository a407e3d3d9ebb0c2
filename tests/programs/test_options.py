"""The command line of ``bird``, next to that of BIRD 1.6.8."""

from pathlib import Path

import pytest

from bgpd.programs.options import PROGRAMS, Options, OptionsError, read_options
from tests.programs.commands import ended, ours, real

BIRD = PROGRAMS["bird"]
WRONG = (
    "--help",
    "-h",
    "-x",
    "--bogus",
    "foo",
    "-c",
    "-p -s",
    "--help foo",
    "--version foo",
    "-d foo",
    "-dx",
    "-hp",
    "-ph",
    "-h -x",
    "-x -h",
    "foo -h",
    "foo -x",
    "-p -c /nonexistent -- foo",
    "-g nosuch -p -c /nonexistent",
    "-u nosuch -p -c /nonexistent",
    "-p -c /nonexistent",
    "-pc/nonexistent",
)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("", Options(BIRD.configuration, BIRD.socket)),
        ("-l", Options("bird.conf", "bird.ctl")),
        ("-c x/y -l", Options("x/y", "bird.ctl")),
        (
            "-R -s /run/b.ctl -d -c /etc/bird.cfg",
            Options("/etc/bird.cfg", "/run/b.ctl", debug=True, recover=True),
        ),
        ("-dRf", Options(BIRD.configuration, BIRD.socket, debug=True, recover=True, foreground=True)),
        ("-p -c a -c b", Options("b", BIRD.socket, parse=True)),
        ("-D log -P pid -s- --", Options(BIRD.configuration, "-", debug_file="log", pid_file="pid")),
        ("-u nobody -gusers", Options(BIRD.configuration, BIRD.socket, user="nobody", group="users")),
    ],
)
def test_what_is_asked_for(arguments: str, options: Options) -> None:
    found = read_options(arguments.split(), BIRD)
    found.local = False
    assert found == options


@pytest.mark.parametrize(
    ("arguments", "stays"), [("", False), ("-f", True), ("-d", True), ("-D log", True), ("-R -s x", False)]
)
def test_who_stays_in_the_foreground(arguments: str, stays: bool) -> None:
    assert read_options(arguments.split(), BIRD).stays is stays


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_version_is_the_one_that_readers_know(name: str) -> None:
    done = ended(ours(name, "--version"))
    assert done == (0, "", "BIRD version v0.3.3+birdv1.6.8\n")


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_has_its_own_places(name: str) -> None:
    options = read_options([], PROGRAMS[name])
    assert (options.configuration, options.socket) == (
        f"/usr/local/etc/{name}.conf",
        f"/var/run/calico/{name}.ctl",
    )


@pytest.mark.parametrize("arguments", WRONG)
def test_complaints_are_those_of_bird(arguments: str) -> None:
    """The same status, the same words on standard error, and nothing on standard output."""
    words = arguments.split()
    theirs, found = ended(real("bird", *words)), ended(ours("bird", *words))
    program = str(real("bird")[0])
    expected = theirs.complaint.replace(f"{program}: ", "bird: ").replace("prefix/etc/bird.conf", "CONF")
    shown = found.complaint.replace(BIRD.configuration, "CONF")
    assert (found.status, found.output, shown) == (theirs.status, theirs.output, expected)


def test_the_first_mistake_ends_it() -> None:
    with pytest.raises(OptionsError, match="invalid option -- 'x'") as caught:
        read_options(["-x", "-h", "foo"], BIRD)
    assert caught.value.status == 1


def test_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "bird.conf").write_text("router id 1.2.3.4;\nprotocol device {}\n")
    assert ended(ours("bird", "-l", "-p"), tmp_path) == (0, "", "")
    assert ended(ours("bird6", "-l", "-p"), tmp_path) == (
        1,
        "",
        "bird: Unable to open configuration file bird6.conf: No such file or directory\n",
    )
