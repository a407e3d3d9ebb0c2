"""One task for the kernel in the languages of BIRD 1.6, BIRD 2.0 and our daemon."""

from collections.abc import Iterator
from typing import Final

from tests.interop.kernel_rows import (
    FAR,
    FAR_NETWORK,
    HERE,
    NEAR,
    OTHER,
    SECOND,
    WAYS,
    Task,
    destination,
)
from tests.interop.routers import FAMILIES, Family

_ASN: Final = 65001
_TIMES: Final = "connect delay time 1; connect retry time 1; error wait time 1, 2;"


def bird1(task: Task, family: Family) -> str:
    """Return the configuration of the daemon of one family."""
    return "\n".join(_bird1(task, family))


def bird2(task: Task) -> str:
    """Return the configuration for both families."""
    return "\n".join(
        [_preamble(HERE["ipv4"]), *(line for each in FAMILIES for line in _bird2(task, each)), ""]
    )


def neighbor(task: Task, name: str) -> str:
    """Return the configuration of the first or the second neighbor, which are BIRD 2.0."""
    lines = (line for family in FAMILIES for line in _neighbor(task, family, name))
    return "\n".join([_preamble(_NEIGHBORS[name]["ipv4"]), *lines, ""])


def ours(task: Task) -> str:
    """Return the configuration of our daemon."""
    return "\n".join([*_our_tables(task), *(line for each in FAMILIES for line in _our_routes(task, each))])


# BIRD


_NEIGHBORS: Final = {"first": NEAR, "second": SECOND}
_SENDS: Final = {"first": ("first", "both", "far"), "second": ("both",)}


def _preamble(router_id: str) -> str:
    return f"router id {router_id};\nlog stderr all;\nprotocol device {{ scan time 60; }}"


def _kernel(task: Task) -> str:
    return f"scan time 60; kernel table {task.table}; metric {task.metric}; merge paths on;"


def _statics(task: Task, family: Family, daemon: str) -> Iterator[str]:
    multipath = "multipath " if daemon == "bird1" else ""
    yield f"  route {FAR_NETWORK[family]} via {OTHER[family]};"
    for prefix, row, _ in task.statics(family):
        if daemon not in row.unlike:
            yield f"  route {prefix} {destination(WAYS[row.way].bird, family, multipath)};"


def _sessions(family: Family, channels: str) -> Iterator[str]:
    for name, address in _NEIGHBORS.items():
        ends = f"local {HERE[family]} as {_ASN}; neighbor {address[family]} as {_ASN}; passive;"
        yield f"protocol bgp {name}_{family} {{ {ends} {channels} }}"


def _bird1(task: Task, family: Family) -> Iterator[str]:
    yield _preamble(HERE["ipv4"])
    yield "protocol direct {}"
    yield f"filter to_kernel {{\n{task.filter(family)}}}"
    yield f"protocol kernel {{ {_kernel(task)} export filter to_kernel; }}"
    yield "\n".join(["protocol static {", *_statics(task, family, "bird1"), "}"])
    yield from _sessions(family, "import all; export none;")
    yield ""


def _bird2(task: Task, family: Family) -> Iterator[str]:
    table = f"{family} {{ export filter to_kernel_{family}; }};"
    yield f"protocol direct {{ {family}; }}"
    yield f"filter to_kernel_{family} {{\n{task.filter(family)}}}"
    yield f"protocol kernel {{ {_kernel(task)} {table} }}"
    yield "\n".join([f"protocol static {{ {family};", *_statics(task, family, "bird2"), "}"])
    yield from _sessions(family, _channels(family, "import all; export none;"))


def _channels(family: Family, settings: str) -> str:
    """Over IPv6 there are routes of both families (RFC 8950)."""
    both = f"ipv4 {{ {settings} extended next hop on; }};" if family == "ipv6" else ""
    return f"{family} {{ {settings} }}; {both}"


def _neighbor(task: Task, family: Family, name: str) -> Iterator[str]:
    routes = [f"  route {prefix} blackhole;" for prefix in task.sent(family, *_SENDS[name], "by ipv6")]
    yield "\n".join([f"protocol static {{ {family};", *routes, "}"])
    far = f"if net ~ [ {', '.join(task.sent(family, 'far'))} ] then bgp_next_hop = {FAR[family]};"
    channels = _sent(family, f"{_only(task, family, *_SENDS[name])} {far if name == 'first' else ''}")
    if (family, name) == ("ipv6", "first"):
        channels += _sent("ipv4", _only(task, "ipv4", "by ipv6"), "extended next hop on;")
    ends = f"local {_NEIGHBORS[name][family]} as {_ASN}; neighbor {HERE[family]} as {_ASN}; strict bind;"
    yield f"protocol bgp bgp_{family} {{ {ends} {_TIMES} {channels} }}"


def _sent(family: Family, statements: str, settings: str = "") -> str:
    return f"{family} {{ {settings} import none; export filter {{ {statements} accept; }}; }};"


def _only(task: Task, family: Family, *ways: str) -> str:
    return f"if !(net ~ [ {', '.join(task.sent(family, *ways))} ]) then reject;"


# Our file


def _our_tables(task: Task) -> Iterator[str]:
    yield f'[router]\nid = "{HERE["ipv4"]}"\nasn = {_ASN}'
    yield '[metrics]\nlisten = ""\n[direct]\ninterfaces = []'
    yield "[filters]"
    for family in FAMILIES:
        yield f"to_kernel_{family} = '''\n{task.filter(family)}'''"
    for family in FAMILIES:
        yield f"[kernel.{family}]\ntable = {task.table}\nmetric = {task.metric}\nmerge_paths = 16"
        yield f'export = "to_kernel_{family}"'


def _our_routes(task: Task, family: Family) -> Iterator[str]:
    yield f'[[static]]\nprefix = "{FAR_NETWORK[family]}"\nvia = "{OTHER[family]}"'
    for prefix, row, _ in task.statics(family):
        yield f'[[static]]\nprefix = "{prefix}"\n{destination(WAYS[row.way].ours, family)}'
    families = '["ipv4"]' if family == "ipv4" else '["ipv6", "ipv4"]'
    for name, address in _NEIGHBORS.items():
        yield f'[[neighbors]]\nname = "{name}_{family}"\naddress = "{address[family]}"\nasn = {_ASN}'
        yield f'source_address = "{HERE[family]}"\nfamilies = {families}\nimport = "all"\nexport = "none"'
        yield "passive = true"
