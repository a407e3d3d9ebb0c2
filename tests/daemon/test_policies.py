"""The filters of a configuration as policies: shared, and kept over reloads that do not concern them."""

import logging
from collections.abc import Iterable

import pytest

from bgpd.filter_log import FilterLog
from bgpd.policies import Policies
from bgpd.remembered_host import RememberedHost
from kernel_sync.interface_changes import InterfaceChanges
from messages.attributes import LOCAL_PREF
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from rib.filters.errors import FilterError
from rib.filters.grammar.parser import definitions, filter_body
from rib.filters.syntax import Definition
from rib.policy import Policy, Reading
from tests.rib.building import attributes, key, neighbor, route

P, Q = key("10.1.0.0/16"), key("192.0.2.0/24")
TEXT = """
define high = 200;
function is_ours() { return net ~ [10.0.0.0/8+]; }
filter plain { bgp_local_pref = high; accept; }
filter ours { if is_ours() then accept; reject; }
filter each { print net; accept; }
"""


class Said:
    """Takes what filters say."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def printed(self, line: str) -> None:
        self.lines.append(line)

    def failed(self, complaint: str) -> None:
        self.lines.append(f"failed: {complaint}")


def read(text: str) -> Iterable[Definition]:
    found = list(definitions(text, "test"))
    assert not any(isinstance(each, FilterError) for each in found)
    return [each for each in found if not isinstance(each, FilterError)]


def local_pref(policy: Policy) -> int | None:
    """Return what a policy makes of the preference of a route; the route must get through."""
    received = attributes(65001)
    accepted = policy.judge(route(neighbor("a"), received), received, P)
    assert accepted is not None
    return accepted.attributes.get(LOCAL_PREF)


def test_a_filter_is_one_policy_for_each_family() -> None:
    policies = Policies(read(TEXT))
    assert policies.policy("plain", IPV4_UNICAST) is policies.policy("plain", IPV4_UNICAST)
    assert policies.policy("plain", IPV4_UNICAST) is not policies.policy("plain", IPV6_UNICAST)
    assert policies.policy("all", IPV6_UNICAST) is Policy.ALL
    assert policies.policy("none", IPV6_UNICAST) is Policy.NONE


@pytest.mark.parametrize(
    ("name", "reading"), [("plain", Reading.ROUTE), ("ours", Reading.KINDS), ("each", Reading.PREFIX)]
)
def test_it_is_known_what_a_filter_looks_at(name: str, reading: Reading) -> None:
    assert Policies(read(TEXT)).policy(name, IPV4_UNICAST).reading is reading


def test_a_filter_decides_and_changes() -> None:
    policies = Policies(read(TEXT))
    received = attributes(65001)
    ours = policies.policy("ours", IPV4_UNICAST)
    assert ours.judge(route(neighbor("a"), received), received, P) is not None
    assert ours.judge(route(neighbor("a"), received), received, Q) is None
    assert local_pref(policies.policy("plain", IPV4_UNICAST)) == 200


CHANGES = [
    # what is replaced in the text, by what, the filters that are others then
    ("high = 200", "high = 300", {"plain"}),
    ("10.0.0.0/8+", "10.0.0.0/9+", {"ours"}),
    ("print net;", "print net ; /* the same */", set()),
    ("filter each", "\n\nfilter each", set()),
    ("print net;", 'print net, "!";', {"each"}),
]


@pytest.mark.parametrize(("old", "new", "changed"), CHANGES)
def test_what_says_the_same_stays_the_same_policy(old: str, new: str, changed: set[str]) -> None:
    """Nothing is run again for it, and groups of neighbors stay what they are."""
    before = Policies(read(TEXT))
    names = ("plain", "ours", "each")
    policies = {name: before.policy(name, IPV4_UNICAST) for name in names}
    after = before.successor(read(TEXT.replace(old, new)))
    assert {name for name in names if after.policy(name, IPV4_UNICAST) is not policies[name]} == changed


def test_a_changed_constant_counts_from_now_on() -> None:
    before = Policies(read(TEXT))
    assert local_pref(before.policy("plain", IPV4_UNICAST)) == 200
    after = before.successor(read(TEXT.replace("200", "300")))
    assert local_pref(after.policy("plain", IPV4_UNICAST)) == 300


def test_who_outlives_the_configuration_keeps_its_filter() -> None:
    """A neighbor that is gone from the file stays until the daemon is restarted."""
    before = Policies(read(TEXT))
    policy = before.policy("plain", IPV4_UNICAST)
    assert before.successor([]).successor([]).policy("plain", IPV4_UNICAST) is policy


def test_a_filter_that_comes_back_says_what_it_says_now() -> None:
    """Who outlives the configuration keeps what it had; nobody is given that by a name used again."""
    before = Policies(read("filter f { accept; }"))
    old = before.policy("f", IPV4_UNICAST)
    without = before.successor(read("filter g { accept; }"))
    assert without.policy("f", IPV4_UNICAST) is old
    made = route(neighbor("a"), attributes(65001))
    again = without.successor(read("filter f { reject; }"))
    assert again.policy("f", IPV4_UNICAST).judge(made, made.attributes, P) is None


def test_statements_of_a_static_route_are_a_policy_that_accepts() -> None:
    policies = Policies(read(TEXT))
    change = policies.change(filter_body("int a; a = high; bgp_local_pref = a + 1;", "test"), IPV4_UNICAST)
    assert local_pref(change) == 201


def test_what_filters_say_is_reported() -> None:
    said = Said()
    policies = Policies(
        read('define a = 1; filter f { print "hello"; bgp_med = 1/0; accept; }'), reporter=said
    )
    received = attributes(65001)
    policies.policy("f", IPV4_UNICAST).judge(route(neighbor("a"), received), received, P)
    assert said.lines == ["hello", "failed: filters, line 1: Mother told me not to divide by 0"]


def test_complaints_are_limited_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """There may be one for each route; what filters print is wanted, and as a rule all of it is logged."""
    now = 0.0
    log = FilterLog(lambda: now)
    with caplog.at_level(logging.INFO, "bgpd.filters"):
        for number in range(10):
            log.failed(f"complaint {number}")
            log.printed(f"line {number}")
        now = 1.0
        log.failed("complaint 10")
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == [
        *(f"complaint {number}" for number in range(5)),
        "complaint 10 (5 more like it in the last 1 s)",
    ]
    assert len([record for record in caplog.records if record.levelno == logging.INFO]) == 10


CHANGED_LINK = InterfaceChanges(
    interfaces={2},
    names={"eth0", "wan0"},
    networks={IPV4_UNICAST: {key("192.0.2.0/24")}, IPV6_UNICAST: set()},
)


class Host:
    """A host whose interface 2 changes."""

    name = "eth0"
    is_there = True

    def interface_name(self, index: int) -> str:
        return self.name if index == 2 else ""

    def interface_index(self, name: str) -> int:
        return 2 if self.is_there and name == self.name else 0

    def interface_towards(self, gateway: bytes) -> int:
        return 2 if self.is_there else 0


def test_an_interface_has_its_name_for_as_long_as_verdicts_may_be_asked_for_again() -> None:
    """Otherwise nobody would be told that a route over an interface that is gone is gone, too."""
    text = 'filter over { if ifname = "eth0" then { print net; accept; } reject; } filter blind { accept; }'
    host = Host()
    policies = Policies(read(text), host, Said())
    over, blind = (policies.policy(name, IPV4_UNICAST) for name in ("over", "blind"))
    made = route(neighbor("a"), attributes(65001))
    assert over.judge(made, made.attributes, P) is not None
    host.name = ""
    assert over.judge(made, made.attributes, P) is not None
    host.name = "wan0"
    assert over.judge(made, made.attributes, P) is not None
    renamed = policies.of_changed_host()
    assert [each.host.is_true_after(CHANGED_LINK) for each in (policies, renamed)] == [False, True]
    assert renamed.policy("over", IPV4_UNICAST).judge(made, made.attributes, P) is None
    assert renamed.policy("blind", IPV4_UNICAST) is blind
    assert renamed.host.interface_index("wan0") == renamed.host.interface_towards(b"") == 2


def test_names_of_interfaces_that_are_gone_are_not_kept_for_ever() -> None:
    """Containers come and go: after thousands filters begin anew, with the names there are."""
    host = Pods()
    remembered = RememberedHost(host)
    came: list[bool] = []
    for index in range(5002):
        host.present = index
        assert remembered.interface_name(index) == f"cali{index}"
        host.present = -1
        came.append(remembered.is_true_after(InterfaceChanges(interfaces={index})))
    assert came == [True] * 5000 + [False] * 2


class Pods(Host):
    """A host that has one interface at a time."""

    present = -1

    def interface_name(self, index: int) -> str:
        return f"cali{index}" if index == self.present else ""


@pytest.mark.parametrize("body", ["gw = 192.0.2.9; accept;", 'ifname = "eth0"; accept;'])
def test_what_a_filter_sets_depends_on_the_host_as_well(body: str) -> None:
    host = Host()
    policies = Policies(read(f"filter f {{ {body} }}"), host, Said())
    made = route(neighbor("a"), attributes(65001))
    policy = policies.policy("f", IPV4_UNICAST)
    assert policy.judge(made, made.attributes, P) is not None
    host.is_there = False
    assert policy.judge(made, made.attributes, P) is not None
    later = policies.of_changed_host()
    assert [each.host.is_true_after(CHANGED_LINK) for each in (policies, later)] == [False, True]
    assert later.policy("f", IPV4_UNICAST).judge(made, made.attributes, P) is None


def test_filters_that_say_the_same_are_one_policy_also_after_a_reload() -> None:
    """A mesh has a filter for each neighbor, and its neighbors shall be in one update group."""
    one, other = "filter a { bgp_med = 1; accept; }", "filter b { bgp_med = 1; accept; }"
    policies = Policies(read(f"{one}\n{other}"))
    assert policies.policy("a", IPV4_UNICAST) is policies.policy("b", IPV4_UNICAST)
    after = policies.successor(
        read(f"{other.replace('1', '2')}\n{one}\n{one.replace('filter a', 'filter c')}")
    )
    assert after.policy("a", IPV4_UNICAST) is policies.policy("a", IPV4_UNICAST)
    assert after.policy("c", IPV4_UNICAST) is policies.policy("a", IPV4_UNICAST)
    assert after.policy("b", IPV4_UNICAST) is not policies.policy("b", IPV4_UNICAST)


def test_filters_with_ever_new_names_are_not_kept_for_ever() -> None:
    """One that is gone stays for those who are about to leave, until the next reload."""
    policies = Policies(read("filter old { accept; }"))
    old = policies.policy("old", IPV4_UNICAST)
    for number in range(3):
        policies = policies.successor(read(f"filter f{number} {{ accept; }}"))
        if not number:
            assert policies.policy("old", IPV4_UNICAST) is old
        policies.policy(f"f{number}", IPV4_UNICAST)
    with pytest.raises(KeyError):
        policies.policy("old", IPV4_UNICAST)
