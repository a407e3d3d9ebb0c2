"""What ``show route all`` prints of a route in the kernel: BIRD 1.6.8's lines for the same routes."""

from bgpd.kernel.learned_notes import notes_of
from bgpd.show.kernel_notes import kernel_note_lines, plain_kernel_notes
from kernel_sync.types import KernelRoute, Metric, NextHop, ObservedRoute, RouteKind, Scope
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from rib.filters.values import Address

VIA = (NextHop(bytes((192, 0, 2, 2)), 2),)
TOLD = (
    (Metric.LOCK, 1 << Metric.MTU | 1 << Metric.CWND | 1 << Metric.RTO_MIN),
    (Metric.MTU, 1400),
    (Metric.WINDOW, 1000),
    (Metric.RTT, 400),
    (Metric.RTTVAR, 80),
    (Metric.SSTHRESH, 30),
    (Metric.CWND, 10),
    (Metric.ADVMSS, 1360),
    (Metric.REORDERING, 5),
    (Metric.HOPLIMIT, 55),
    (Metric.INITCWND, 20),
    (Metric.FEATURES, 1),
    (Metric.RTO_MIN, 200),
    (Metric.INITRWND, 21),
    (Metric.QUICKACK, 1),
)
FULL = KernelRoute(RouteKind.UNICAST, VIA, 100, bytes((192, 0, 2, 1)), 7, TOLD)


def test_a_learned_route_has_birds_lines() -> None:
    """Of ``metric 100 src 192.0.2.1 realm 7 mtu lock 1400 ...``, as a live BIRD prints it."""
    notes = notes_of(ObservedRoute(FULL.canonical(IPV4_UNICAST), 4))
    assert [*kernel_note_lines(notes)] == [
        "\tKernel.source: 4",
        "\tKernel.metric: 100",
        "\tKernel.prefsrc: 192.0.2.1",
        "\tKernel.realm: 7",
        "\tKernel.lock: mtu cwnd rto_min",
        "\tKernel.mtu: 1400",
        "\tKernel.window: 1000",
        "\tKernel.rtt: 400",
        "\tKernel.rttvar: 80",
        "\tKernel.sstresh: 30",
        "\tKernel.cwnd: 10",
        "\tKernel.advmss: 1360",
        "\tKernel.reordering: 5",
        "\tKernel.hoplimit: 55",
        "\tKernel.initcwnd: 20",
        "\tKernel.features: ecn",
        "\tKernel.rto_min: 200",
        "\tKernel.initrwnd: 21",
        "\tKernel.quickack: 1",
    ]


def test_a_metric_of_zero_is_shown_and_an_unusual_scope() -> None:
    device = KernelRoute(RouteKind.UNICAST, (NextHop(b"", 2),), scope=Scope.SITE)
    notes = notes_of(ObservedRoute(device.canonical(IPV4_UNICAST), 80))
    assert [*kernel_note_lines(notes)] == ["\tKernel.source: 80", "\tKernel.metric: 0", "\tKernel.scope: 200"]


def test_ipv6_has_no_scopes_which_is_unusual_on_a_link() -> None:
    """BIRD 1.6.8 expects the scope ``link`` there, whatever the family."""
    device = KernelRoute(RouteKind.UNICAST, (NextHop(b"", 2),))
    notes = notes_of(ObservedRoute(device.canonical(IPV6_UNICAST), 80))
    assert notes == {"krt_source": 80, "krt_metric": 1024, "krt_scope": 0}
    beyond = KernelRoute(RouteKind.UNICAST, (NextHop(b"\1" * 16, 2),))
    assert "krt_scope" not in notes_of(ObservedRoute(beyond.canonical(IPV6_UNICAST), 80))


def test_what_filters_noted_is_shown_with_it_and_nothing_else() -> None:
    notes = {"krt_tunnel": "tunl0", "krt_metric": 1024, "igp_metric": 5, "scope": "x"}
    assert [*kernel_note_lines(notes)] == ["\tKernel.metric: 1024", "\tKernel.tunnel: tunl0"]


def test_json_has_the_names_that_filters_have() -> None:
    notes = {"krt_prefsrc": Address(parse_address("2001:db8::1")), "krt_lock_mtu": True, "igp_metric": 5}
    assert plain_kernel_notes(notes) == {"krt_prefsrc": "2001:db8::1", "krt_lock_mtu": True}
