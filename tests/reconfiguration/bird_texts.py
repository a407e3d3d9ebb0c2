"""What random configurations in BIRD's language are made of."""

from collections.abc import Mapping, Sequence
from typing import Final

SECTIONS: Final[Mapping[str, Sequence[str]]] = {
    "id": ("router id 192.0.2.1;",) * 5 + ("router id 192.0.2.7;",),
    "port": ("",) * 4 + ("listen bgp port 1179;", "listen bgp address 10.9.0.1;"),
    "debug": ("", "debug protocols all;", "debug protocols { states };"),
    "tables": ("table blue;",),
    "functions": (
        "function small(prefix p) { return p.len > 20; }",
        "function small(prefix p) { return p.len > 15; }",
        "function big() { return net.len < 17; } function small(prefix p) { return !big(); }",
    ),
    "f": (
        "filter f { accept; }",
        "filter f { if net ~ [ 10.20.0.0/15+ ] then { bgp_local_pref = 150; accept; } reject; }",
        "filter f { if small(net) then reject; krt_metric = 77; accept; }",
        "filter f { if source = RTS_BGP then reject; bgp_community.add((64512, 5)); accept; }",
        "filter f { preference = 130; accept; }",
    ),
    "device": ("protocol device { }", "protocol device { scan time 2; }", "protocol device machine { }"),
    "direct": (
        "",
        "protocol direct { }",
        'protocol direct { interface -"two", "*"; debug { states }; }',
        "protocol direct { table blue; preference 230; }",
        "protocol direct { import filter f; disabled; }",
    ),
    "kernel": (
        "",
        "protocol kernel { export all; }",
        "protocol kernel { learn; export filter f; scan time 2; }",
        "protocol kernel { learn; import where small(net); export all; merge paths on; }",
        "protocol kernel { kernel table 100; export filter { if small(net) then reject; accept; }; }",
        "protocol kernel { disabled; export all; }",
        "protocol kernel other { export all; device routes; table blue; kernel table 101; }",
    ),
    "static": (
        "",
        "protocol static { route 10.30.0.0/16 blackhole; }",
        "protocol static { route 10.30.0.0/16 via 10.9.0.2 { krt_metric = 9; }; check link; }",
        'protocol static { route 10.30.0.0/16 via "two"; route 10.31.0.0/16 recursive 10.20.0.9; }',
        "protocol static st { table blue; route 10.30.0.0/16 unreachable; import filter f; }",
        "protocol static { route 10.30.0.0/16 multipath via 10.9.0.2 via 10.9.0.3; preference 90; }",
        "protocol static { disabled; route 10.30.0.0/16 prohibit; }",
    ),
    "pipe": (
        ("",) * 2
        + (
            "protocol pipe { peer table blue; export all; import none; }",
            "protocol pipe p { peer table blue; export filter f; import where small(net); }",
            "protocol pipe { peer table blue; mode opaque; export all; import none; }",
        )
    ),
    "template": (
        "template bgp t { local as 64512; connect delay time 60; error wait time 1, 1; }",
        "template bgp t { local as 64512; connect delay time 60; error wait time 1, 1; hold time 100; }",
        'template bgp t { description "x"; local as 64512; connect delay time 60; error wait time 1, 1; }',
    ),
    "far1": (
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; import all; export all; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; import all; export all; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; import all; export all; multihop; "
        "rs client; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; import all; export all; preference 150; "
        "default bgp_local_pref 300; default bgp_med 7; allow local as 2; hold time 60; keepalive time 9; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; import filter f; export all; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; import where small(net); export filter f; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; table blue; export all; passive on; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; export all; disabled; }",
        "protocol bgp far1 from t { neighbor 10.9.0.2 as 65002; export all; next hop self;\n"
        "import keep filtered on; import filter { if small(net) then reject; accept; }; }",
    ),
    "far2": (
        "",
        "protocol bgp far2 from t { neighbor 10.9.0.3 as 64512; export all; }",
        "protocol bgp far2 from t { neighbor 10.9.0.3 as 64512; export all; rr client; rr cluster id 7; }",
        "protocol bgp far2 from t { neighbor 10.9.0.3 as 64512; export filter f; preference 110; }",
        "protocol bgp far2 from t { neighbor 10.9.0.3 as 64512; export all; med metric on; }",
    ),
    "names": ("far1 far2",) * 3 + ("Node_1 Mesh_2", "far2 far1", "far2 Node_2"),
    "ghost": (
        "",
        'protocol bgp ghost from t { neighbor 10.9.0.40 as 65040; password "secret"; }',
        'protocol bgp ghost from t { neighbor 10.9.0.40 as 65040; password "other"; export all; }',
    ),
}


def written(chosen: Mapping[str, str]) -> tuple[str, bool]:
    """Return the file, and whether it listens on another port."""
    sections = {section: text for section, text in chosen.items() if section != "names"}
    for section, name in zip(("far1", "far2"), chosen["names"].split(), strict=True):
        sections[section] = sections[section].replace(f"protocol bgp {section} ", f"protocol bgp {name} ")
    return "log stderr all;\n" + "\n".join(sections.values()) + "\n", "1179" in chosen["port"]
