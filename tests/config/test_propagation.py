"""What is exchanged with a neighbor: the keys, what they come to, and where they do not fit."""

from collections.abc import Callable
from typing import Any

import pytest

from bgpd.config import DaemonSettings, PrefixLimit, Problem

Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]

ROUTER = "[router]\nasn = 65001\nconfederation = { id = 64500, members = [65002, 65003] }\n"
NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\n'
INTERNAL = f"{NEIGHBOR}asn = 64512\n"
EXTERNAL = f"{NEIGHBOR}asn = 65010\n"
BOTH = 'families = ["ipv4", "ipv6"]\n'
ADD_PATHS = f'{INTERNAL}add_paths = "both"\n'
ROUTE_SERVER = f"{EXTERNAL}route_server_client = true\n"
OUTSIDE = f"{ROUTER}{EXTERNAL}"
MEMBER = f"{ROUTER}{NEIGHBOR}asn = 65002\n"
OUR_MEMBER = f"{ROUTER}{NEIGHBOR}asn = 65001\n"

VALUES = [
    # what is written, which setting, what it comes to
    (INTERNAL, "table", "master"),
    (f'[router]\ntables = ["blue"]\n{INTERNAL}table = "blue"', "table", "blue"),
    (INTERNAL, "preference", 100),
    (f"{INTERNAL}preference = 0", "preference", 0),
    (f"{INTERNAL}preference = 65535", "preference", 65535),
    # reflection (RFC 4456)
    (INTERNAL, "route_reflector_client", False),
    (f"{INTERNAL}route_reflector_client = true", "route_reflector_client", True),
    (INTERNAL, "cluster_id", None),
    (f'{INTERNAL}cluster_id = "244.0.0.1"', "cluster_id", 0xF4000001),
    (f"{INTERNAL}cluster_id = 1", "cluster_id", 1),
    (f"{INTERNAL}cluster_id = 4294967295", "cluster_id", 0xFFFFFFFF),
    (f'[router]\ncluster_id = "0.0.0.7"\n{INTERNAL}', "cluster_id", 7),
    (f"[router]\ncluster_id = 7\n{INTERNAL}cluster_id = 8", "cluster_id", 8),
    # a route server (RFC 7947)
    (EXTERNAL, "route_server_client", False),
    (ROUTE_SERVER, "route_server_client", True),
    (f'{ROUTE_SERVER}role = "rs-server"\nnext_hop = "keep"', "route_server_client", True),
    # the AS_PATH
    (EXTERNAL, "allow_local_as", 0),
    (f"{EXTERNAL}allow_local_as = 255", "allow_local_as", 255),
    (EXTERNAL, "as_override", False),
    (f"{EXTERNAL}as_override = true", "as_override", True),
    (EXTERNAL, "remove_private_as", "off"),
    (f'{EXTERNAL}remove_private_as = "remove"', "remove_private_as", "remove"),
    (f'{EXTERNAL}remove_private_as = "replace"', "remove_private_as", "replace"),
    (EXTERNAL, "prepend", 0),
    (f"{EXTERNAL}prepend = 32", "prepend", 32),
    (EXTERNAL, "enforce_first_as", False),
    (f"{EXTERNAL}enforce_first_as = true", "enforce_first_as", True),
    (EXTERNAL, "local_asn_mode", "replace"),
    (f'{EXTERNAL}local_asn = 65020\nlocal_asn_mode = "prepend"', "local_asn_mode", "prepend"),
    (f'{EXTERNAL}local_asn = 65020\nlocal_asn_mode = "no-prepend"', "local_asn_mode", "no-prepend"),
    (f"{EXTERNAL}local_asn = 65020", "local_asn", 65020),
    (f"{EXTERNAL}local_asn = 65020", "router_asn", 64512),
    # what a route without the attribute counts as
    (EXTERNAL, "default_med", 0),
    (f"{EXTERNAL}default_med = 4294967295", "default_med", 0xFFFFFFFF),
    (EXTERNAL, "default_local_pref", 100),
    (f"{EXTERNAL}default_local_pref = 0", "default_local_pref", 0),
    # BLACKHOLE (RFC 7999)
    (EXTERNAL, "accept_blackhole", False),
    (f"{INTERNAL}accept_blackhole = true", "accept_blackhole", True),
    # ADD-PATH (RFC 7911)
    (INTERNAL, "add_path_receive", False),
    (INTERNAL, "add_path_send", False),
    (f'{INTERNAL}add_paths = "off"', "add_path_receive", False),
    (f'{INTERNAL}add_paths = "receive"', "add_path_receive", True),
    (f'{INTERNAL}add_paths = "receive"', "add_path_send", False),
    (f'{INTERNAL}add_paths = "send"', "add_path_receive", False),
    (f'{INTERNAL}add_paths = "send"', "add_path_send", True),
    (ADD_PATHS, "add_path_receive", True),
    (ADD_PATHS, "add_path_send", True),
    (ADD_PATHS, "send_paths", 0),
    (f'{ADD_PATHS}send_paths = "all"', "send_paths", 0),
    (f"{ADD_PATHS}send_paths = 2", "send_paths", 2),
    (f"{ADD_PATHS}send_paths = 255", "send_paths", 255),
    # IPv6 next hops for IPv4 routes (RFC 8950)
    (INTERNAL, "extended_next_hop", False),
    (f"{INTERNAL}{BOTH}", "extended_next_hop", True),
    (f"{INTERNAL}{BOTH}extended_next_hop = false", "extended_next_hop", False),
    (f"{INTERNAL}extended_next_hop = true", "extended_next_hop", True),
    (f"{INTERNAL}capabilities = false", "extended_next_hop", False),
    # limits
    (
        f"{INTERNAL}max_prefixes = {{ receive = 1 }}",
        "max_prefixes",
        PrefixLimit(None, 1, None, "warn", 75, 60),
    ),
    (
        f"{INTERNAL}max_prefixes = {{ export = 1 }}",
        "max_prefixes",
        PrefixLimit(None, None, 1, "warn", 75, 60),
    ),
    (
        f'{INTERNAL}max_prefixes = {{ import = 1, receive = 2, export = 3, action = "block" }}',
        "max_prefixes",
        PrefixLimit(1, 2, 3, "block", 75, 60),
    ),
    # a confederation (RFC 5065)
    (INTERNAL, "confederation_id", 0),
    (INTERNAL, "confederation", False),
    (OUTSIDE, "confederation_id", 64500),
    (OUTSIDE, "confederation", False),
    (OUTSIDE, "external", True),
    (OUTSIDE, "local_asn", 64500),
    (OUTSIDE, "router_asn", 65001),
    (OUTSIDE, "policy_missing", ("import", "export")),
    (f"{OUTSIDE}local_asn = 64999", "local_asn", 64999),
    (MEMBER, "confederation_id", 64500),
    (MEMBER, "confederation", True),
    (MEMBER, "external", False),
    (MEMBER, "local_asn", 65001),
    (MEMBER, "multihop", 0),
    (MEMBER, "policy_missing", ()),
    (MEMBER, "gateway", "recursive"),  # next hops stay as they are within it (RFC 5065 §4)
    (f'{MEMBER}gateway = "direct"', "gateway", "direct"),
    (OUTSIDE, "gateway", "direct"),
    (EXTERNAL, "gateway", "direct"),
    (OUR_MEMBER, "confederation_id", 64500),
    (OUR_MEMBER, "confederation", False),
    (OUR_MEMBER, "external", False),
    (OUR_MEMBER, "local_asn", 65001),
    (OUR_MEMBER, "multihop", 64),
    (f"{OUR_MEMBER}local_asn = 65001", "local_asn", 65001),
]


@pytest.mark.parametrize(("text", "setting", "value"), VALUES)
def test_value(text: str, setting: str, value: Any, settings: Settings) -> None:
    (neighbor,) = settings(text).neighbors
    assert getattr(neighbor, setting) == value


def test_every_member_may_have_the_same_list_of_members(settings: Settings) -> None:
    """Our own member AS in the list does not make its speakers those of another one."""
    router = "[router]\nasn = 65001\nconfederation = { id = 64500, members = [65001, 65002] }\n"
    (neighbor,) = settings(f"{router}{NEIGHBOR}asn = 65001").neighbors
    assert not neighbor.confederation
    assert not neighbor.external


WRONG = [
    # a value by itself
    (f"{INTERNAL}preference = 65536", "preference", "write a number from 0 to 65535"),
    (f'{INTERNAL}table = "blue"', "table", 'unknown table "blue"; there are "master"'),
    (f'{INTERNAL}table = "a b"', "table", "is not a name"),
    (f'{INTERNAL}cluster_id = "0.0.0.0"', "cluster_id", '"0.0.0.0" is not a cluster ID'),
    (f"{INTERNAL}cluster_id = 0", "cluster_id", "or a number from 1 to 4294967295"),
    (f"{INTERNAL}cluster_id = 4294967296", "cluster_id", "or a number from 1 to 4294967295"),
    (f"{INTERNAL}cluster_id = true", "cluster_id", "true is not allowed; write an IPv4 address"),
    (f'{INTERNAL}cluster_id = "::1"', "cluster_id", '"::1" is not a cluster ID'),
    (f"{INTERNAL}route_reflector_client = 1", "route_reflector_client", "write true or false"),
    (f'{INTERNAL}add_paths = "all"', "add_paths", 'write "off", "receive", "send" or "both"'),
    (f"{ADD_PATHS}send_paths = 1", "send_paths", "1 is not allowed; write a number of paths"),
    (f"{ADD_PATHS}send_paths = 256", "send_paths", "from 2 to 255"),
    (f'{ADD_PATHS}send_paths = "few"', "send_paths", 'or "all"'),
    (f"{ADD_PATHS}send_paths = true", "send_paths", "true is not allowed"),
    (f"{EXTERNAL}allow_local_as = 256", "allow_local_as", "from 0 to 255"),
    (f"{EXTERNAL}allow_local_as = true", "allow_local_as", "from 0 to 255"),
    (f"{EXTERNAL}remove_private_as = true", "remove_private_as", 'write "off", "remove" or "replace"'),
    (f"{EXTERNAL}prepend = 33", "prepend", "from 0 to 32"),
    (f"{EXTERNAL}default_med = -1", "default_med", "from 0 to 4294967295"),
    (f"{EXTERNAL}default_local_pref = 4294967296", "default_local_pref", "from 0 to 4294967295"),
    (f'{EXTERNAL}local_asn_mode = "both"', "local_asn_mode", 'write "replace", "no-prepend" or "prepend"'),
    (f"{INTERNAL}max_prefixes = {{ receive = 0 }}", "max_prefixes.receive", "from 1 to 4294967295"),
    (f"{INTERNAL}max_prefixes = {{ export = -1 }}", "max_prefixes.export", "from 1 to 4294967295"),
    (f"{INTERNAL}max_prefixes = {{ warn_at = 5 }}", "max_prefixes", "there is no limit in it"),
    # not with one another
    (f"{INTERNAL}send_paths = 2", "send_paths", 'needs add_paths = "send" or "both"'),
    (f'{INTERNAL}add_paths = "receive"\nsend_paths = 2', "send_paths", 'needs add_paths = "send" or "both"'),
    (f"{ADD_PATHS}capabilities = false", "add_paths", "announces none"),
    (f"{INTERNAL}capabilities = false\nextended_next_hop = true", "extended_next_hop", "announces none"),
    (f'{INTERNAL}families = ["ipv6"]\nextended_next_hop = true', "extended_next_hop", 'write "ipv4" in'),
    (f"{ROUTE_SERVER}as_override = true", "as_override", "RFC 7947 §2.2.2"),
    (f"{ROUTE_SERVER}prepend = 1", "prepend", "RFC 7947 §2.2.2"),
    (f'{ROUTE_SERVER}remove_private_as = "remove"', "remove_private_as", "RFC 7947 §2.2.2"),
    (f'{ROUTE_SERVER}local_asn = 1\nlocal_asn_mode = "prepend"', "local_asn_mode", "RFC 7947 §2.2.2"),
    (f'{ROUTE_SERVER}next_hop = "self"', "next_hop", "RFC 7947 §2.2.1"),
    (f'{ROUTE_SERVER}role = "peer"', "role", '"peer" does not fit route_server_client; write "rs-server"'),
    (f'{EXTERNAL}local_asn_mode = "prepend"', "local_asn_mode", "needs a local_asn other than our AS"),
    (
        f'{EXTERNAL}local_asn = 64512\nlocal_asn_mode = "no-prepend"',
        "local_asn_mode",
        "needs a local_asn other than our AS",
    ),
    # not with this kind of neighbor
    (
        f"{EXTERNAL}route_reflector_client = true",
        "route_reflector_client",
        "for internal neighbors (RFC 4456",
    ),
    (
        f"{EXTERNAL}cluster_id = 1",
        "cluster_id",
        "for internal neighbors (RFC 4456 §7), and this one is external",
    ),
    (f"{INTERNAL}route_server_client = true", "route_server_client", "for external neighbors (RFC 7947"),
    (f"{INTERNAL}as_override = true", "as_override", "for external neighbors"),
    (
        f'{INTERNAL}remove_private_as = "replace"',
        "remove_private_as",
        "and this one is internal; leave it out",
    ),
    (f"{INTERNAL}prepend = 1", "prepend", "for external neighbors (RFC 4271 §5.1.2)"),
    (f"{INTERNAL}enforce_first_as = true", "enforce_first_as", "for external neighbors (RFC 4271 §6.3)"),
    (
        f'{NEIGHBOR}asn = 65020\nlocal_asn = 65020\nlocal_asn_mode = "prepend"',
        "local_asn_mode",
        "for external neighbors (RFC 7705 §3)",
    ),
    (
        f'{OUTSIDE}local_asn = 64500\nlocal_asn_mode = "prepend"',
        "local_asn_mode",
        "needs a local_asn other than our AS, 64500",
    ),
    (
        f'{OUTSIDE}local_asn = 64500\nlocal_asn_mode = "no-prepend"',
        "local_asn_mode",
        "needs a local_asn other than our AS, 64500",
    ),
    (f'{MEMBER}role = "peer"', "role", "for external neighbors (RFC 9234 §4), and this one is in our confed"),
    (f"{MEMBER}route_reflector_client = true", "route_reflector_client", "for internal neighbors"),
    (f"{MEMBER}as_override = true", "as_override", "this one is in our confederation"),
    (f"{MEMBER}local_asn = 64999", "local_asn", "neighbors in our confederation see 65001"),
    (f"{OUR_MEMBER}local_asn = 64999", "local_asn", "neighbors in our confederation see 65001"),
    (f"{ROUTER}{NEIGHBOR}asn = 64500", "asn", "64500 is our confederation; write the member AS"),
]


@pytest.mark.parametrize(("text", "key", "message"), WRONG)
def test_wrong_value_names_itself(text: str, key: str, message: str, problems: Problems) -> None:
    (problem,) = problems(text)
    assert problem.key == f"neighbors[192.0.2.1].{key}"
    assert message in problem.message
