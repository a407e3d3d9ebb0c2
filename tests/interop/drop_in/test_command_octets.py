"""Commands that change something, octet by octet: BIRD 1.6.8 and ours, under the same file."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.lab import Lab
from tests.interop.waiting import NotYetError, eventually

pytestmark = pytest.mark.interop

CONFIGURATION: Final = """
log stderr all;
router id 10.0.0.1;
listen bgp port 1790;
roa table origins { roa 10.0.0.0/8 max 24 as 65001; };
roa table more { };
table other;
define SECONDS = 40;
filter nothing { reject; }
function successor(int a) { return a + 1; }
template bgp tor { local as 65000; passive; import all; export all; }
protocol device { }
protocol direct { disabled; }
protocol static { route 10.1.0.0/16 blackhole; }
protocol pipe p1 { peer table other; import all; export all; }
protocol bgp tor1 from tor { neighbor 10.0.0.2 as 65001; }
protocol bgp tor2 from tor { neighbor 10.0.0.3 as 65001; disabled; }
"""

OPERATIONS: Final = """
disable
disable nosuch
disable "z*"
disable ""
disable "tor?"
disable "tor?" "bye"
disable "tor[1]"
enable all
enable tor1 "hello"
enable tor1 hello
disable all
show protocols
enable all
restart all
restart tor1 "msg"
disable tor2
restart tor2
reload
reload tor1
reload in tor1
reload out all
reload all
reload in all
reload out in tor1
reload static1
reload p1
reload "t*" "message"
disable nothing
disable tor
disable other
disable successor
disable 'tor1'
disable all all
disable tor1 tor2
disable tor1 # for a reason
disable tor1 /* for a reason */
disable tor1 "x
enable all
disable tor2
disable direct1
"""
TRACES: Final = """
debug
debug tor1
debug all all
debug tor1 off
debug tor1 { states }
debug tor1 { states, routes, filters, interfaces, events, packets }
debug tor1 {states,routes}
debug tor1 { }
debug tor1 { nosuch }
debug tor1 { states routes }
debug tor1 states
debug "tor?" all
debug nosuch all
debug "z" all
debug all off
mrtdump tor1 all
mrtdump tor1 { states }
mrtdump tor1 { states, messages }
mrtdump tor1 { routes }
mrtdump "*" off
mrtdump nosuch all
mrtdump tor1
mrtdump
dump
dump interfaces
dump neighbors
dump attributes
dump routes
dump protocols
dump resources
dump sockets
dump events
dump filter
dump all
echo
echo off
echo off 300
echo all 255
echo all 65537
echo all bufsize 300
echo off 255
echo { }
echo { nosuch }
echo all (300)
"""
CONFIGURE: Final = """
configure soft
configure soft "FILE"
configure soft check
configure check
configure check soft
configure check "FILE"
configure check "/nonexistent"
configure "/nonexistent"
configure FILE
configure timeout
configure confirm
configure confirm
configure soft timeout 5
configure confirm
configure "FILE" timeout 5
configure confirm
configure timeout 0
configure confirm
configure timeout -1
configure timeout x
configure timeout 4294967296
configure timeout SECONDS
configure confirm
configure timeout (2*3)
configure confirm
configure undo timeout
configure confirm soft
configure nonsense
"""
ROAS: Final = """
show roa
add roa 10.1.0.0/16 max 20 as 65002
add roa 10.1.0.0/16 max 20 as 65002 table origins
add roa 10.1.0.0/16 max 8 as 65002
add roa 10.1.0.0/16 max 33 as 65002
add roa 10.1.0.0/16 as 65002
add roa 10.1.0.0/16 max 20 as 65002 table other
add roa 10.1.0.0/16 max 20 as 65002 table nope
show roa
delete roa 10.9.0.0/16 max 20 as 65002
delete roa 10.1.0.0/16 max 20 as 65002
delete roa 10.0.0.0/8 max 24 as 65001
show roa
configure soft
show roa
eval roa_check(origins, 10.1.0.0/20, 65002)
flush roa table more
show roa
flush roa
show roa
eval roa_check(origins, 10.1.0.0/20, 65002)
add roa
flush
"""
EVALUATIONS: Final = """
eval
eval 1 = 1
eval 1+2
eval 4294967295+1
eval -1
eval 10.0.0.0/8
eval (65000,1)
eval "abc"
eval successor(3)
eval successor
eval nosuch
eval nosuch(3)
eval [= 1 * 2..5 ? =]
eval [1..4, 7]
eval [ 10.0.0.0/8{16,24} ]
eval (rt, 65000, 7)
eval (1,2,3)
eval add(add(-empty-, (1,2)), (3,4))
eval prepend(prepend(+empty+, 2), 1)
eval RTS_BGP
eval 10.0.0.0/8 ~ [10.0.0.0/8+]
eval 1/0
eval net
eval bgp_med
eval 1 < true
eval 1 +
eval 1 1
eval "a" . "b"
eval SECONDS
eval ZZ
"""
LONG: Final = [f'eval "{"z" * number}"' for number in (470, 500, 505, 506, 510, 512)]
"""Around the longest line there is."""
SYNTAX: Final = "\n".join(
    (
        "",
        "show protocols nosuch",
        " ",
        ";",
        "#",
        "nonsense",
        "SHOW STATUS",
        "sh st",
        "show",
        "show nonsense",
        "show  status",
        "\tshow\tstatus\t",
        "show status;",
        "show status # comment",
        "show status /* comment */",
        "show status\r",
        "show sta\rtus",
        "down x",
        "restrict x",
    )
)
RESTRICTED: Final = """
restrict
restrict
enable tor1
disable tor1
disable nosuch
restart tor1
reload tor1
debug tor1 all
mrtdump tor1 all
configure
configure soft
configure timeout
configure confirm
configure undo
configure check
add roa 10.1.0.0/16 max 20 as 65002
delete roa 10.1.0.0/16 max 20 as 65002
flush roa
down
eval 1
echo off
dump interfaces
show protocols nosuch
nonsense
"""
PARTS: Final = (OPERATIONS, TRACES, CONFIGURE, ROAS, EVALUATIONS, SYNTAX, *LONG, RESTRICTED)

_BUFFER_OCTETS: Final = 1024
"""BIRD empties its buffer only where it finds no further command in it, takes a full one for the end of the
connection, and hangs up: so no connection is used for more, however slowly BIRD gets on."""
_LAST_LINE: Final = re.compile(rb"^\d{4} .*\n\Z", re.MULTILINE)
_TIMES: Final = re.compile(rb"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d")
_OURS_ALONE: Final = re.compile(rb"^ Implementation is .*\n", re.MULTILINE)
_VERSION: Final = re.compile(rb"BIRD (v0\.3\.3\+birdv)?1\.6\.8")


class Side:
    """One of the two daemons."""

    def __init__(self, lab: Lab, program: Program) -> None:
        program.require()
        host = lab.host(program.name)
        self._file = host.directory / "bird.conf"
        self._file.write_text(CONFIGURATION)
        self._path = host.directory / "ctl"
        command = program.daemon("ipv4", self._file, "-s", self._path)
        host.spawn(program.name, command, environment=program.environment)
        eventually(lambda: b"0013 Daemon is up" in self.ask("show status"))

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        """Return a connection to it, closed at the end of the block."""
        with eventually(partial(greeted, self._path)) as connection:
            yield Connection(connection, self._file)

    def ask(self, command: str) -> bytes:
        """Give a command on a connection of its own and return the answer."""
        with self.connected() as connection:
            return connection.ask(command)


def greeted(path: Path) -> socket.socket:
    """Return a connection that has been greeted."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        raise NotYetError(str(error)) from None
    assert connection.recv(100).startswith(b"0001 BIRD ")
    return connection


class Connection:
    """Where commands are given and answered."""

    def __init__(self, connection: socket.socket, file: Path) -> None:
        self._connection = connection
        self._file = str(file)
        self._room = _BUFFER_OCTETS

    def ask(self, command: str) -> bytes:
        """Return the answer, but for what cannot be the same on both sides."""
        octets = command.replace("FILE", self._file).encode() + b"\n"
        self._room -= len(octets)
        assert self._room > 0, f"no room for {command[:60]}: make two parts"
        self._connection.sendall(octets)
        answer = b""
        while not _LAST_LINE.search(answer):
            received = self._connection.recv(65_536)
            assert received, f"hung up in the answer to {command[:60]}: {answer!r}"
            answer += received
        answer = answer.replace(self._file.encode(), b"FILE")
        for pattern, text in ((_TIMES, b"TIME"), (_OURS_ALONE, b""), (_VERSION, b"BIRD")):
            answer = pattern.sub(text, answer)
        return answer


def test_both_answer_with_the_same_octets(lab: Lab) -> None:
    theirs, ours = Side(lab, BIRD), Side(lab, OURS)
    found = []
    for part in PARTS:
        with theirs.connected() as to_bird, ours.connected() as to_us:
            for command in part.strip("\n").split("\n"):
                expected, answer = to_bird.ask(command), to_us.ask(command)
                if answer != expected and command.startswith("show"):
                    expected, answer = settled(theirs, ours, command)
                if answer != expected:
                    found.append(f"{command[:60]}\n  BIRD {expected!r}\n  ours {answer!r}")
    assert not found, "\n".join(found)


def settled(theirs: Side, ours: Side, command: str) -> tuple[bytes, bytes]:
    """Return the answers of both as soon as they are the same: BIRD's protocols take their time to go."""

    def answers() -> tuple[bytes, bytes]:
        return theirs.ask(command), ours.ask(command)

    with suppress(AssertionError):
        return eventually(answers, lambda pair: pair[0] == pair[1])
    return answers()
