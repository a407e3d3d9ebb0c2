"""The tables of the document: settings that calico-node gives BIRD, in the words of our configuration."""

from collections.abc import Iterable
from typing import Any, Final

from bgpd.calico.bgp_configuration import BgpConfiguration
from bgpd.calico.nodes import CalicoNode
from bgpd.calico.policies import Policies
from bgpd.calico.sessions import Session

_FAMILIES: Final = {4: "ipv4", 6: "ipv6"}
_ANYWHERE: Final = {4: "0.0.0.0", 6: "::"}
_NO_ROUTES_OF: Final = ("cali*", "kube-ipvs*")
_SUFFIX: Final = {4: "", 6: "_v6"}
_ECMP: Final = 16
_MULTIHOP: Final = 64
_BGP_PORT: Final = 179
_RESTART_WAIT: Final = 240
_NEXT_HOPS: Final = {"Self": "self", "Keep": "keep"}
_OF_SESSIONS: Final[dict[str, Any]] = {
    "gateway": "recursive",
    "hold_time": 240,
    "connect_delay": 2,
    "connect_retry": 5,
    "error_wait": [5, 30],
    "graceful_restart": "full",
    "graceful_restart_notification": False,
    "add_paths": "both",
    "extended_messages": False,
    "keep_filtered": False,
    "ebgp_requires_policy": False,
}
"""What all sessions have in common: what calico-node writes, and the defaults of BIRD that are not ours."""
_GROUP: Final = "calico"
_DESCRIPTION: Final = "Connection to BGP peer"


class Tables:
    """The document in the making."""

    def __init__(self, configuration: BgpConfiguration) -> None:
        self._configuration = configuration
        self._router: dict[str, Any] = {}
        self._definitions: list[str] = []
        self._filters: dict[str, str] = {}
        self._names: dict[str, str] = {}
        """Names of filters, by what they say."""
        self._statics: dict[str, Any] = {}
        self._directs: dict[str, Any] = {}
        self._kernels: dict[str, Any] = {}
        self._neighbors: list[dict[str, Any]] = []
        self._connections: dict[tuple[object, ...], str] = {}
        """Who has a session, by the ends of its connection."""

    def document(self) -> dict[str, Any]:
        """Return all tables."""
        return {
            "router": self._router,
            "decision": {"unresolvable": "last"},
            "filter_files": {"text": "\n".join(self._definitions)},
            "filters": self._filters,
            "device": {"name": "device1", **self._debug()},
            "directs": self._directs,
            "kernel": {},
            "kernels": self._kernels,
            "statics": self._statics,
            "groups": {_GROUP: {**_OF_SESSIONS, **self._debug_of_sessions()}},
            "neighbors": self._neighbors,
        }

    def _debug(self) -> dict[str, Any]:
        """Return which events of protocols without sessions are logged."""
        return self._traces(["states"])

    def _debug_of_sessions(self) -> dict[str, Any]:
        return self._traces(["states", "routes", "filters", "events"])

    def _traces(self, usual: list[str]) -> dict[str, Any]:
        match self._configuration.severity:
            case "Debug":
                return {"debug": "all"}
            case "Info":
                return {"debug": usual}
        return {}

    # Tables

    def write_router(self, own: CalicoNode, asn: int, router_id: str) -> None:
        """Write ``[router]``."""
        addresses = {version: own.address(version) for version in _ANYWHERE}
        self._router = {
            "asn": asn,
            "listen": [
                str(addresses[version])
                if self._configuration.binds_to_node and addresses[version]
                else anywhere
                for version, anywhere in _ANYWHERE.items()
            ],
            "port": self._configuration.port(own.name) or _BGP_PORT,
            "graceful_restart_wait": _RESTART_WAIT,
        }
        if router_id:
            self._router["id"] = router_id

    def write_family(self, policies: Policies, reached_by: Iterable[tuple[str, str]]) -> None:
        """Write what there is once for each family: interfaces, the kernel, static routes, functions."""
        family, suffix = _FAMILIES[policies.version], _SUFFIX[policies.version]
        self._definitions += policies.definitions()
        ignored = (*self._configuration.ignored_interfaces, *_NO_ROUTES_OF)
        self._directs[f"direct1{suffix}"] = {
            "families": [family],
            "interfaces": [*(f"-{pattern}" for pattern in ignored), "*"],
            **self._debug(),
        }
        self._filters[policies.kernel_filter] = policies.kernel()
        self._kernels[f"kernel1{suffix}"] = {
            "family": family,
            "guard": False,
            "learn": True,
            "persist": True,
            "merge_paths": _ECMP,
            "export": policies.kernel_filter,
        }
        dead_ends = [
            *(
                block.prefix
                for block in policies.blocks
                if block.prefix.prefixlen < block.prefix.max_prefixlen
            ),
            *policies.advertised_services,
        ]
        routes = [
            *({"prefix": str(prefix), "blackhole": True} for prefix in dead_ends),
            *({"prefix": prefix, "via": gateway} for prefix, gateway in reached_by),
        ]
        if routes:
            self._statics[f"static1{suffix}"] = {"families": [family], "routes": routes}

    def write_session(self, session: Session, policies: Policies, cluster_id: str) -> None:
        """Write one of ``[[neighbors]]``."""
        terms = session.terms
        keys: dict[str, Any] = {
            "name": session.name,
            "group": _GROUP,
            "description": _DESCRIPTION,
            "address": str(session.address),
            "asn": session.asn,
            "local_asn": session.local_asn,
            "multihop": terms.ttl_security or _MULTIHOP,
            "ttl_security": terms.ttl_security is not None,
            "import": self._filter("import", policies.entrance(session), policies.version),
            "export": self._filter("export", policies.exit(session), policies.version),
        }
        optional = {
            "port": session.port,
            "source_address": str(session.source) if session.source is not None else None,
            "password": terms.password or None,
            "passive": session.is_passive or None,
            "graceful_restart_time": terms.restart_time,
            "keepalive_time": terms.keepalive_time,
            "allow_local_as": terms.allowed_own_as or None,
            "next_hop": _next_hop(session),
        }
        keys |= {key: value for key, value in optional.items() if value is not None}
        if cluster_id and session.is_internal and session.cluster_id != cluster_id:
            keys |= {"route_reflector_client": True, "cluster_id": cluster_id}
        first = self._connections.setdefault((session.address, session.port, session.source), session.name)
        if first != session.name:
            keys["shutdown"] = f"{first} has the same neighbor"
        self._neighbors.append(keys)

    def _filter(self, direction: str, statements: str, version: int) -> str:
        """Return the name of a filter: sessions with the same statements share it."""
        if statements not in self._names:
            name = f"calico_{direction}_{len(self._names) + 1}{_SUFFIX[version]}"
            self._names[statements] = name
            self._filters[name] = statements
        return self._names[statements]


def _next_hop(session: Session) -> str | None:
    """Return what the next hop is to be; nothing for the usual one."""
    if session.terms.keeps_external_next_hop and not session.is_internal:
        return "keep"
    return _NEXT_HOPS.get(session.terms.next_hop)
