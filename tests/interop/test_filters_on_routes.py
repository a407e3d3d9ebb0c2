"""Filters that read and change attributes decide about live routes as BIRD 1.6 does, and print the same."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Final

import pytest

from rib.filters.compiler.unit import Compiled
from rib.filters.grammar.lexer import Dialect
from tests.filters_oracle.bird import Bird
from tests.filters_oracle.generator import Choices
from tests.filters_oracle.items import SEED, Item
from tests.filters_oracle.our_filters import program_of
from tests.filters_oracle.our_routes import judge, route_of, shown
from tests.filters_oracle.programs import filter_of, program
from tests.filters_oracle.route_matrix import Variant
from tests.interop.lab import Lab
from tests.interop.matrix_bird import MatrixBird, Shown
from tests.interop.routers import Bird1

pytestmark = pytest.mark.interop

_PREFIXES: Final = {
    32: ("10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "192.168.0.0/23"),
    128: ("fd00::/8", "fd00:1:2::/48", "2001:db8:1:2::/63", "2001:db8::7/128"),
}
_EVERYTHING: Final = """
    bgp_path.prepend(7); bgp_path.prepend(2); bgp_path.prepend(1); bgp_local_pref = 255; bgp_med = 7;
    bgp_community.add((1,2)); bgp_community.add((10,20)); bgp_large_community.add((1,2,3));
    bgp_ext_community.add((rt,1,2)); bgp_ext_community.add((ro,1,3)); bgp_origin = ORIGIN_EGP;
"""
_VARIANTS: Final = (
    Variant("plain_route", "bgp"),
    Variant("full_route", "bgp", _EVERYTHING),
    Variant("own_route", "static"),
    Variant("metric_route", "static", "krt_metric = 7; krt_mtu = 1500;"),
    Variant("linked_route", "device_0", "preference = 7; scope = SCOPE_SITE;"),
)
_ATTRIBUTES: Final = (
    *(("int", name) for name in ("bgp_local_pref", "bgp_med", "krt_metric", "krt_mtu", "preference")),
    *(("ip", "bgp_next_hop"), ("string", "ifname"), ("bgppath", "bgp_path")),
    *(("clist", "bgp_community"), ("eclist", "bgp_ext_community"), ("lclist", "bgp_large_community")),
    *(("scope", "scope"), ("rtd", "dest"), ("ip", "gw"), ("quad", "bgp_originator_id")),
)
_STATEMENTS: Final = (
    'print bgp_local_pref, " ", bgp_med, " ", bgp_next_hop, " ", bgp_originator_id, " ", '
    'bgp_cluster_list, " ", bgp_ext_community; accept;',
    'print krt_metric, " ", krt_mtu, " ", krt_prefsrc, " ", krt_source, " ", igp_metric, " '
    '", bgp_atomic_aggr, " ", bgp_aggregator; accept;',
    'print net, " ", from, " ", gw, " ", source, " ", scope, " ", cast, " ", dest, " ", '
    'ifname, " ", preference; accept;',
    "print defined(bgp_path), defined(bgp_community), defined(bgp_cluster_list), defined(gw); accept;",
    "print defined(bgp_originator_id), defined(from), defined(ifname), defined(igp_metric); accept;",
    "bgp_local_pref = true; accept;",
    'bgp_local_pref = "a"; accept;',
    "preference = RTS_BGP; accept;",
    "preference = 65535; accept;",
    "preference = 65536; accept;",
    "bgp_next_hop = 1.2.3.4; accept;",
    "bgp_next_hop = 5; accept;",
    "bgp_originator_id = 5; print bgp_originator_id; accept;",
    "bgp_originator_id = 10.0.0.1; print bgp_originator_id; accept;",
    "bgp_cluster_list.add(10.0.0.1); print bgp_cluster_list; accept;",
    "bgp_cluster_list.add((1,2)); print bgp_cluster_list; accept;",
    "bgp_path = -empty-; accept;",
    "bgp_path = +empty+; accept;",
    "bgp_path.prepend(5); accept;",
    "bgp_path.empty; print bgp_path; accept;",
    "bgp_path.delete(2); print bgp_path; accept;",
    "bgp_path.filter([1,2]); print bgp_path; accept;",
    "bgp_community.empty; print bgp_community, defined(bgp_community); accept;",
    "bgp_community.add((3,4)); bgp_community.delete([(1,*)]); print bgp_community; accept;",
    "bgp_community = +empty+; accept;",
    "bgp_community.add((rt,1,2)); accept;",
    "bgp_ext_community.add((rt,5,6)); accept;",
    "bgp_large_community.filter([(1,*,*)]); accept;",
    "dest = RTD_UNREACHABLE; print dest, gw, ifname; accept;",
    "dest = RTD_PROHIBIT; accept;",
    "dest = RTD_BLACKHOLE; accept;",
    "dest = RTD_ROUTER; accept;",
    "dest = 2; accept;",
    "gw = 10.255.1.2; print gw, dest, ifname; accept;",
    "gw = 1.2.3.4; accept;",
    "gw = 5; accept;",
    "from = 10.0.0.1; print from; accept;",
    "from = 1; accept;",
    'ifname = "tunl0"; print ifname, dest, gw; accept;',
    'ifname = "nowhere"; accept;',
    'ifname = ""; accept;',
    "scope = SCOPE_HOST; print scope; accept;",
    "scope = RTS_BGP; accept;",
    "krt_prefsrc = 1.2.3.4; print krt_prefsrc; accept;",
    "krt_prefsrc = 5; accept;",
    "krt_metric = 7 - 8; print krt_metric; accept;",
    "krt_scope = 5; print krt_scope; accept;",
    "krt_realm = 5; accept;",
    "bgp_atomic_aggr = 1; accept;",
    "print bgp_path.len, bgp_path.first; accept;",
    'print "x";',
    "print 1; reject;",
    'error "no", net;',
    'accept "yes ", net;',
    "if bgp_med < 5 then accept; reject;",
    "if bgp_med > 5 then accept; reject;",
    'if krt_metric <= 7 then accept "m"; reject "n";',
    "print bgp_community ~ [(1,2)], (1,2) ~ bgp_community; accept;",
)
"""Filters that read and change every attribute, rightly and wrongly."""
_ROA_TABLES: Final = """
    roa table known {
        roa 10.0.0.0/8 max 16 as 7;
        roa 10.1.0.0/16 max 32 as 9;
        roa 10.1.2.0/24 max 24 as 8;
        roa 192.168.0.0/16 max 32 as 0;
    }
    roa table nothing { }
"""
_CHECKS: Final = (
    "roa_check(known)",
    "roa_check(nothing)",
    "roa_check(known, net, 7), roa_check(known, net, 8), roa_check(known, net, 9), roa_check(known, net, 0)",
    "roa_check(known, 10.1.0.0/16, 7), roa_check(known, 10.1.0.0/17, 7), roa_check(known, 10.1.2.0/24, 8)",
    "roa_check(known, 11.0.0.0/8, 7), roa_check(known, 10.0.0.0/7, 7), roa_check(known, 192.168.1.0/24, 0)",
    "roa_check(known, 5, 5)",
    "roa_check(known, net, true)",
    "roa_check(known) = ROA_VALID, roa_check(known) ~ [ROA_INVALID]",
)
_HIDDEN: Final = ("Type", "Kernel.source")


@pytest.mark.parametrize(("bits", "count"), [(32, 200), (128, 60)])
def test_random_filters(lab: Lab, tmp_path: Path, bits: int, count: int) -> None:
    Bird1.require()
    programs = dict(_programs(Bird.of(bits, tmp_path), bits, count))
    assert len(programs) > count * 3 / 4
    _compare(lab, bits, programs)


def test_attributes(lab: Lab) -> None:
    Bird1.require()
    filters = {f"f{number}": statements for number, statements in enumerate(_STATEMENTS)}
    _compare(lab, 32, {name: f"filter {name} {{ {statements} }}" for name, statements in filters.items()})


def test_roa_check(lab: Lab) -> None:
    Bird1.require()
    filters = {f"f{number}": f"print {check}; accept;" for number, check in enumerate(_CHECKS)}
    texts = {name: f"filter {name} {{ {statements} }}" for name, statements in filters.items()}
    _compare(lab, 32, texts, _ROA_TABLES)


def _compare(lab: Lab, bits: int, programs: Mapping[str, str], preparation: str = "") -> None:
    """Run filters, by name, over a route of each variant; all must see ``preparation``."""
    bird = MatrixBird(lab, bits, _PREFIXES[bits], _VARIANTS)
    bird.start()
    bird.define("\n".join((preparation, *programs.values())))
    bird.printed()
    different: list[str] = []
    for name, text in programs.items():
        compiled = _compiled(preparation + text, name, bits)
        for variant, prefix in zip(_VARIANTS, itertools.cycle(_PREFIXES[bits]), strict=False):
            theirs = _visible(bird.accepted(variant, name, prefix)), bird.printed()
            judged = judge(compiled, route_of(variant, bird.gateway), prefix)
            accepted = {prefix: shown(judged.accepted)} if judged.accepted else {}
            ours = _visible(accepted), judged.printed
            if theirs != ours:
                different.append(f"{text}\n{variant} to {prefix}\nBIRD: {theirs}\nours: {ours}")
    assert not different, f"{len(different)} differ:\n\n" + "\n\n".join(different[:20])


def _programs(bird: Bird, bits: int, count: int) -> Iterator[tuple[str, str]]:
    """Yield the name of a filter and the program that has it, if BIRD takes it."""
    choices = Choices(bits, wrong=0.004, attributes=_ATTRIBUTES)
    candidates = {}
    for number in range(count):
        random, name = Random(f"routes/{SEED}/{number}"), f"p{number}"
        candidates[f"{name}_filter"] = filter_of(program(random, choices, name), name, random)
    outcomes = bird.outcomes([Item((*lines, "eval 0;")) for lines in candidates.values()])
    for (name, lines), outcome in zip(candidates.items(), outcomes, strict=True):
        if not outcome.error:
            yield name, "\n".join(lines)


def _compiled(text: str, name: str, bits: int) -> Compiled:
    defined = program_of(text, Dialect(bits))
    return defined.compile(defined.symbols.filters[name])


def _visible(routes: Shown) -> Shown:
    """Return what must agree; a list that has been emptied is an attribute to BIRD and none to us."""
    return {
        prefix: {
            name: value
            for name, value in sorted(said.items())
            if name not in _HIDDEN and _is_there(name, value)
        }
        for prefix, said in routes.items()
    }


def _is_there(name: str, value: str) -> bool:
    return bool(value) or not name.endswith("community")
