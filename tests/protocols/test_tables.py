"""The routing tables of a configuration: by name and family, with one decision process, on one host."""

from bgpd.settings import DecisionSettings
from bgpd.tables import MASTER, RoutingTables
from kernel_sync.interfaces import IFF_UP, Interface, InterfaceAddress, InterfaceTable
from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from rib.admission import Admission
from rib.decision_steps import Rules
from rib.ingress import Ingress
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind
from tests.protocols.turns import Turns
from tests.rib.building import attributes, key, neighbor

DECISION = DecisionSettings(
    path_metric=False, med_metric=True, igp_metric=False, prefer_older=True, relaxed_paths=False
)


def test_each_name_has_a_table_of_each_family() -> None:
    tables = RoutingTables([MASTER, "blue"], DECISION, Turns())
    assert [(pipeline.table.name, pipeline.table.family) for pipeline in tables] == [
        ("master", IPV4_UNICAST),
        ("master", IPV6_UNICAST),
        ("blue", IPV4_UNICAST),
        ("blue", IPV6_UNICAST),
    ]
    assert tables["blue"][IPV6_UNICAST].table.name == "blue"


def test_all_are_decided_by_the_same_rules() -> None:
    tables = RoutingTables([MASTER, "blue"], DECISION, Turns())
    decisions = {pipeline.table.decision for pipeline in tables}
    assert [decision.rules for decision in decisions] == [
        Rules(path_metric=False, med_metric=True, igp_metric=False, prefer_older=True, relaxed_paths=False)
    ]


def test_all_follow_the_interfaces_for_either_kind_of_next_hop() -> None:
    """RFC 8950: a next hop may be of the other family."""
    tables = RoutingTables([MASTER, "blue"], DECISION, Turns())
    interfaces = InterfaceTable()
    interfaces.set_link(Interface(2, "eth0", IFF_UP, 1500))
    for text, bits in (("192.0.2.1", 24), ("2001:db8::1", 64)):
        interfaces.set_address(2, InterfaceAddress(parse_address(text), bits))
    tables.follow(interfaces)
    on_link = neighbor("a")
    on_link.interface = 2
    for pipeline in tables:
        for text in ("192.0.2.9", "2001:db8::9", "fe80::9"):
            assert pipeline.next_hops.resolve(parse_address(text), on_link).refusal is None
        assert pipeline.next_hops.resolve(parse_address("203.0.113.9"), on_link).refusal is not None
    interfaces.set_link(Interface(2, "eth0", 0, 1500))
    tables.follow(interfaces)
    for pipeline in tables:
        pipeline.next_hops.recheck(10)
        assert pipeline.next_hops.resolve(parse_address("192.0.2.9"), on_link).refusal is not None


def test_ipv4_routes_follow_the_way_to_their_ipv6_next_hops() -> None:
    """RFC 8950 §4: through the routes of IPv6 in the table of the same name."""
    turns = Turns()
    tables = RoutingTables([MASTER, "blue"], DECISION, turns)
    far = neighbor("far", external=False)
    far.recursive = True
    next_hop, prefix = parse_address("2001:db8::2"), key("10.0.0.0/8")
    for name in (MASTER, "blue"):
        pipeline = tables[name][IPV4_UNICAST]
        admission = Admission(64512, 1, Policy.ALL, frozenset())
        made = Ingress(far, admission, pipeline.next_hops).route(attributes(rows={NEXT_HOP: next_hop}), 0)
        pipeline.table.announce(made, [prefix])
        pipeline.touched()
    turns.run()
    way = Destination(DestinationKind.UNICAST, (NextHop(parse_address("fe80::9"), 3),))
    static = Route(Source("static1", SourceKind.STATIC), AttributeSet.of({}), way, 0)
    ipv6 = tables[MASTER][IPV6_UNICAST]
    best = tables[MASTER][IPV4_UNICAST].table.best
    assert best(prefix) is None
    ipv6.table.announce(static, [key("2001:db8::/64")])
    ipv6.touched()
    turns.run()
    found = best(prefix)
    assert found is not None
    assert found.destination == way
    assert tables["blue"][IPV4_UNICAST].table.best(prefix) is None
    ipv6.table.withdraw(static.source, [key("2001:db8::/64")])
    ipv6.touched()
    turns.run()
    assert best(prefix) is None
