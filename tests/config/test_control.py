"""What operators and programs read: the words of the control socket, times and the log."""

from collections.abc import Callable

import pytest

from bgpd.config import DaemonSettings, LogSettings, Problem, TimeFormat
from bgpd.config.logs import EVERY_CLASS

Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]

EVERY = frozenset(EVERY_CLASS)

FORMATS = [
    ('"iso long"', TimeFormat("%F %T")),
    ('"old short"', TimeFormat("%H:%M", 72000, "%b%d")),
    ('"old long"', TimeFormat("%d-%m-%Y %T")),
    ('"%s"', TimeFormat("%s")),
    ('["%T", 60, "%F"]', TimeFormat("%T", 60, "%F")),
    ('["now", 60, "then"]', TimeFormat("now", 60, "then")),
]


@pytest.mark.parametrize(("written", "expected"), FORMATS)
def test_time_format(written: str, expected: TimeFormat, settings: Settings) -> None:
    assert settings(f"[control.timeformats]\nroute = {written}").time_formats == {"route": expected}


def test_time_formats_are_told_apart_from_the_default_ones(settings: Settings) -> None:
    text = '[control.timeformats]\nroute = "iso short"\nprotocol = "iso long"\nbase = "iso short"\nlog = "%s"'
    assert settings(text).time_formats == {
        "protocol": TimeFormat("%F %T"),
        "base": TimeFormat("%T", 72000, "%F"),
        "log": TimeFormat("%s"),
    }


def test_dialect(settings: Settings) -> None:
    assert settings("").dialect == "bgpd"
    assert settings('[control]\ndialect = "bird"').dialect == "bird"


def test_unresolvable_routes(settings: Settings) -> None:
    assert not settings("").decision.unresolvable_last
    assert settings('[decision]\nunresolvable = "last"').decision.unresolvable_last


LOGS = [
    ('to = "stderr"', LogSettings("stderr", "", EVERY)),
    ('to = "stderr"\nclasses = "all"', LogSettings("stderr", "", EVERY)),
    ('to = "syslog"', LogSettings("syslog", "bgpd", EVERY)),
    ('to = "syslog"\nname = "bird6"', LogSettings("syslog", "bird6", EVERY)),
    (
        'to = "/var/log/bgpd"\nclasses = ["bug", "fatal"]',
        LogSettings("file", "/var/log/bgpd", frozenset({"bug", "fatal"})),
    ),
]


@pytest.mark.parametrize(("text", "expected"), LOGS)
def test_log(text: str, expected: LogSettings, settings: Settings) -> None:
    assert settings(f"[[logs]]\n{text}").logs == (expected,)


def test_logs_keep_their_order(settings: Settings) -> None:
    assert settings("").logs == ()
    logs = settings('[[logs]]\nto = "syslog"\n[[logs]]\nto = "stderr"').logs
    assert [log.target for log in logs] == ["syslog", "stderr"]


WRONG = [
    ('[control]\ndialect = "birds"', "control.dialect", 'write "bgpd" or "bird"'),
    (
        '[control.timeformats]\nroute = "iso"',
        "control.timeformats.route",
        '"iso" is no format of times; write',
    ),
    ('[control.timeformats]\nroute = "%T\\n"', "control.timeformats.route", "is no format of times"),
    (
        '[control.timeformats]\nroute = ["%T", 60]',
        "control.timeformats.route",
        'a list like ["%T", 72000, "%F"]',
    ),
    (
        '[control.timeformats]\nroute = ["%T", -1, ""]',
        "control.timeformats.route",
        'like ["%T", 72000, "%F"]',
    ),
    ('[control.timeformats]\nroutes = "%T"', "control.timeformats.routes", 'did you mean "route"?'),
    ('[decision]\nunresolvable = "first"', "decision.unresolvable", 'write "never" or "last"'),
    ("[[logs]]", "logs[#1].to", 'missing; write "stderr", "syslog" or the absolute path of a file'),
    ('[[logs]]\nto = "bgpd.log"', "logs[#1].to", '"bgpd.log" is no place for a log'),
    ('[[logs]]\nto = "/a\\u0000"', "logs[#1].to", "is no place for a log"),
    ('[[logs]]\nto = "stderr"\nname = "bird"', "logs[bird].name", "only the syslog has names"),
    ('[[logs]]\nto = "stderr"\nclasses = []', "logs[#1].classes", 'write "all", or a list'),
    ('[[logs]]\nto = "stderr"\nclasses = ["warn"]', "logs[#1].classes[#1]", 'write "debug", "trace"'),
]


@pytest.mark.parametrize(("text", "key", "message"), WRONG)
def test_wrong_value_names_itself(text: str, key: str, message: str, problems: Problems) -> None:
    (problem,) = problems(text)
    assert problem.key == key
    assert message in problem.message
