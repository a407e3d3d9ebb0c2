"""Static routes of protocols with names of their own: ``[statics.NAME]``."""

from collections.abc import Callable

import pytest

from bgpd.config import DaemonSettings, Problem, StaticRoute, StaticSettings
from kernel_sync.types import RouteKind
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_prefix
from rib.filters.syntax import SetAttribute

Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]

TABLES = '[router]\ntables = ["blue"]\n'
ROUTE = '{ prefix = "10.0.0.0/8", blackhole = true }'
BLACKHOLE = StaticRoute(*parse_prefix("10.0.0.0/8"), RouteKind.BLACKHOLE, ())

STATICS = [
    ("[statics.static1]", StaticSettings("static1", ())),
    (f"[statics.a]\nroutes = [{ROUTE}]", StaticSettings("a", (BLACKHOLE,))),
    (f"[statics.a]\nroutes = [{ROUTE}, {ROUTE}]", StaticSettings("a", (BLACKHOLE, BLACKHOLE))),
    (
        f'{TABLES}[statics.a]\ntable = "blue"\npreference = 7\nimport = "none"\nroutes = [{ROUTE}]',
        StaticSettings("a", (BLACKHOLE,), "blue", 7, import_filter="none"),
    ),
    (
        f'[statics.a]\nfamilies = ["ipv4"]\nroutes = [{ROUTE}]',
        StaticSettings("a", (BLACKHOLE,), families=(IPV4_UNICAST,)),
    ),
    (
        '[statics.a]\nroutes = [{ prefix = "2001:db8::/32", prohibit = true, check_link = true }]',
        StaticSettings(
            "a", (StaticRoute(*parse_prefix("2001:db8::/32"), RouteKind.PROHIBIT, (), check_link=True),)
        ),
    ),
]


@pytest.mark.parametrize(("text", "static"), STATICS)
def test_static_with_a_name(text: str, static: StaticSettings, settings: Settings) -> None:
    assert settings(text).statics == (static,)


def test_same_prefix_in_several_protocols_of_one_table(settings: Settings) -> None:
    """Each has its own preference; which one wins is not decided here."""
    text = f"[statics.a]\nroutes = [{ROUTE}]\n[statics.b]\npreference = 5\nroutes = [{ROUTE}]"
    unnamed = '[[static]]\nprefix = "10.0.0.0/8"\nblackhole = true\n'
    assert [(each.name, each.preference) for each in settings(f"{text}\n{unnamed}").statics] == [
        ("static1", 200),
        ("a", 200),
        ("b", 5),
    ]


def test_each_route_is_changed_by_its_own_statements(settings: Settings) -> None:
    """Those of ``[[static]]`` and of all others, whatever their positions are."""
    first, second, third = settings("""
        [[static]]
        prefix = "10.0.0.0/8"
        unreachable = true
        set = "krt_metric = 1;"
        [statics.a]
        routes = [
          { prefix = "10.0.0.0/8", unreachable = true },
          { prefix = "11.0.0.0/8", unreachable = true, set = "krt_realm = 2;" },
        ]
        [statics.b]
        routes = [{ prefix = "10.0.0.0/8", unreachable = true, set = "bgp_med = 3;" }]
    """).statics
    assert [changed(route) for protocol in (first, second, third) for route in protocol.routes] == [
        ["krt_metric"],
        [],
        ["krt_realm"],
        ["bgp_med"],
    ]


def changed(route: StaticRoute) -> list[str]:
    """Return the attributes that a route is given."""
    statements = route.change.body.statements if route.change is not None else ()
    return [statement.attribute for statement in statements if isinstance(statement, SetAttribute)]


WRONG = [
    (
        "[statics.a]\nroutes = [{ blackhole = true }]",
        "statics.a.routes[#1].prefix",
        "missing; write a prefix",
    ),
    (
        '[statics.a]\nroutes = [{ prefix = "10.0.0.0/8" }]',
        "statics.a.routes[10.0.0.0/8].prefix",
        "there is none",
    ),
    (
        '[statics.a]\nroutes = [{ prefix = "10.0.0.0/8", blackhole = true, table = "blue" }]',
        "statics.a.routes[10.0.0.0/8].table",
        "unknown key",
    ),
    (
        '[statics.a]\nroutes = [{ prefix = "10.0.0.0/8", via = "::1" }]',
        "statics.a.routes[10.0.0.0/8].via",
        "an address of the family ipv4",
    ),
    (
        '[statics.a]\nroutes = [{ prefix = "10.0.0.0/8", nexthops = [{ weight = 0 }] }]',
        "statics.a.routes[10.0.0.0/8].nexthops[#1].weight",
        "from 1 to 256",
    ),
    (
        f'[statics.a]\nfamilies = ["ipv6"]\nroutes = [{ROUTE}]',
        "statics.a.routes[10.0.0.0/8].prefix",
        'write "ipv4" in families',
    ),
    ('[statics.a]\nfamilies = ["ipv6", "ipv6"]', "statics.a.families", "listed twice"),
    ("[statics.a]\nroutes = 3", "statics.a.routes", 'like [{ prefix = "192.0.2.0/24", blackhole = true }]'),
    ('[statics.a]\ntable = "x"', "statics.a.table", 'unknown table "x"'),
    ('[statics.a]\nimport = "x"', "statics.a.import", 'unknown filter "x"'),
    ('[statics.a]\nimports = "all"', "statics.a.imports", 'did you mean "import"?'),
]


@pytest.mark.parametrize(("text", "key", "message"), WRONG)
def test_wrong_value_names_itself(text: str, key: str, message: str, problems: Problems) -> None:
    (problem,) = problems(text)
    assert problem.key == key
    assert message in problem.message


def test_mistake_in_statements_has_its_place(problems: Problems) -> None:
    (problem,) = problems(
        '[statics.a]\nroutes = [\n  { prefix = "10.0.0.0/8", blackhole = true, set = "net = 1;" },\n]'
    )
    assert (problem.line, problem.column, problem.message) == (3, 53, "net can only be read")
