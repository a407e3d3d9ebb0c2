"""The scenarios that both sides play."""

from typing import Final

from tests.interop.drop_in.scenario import Peer, Scenario, text

COMMON: Final = text("calico_node")
"""What Calico renders for every node."""

_IMPORT: Final = """
  import filter {
    if (defined(bgp_local_pref)&&(bgp_local_pref > 2147482623)) then preference = 200;
    accept;
  };
"""
_EXPORT: Final = """
  export filter {
    if (defined(source) && source = RTS_BGP && defined(bgp_local_pref)) then {
      krt_metric = 2147483647 - bgp_local_pref;
    } else {
      if (!defined(krt_metric)) then { krt_metric = 1024; }
      bgp_local_pref = 2147483647 - krt_metric;
    }
    calico_export_to_bgp_peers(INTERNAL);
    reject;
  };
"""
WORKLOADS: Final = (
    "route add $workload1 dev cali1 proto 80",
    "route add $workload2 dev cali2 proto 80 metric 512",
    "route add $default via $tor proto boot",
    "route add $far via $tor proto static",
)
"""What Felix and the operator have written."""


def calico_peer(kind: str, place: str, *statements: str, asn: int = 64512) -> str:
    """Return a session as Calico renders it."""
    internal = "true" if asn == 64512 else "false"
    lines = "\n  ".join(statements)
    return f"""
protocol bgp {kind}_${place}_ from bgp_template {{
  neighbor ${place} as {asn};
  source address $node;
  ttl security off;
  multihop;{_IMPORT}{_EXPORT.replace("INTERNAL", internal)}
  {lines}
}}
"""


def mesh(place: str, *networks: str, **fields: str) -> Peer:
    """Return another node; what it announces has the priority that Calico gives to workloads."""
    priority = "if net = $moved then bgp_local_pref = 2147483135; else bgp_local_pref = 2147482623;"
    return Peer(name=place, routes=networks, **{"export": priority, **fields})  # type: ignore[arg-type]


_ONLY_BLOCK3: Final = "if net = $block3 then bgp_local_pref = 2147482623;"
MESH: Final = Scenario(
    name="mesh",
    node=COMMON + calico_peer("Mesh", "peer2", "passive on;") + calico_peer("Mesh", "peer3", "passive on;"),
    peers=(
        mesh("peer2", "block2", "moved", "outside3"),
        mesh(
            "peer3",
            "block3",
            "outside1",
            "outside3",
            export="if net = $block3 then bgp_local_pref = 2147482623;",
        ),
    ),
    kernel=WORKLOADS,
)
"""Three nodes; a workload that has moved, and routes of a foreign peer with the usual LOCAL_PREF."""

_CLIENT: Final = ("rr client;", "rr cluster id 244.0.0.1;", "passive on;")
REFLECTOR: Final = Scenario(
    name="reflector",
    node=COMMON
    + calico_peer("Node", "peer2", *_CLIENT)
    + calico_peer("Node", "peer3", *_CLIENT)
    + calico_peer("Global", "peer4", "passive on;", "keepalive time 20;")
    + calico_peer("Global", "tor", "next hop keep;", "passive on;", asn=65001),
    peers=(
        mesh("peer2", "block2", "outside1", kind="Node"),
        mesh("peer3", "block3", "outside1", kind="Node"),
        mesh("peer4", "block4", kind="Global"),
        Peer(name="tor", asn=65001, kind="Global", routes=("outside2", "outside1"), session="multihop;"),
    ),
    kernel=WORKLOADS,
)
"""The node reflects (RFC 4456); a ToR of another AS is to see the next hops of the nodes."""

CLIENT: Final = Scenario(
    name="client",
    node=COMMON + calico_peer("Node", "peer2", "passive on;"),
    peers=(
        Peer(
            name="peer2",
            kind="Node",
            routes=("block2", "block3", "outside1"),
            export="""if net = $block3 then {
      bgp_next_hop = $peer3; bgp_originator_id = 10.10.0.3; bgp_cluster_list.add(244.0.0.1);
    }
    if net = $outside1 then {
      bgp_next_hop = $inside1; bgp_originator_id = 10.10.0.4;
      bgp_cluster_list.add(244.0.0.1); bgp_cluster_list.add(244.0.0.2);
    }""",
        ),
    ),
    kernel=WORKLOADS,
)
"""The node is a client; one of the routes it gets has a next hop that leads nowhere."""

_GUARDED: Final = ("ttl security on;", "multihop 1;", "passive on;", 'password "blue";')
TOR: Final = Scenario(
    name="tor",
    node=COMMON
    + calico_peer(
        "Global", "tor", "ttl security on;", "multihop 1;", "passive on;", 'password "blue";', asn=65001
    )
    + calico_peer("Global", "far", "passive on;", "allow local as 1;", asn=65002)
    + calico_peer("Node", "peer2", "passive on;", "next hop self;", 'password "red";'),
    peers=(
        Peer(
            name="tor",
            asn=65001,
            kind="Global",
            session='ttl security on; multihop 1; password "blue";',
            routes=("outside1", "outside2", "outside4", "default"),
            export="""bgp_community.add((65001, 100)); bgp_med = 77;
    if net = $outside1 then {
      bgp_path.prepend(65010);
      bgp_path.prepend(4200000001);
      bgp_origin = ORIGIN_EGP;
    }
    if net = $outside2 then {
      bgp_ext_community.add((rt, 65001, 4242));
      bgp_ext_community.add((ro, 10.10.0.4, 7));
      bgp_large_community.add((65001, 1, 2));
      bgp_origin = ORIGIN_INCOMPLETE;
    }
    if net = $outside4 then bgp_community.add((65535, 65281));""",
        ),
        Peer(
            name="far",
            asn=65002,
            kind="Global",
            session="multihop;",
            routes=("outside1", "outside3"),
            export="if net = $outside3 then bgp_path.prepend(64512);",
        ),
        mesh("peer2", "block2", kind="Node", session='password "red";'),
    ),
    kernel=WORKLOADS,
)
"""A ToR with MD5 and GTSM, a neighbor behind it whose next hop the kernel knows, and another node."""

CALICO: Final = (MESH, REFLECTOR, CLIENT, TOR)
