"""The stand-in for systemd reads units as systemd does."""

from pathlib import Path

from tests.installation.supervisor.system import expanded
from tests.installation.supervisor.unit import Unit, find

TEXT = """\
[Service]
# ExecStart=nothing
ExecStart=/bin/one --with "two words" \\
    $MAINPID ${HOME}/x
Environment=A=1 B=2
Environment="C=3 4"
WatchdogSec=1min 30s
UMask=0077
PrivateTmp=yes
SystemCallFilter=@a d
SystemCallFilter=~@b
"""


def test_settings_and_commands(tmp_path: Path) -> None:
    file = tmp_path / "x.service"
    file.write_text(TEXT)
    unit = Unit(file)
    assert unit.commands("ExecStart", {"MAINPID": "7", "HOME": "/home/x"}) == [
        ["/bin/one", "--with", "two words", "7", "/home/x/x"]
    ]
    assert unit.words("Environment") == ["A=1", "B=2", "C=3 4"]
    assert unit.seconds("WatchdogSec", 0) == 90
    assert unit.octal("UMask", 0) == 0o77
    assert unit.flag("PrivateTmp")
    assert not unit.flag("PrivateDevices")


def test_a_drop_in_adds_and_takes_back(tmp_path: Path) -> None:
    (tmp_path / "x.service.d").mkdir()
    (tmp_path / "x.service").write_text(TEXT)
    (tmp_path / "x.service.d" / "1.conf").write_text("[Service]\nEnvironment=\nEnvironment=D=5\nUMask=0022\n")
    unit = Unit(*find("x.service", (str(tmp_path),)))
    assert unit.words("Environment") == ["D=5"]
    assert unit.octal("UMask", 0) == 0o22


def test_the_filter_of_system_calls(tmp_path: Path) -> None:
    groups = {"@default": ["exit"], "@a": ["x", "@b", "y"], "@b": ["b1", "b2"]}
    assert expanded(["@a d", "~@b"], groups) == {"exit", "x", "y", "d"}
