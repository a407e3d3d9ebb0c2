"""``show groups``: the update groups, whose members are sent the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.show.command import Argument, Arguments, Command, Line
from bgpd.show.folding import folded
from bgpd.show.lookup import EVERY_TABLE, pipelines_named
from bgpd.show.paragraphs import paragraph, some_of
from bgpd.show.view import Daemon
from messages.families.prefix import render_address, render_prefix
from messages.iana import MAXIMUM_MESSAGE_OCTETS
from rib.as_paths import PrivateAs
from rib.egress import GroupKey
from rib.path_group import ALL_PATHS
from rib.table import Table
from rib.update_group import UpdateGroup

_HEADING_CODE: Final = 2062
_LINE_CODE: Final = 1062
_FEW: Final = 8
_WORD: Final = 9


class _Group(NamedTuple):
    """One update group; ``terms`` is all that its members have in common."""

    table: str
    family: str
    view: int
    """Groups with the same number share the bytes of a route."""
    members: Sequence[str]
    behind: Sequence[str]
    """Those of them that have yet to be told something."""
    encodings: int
    """How many routes were encoded for it."""
    terms: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    name: str
    details: bool


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    name = arguments.get("table", EVERY_TABLE)
    pipelines_named(daemon, name)
    return _Request(daemon, name, "all" in arguments)


def _rows(request: _Request) -> Iterator[_Group | None]:
    for pipeline in pipelines_named(request.daemon, request.name):
        for group in pipeline.groups:
            yield _group(pipeline.table, group)
            yield None


def _group(table: Table, group: UpdateGroup) -> _Group:
    members = list(group.members.values())
    return _Group(
        table.name,
        table.family.name,
        group.views.number,
        [member.source.name for member in members],
        [member.source.name for member in members if member.backlog is not None],
        group.views.encodings,
        dict(_terms(group)),
    )


def _terms(group: UpdateGroup) -> Iterator[tuple[str, object]]:
    """Yield what is in the key, without what says nothing."""
    key = group.key
    yield "relation", _relation(key)
    yield "export", key.policy.name
    yield "local_as", key.public_as if key.external else key.local_as
    yield "next_hop", key.next_hop_rule.value
    if key.own_next_hop:
        parts = (key.own_next_hop[:16], key.own_next_hop[16:])
        yield "own_next_hop", " ".join(render_address(part) for part in parts if part)
    if key.is_client:
        yield "cluster_id", render_address(key.cluster_id.to_bytes(4))
    if key.role is not None:
        yield "role", key.role.name.lower().replace("_", "-")
    if group.quota is not None:
        yield "export_limit", group.quota.most
    if key.shared_networks:
        family = key.family
        yield "shared_networks", [render_prefix(network, family) for network in key.shared_networks]
    yield from _path_terms(key)
    yield from _session_terms(key)


def _relation(key: GroupKey) -> str:
    if key.external:
        return "route server client" if key.is_route_server_client else "external"
    if key.context.confederation:
        return "confederation"
    return "route reflector client" if key.is_client else "internal"


def _path_terms(key: GroupKey) -> Iterator[tuple[str, object]]:
    """How paths are changed, and how many are sent."""
    if key.confederation_id:
        yield "confederation", key.confederation_id
    if len(key.prepended) > 1:
        yield "prepended", " ".join(map(str, key.prepended))
    if key.override_as:
        yield "as_override", key.override_as
    if key.private_as is not PrivateAs.KEEP:
        yield "remove_private_as", key.private_as.name.lower()
    if key.paths != 1:
        yield "send_paths", "all" if key.paths == ALL_PATHS else key.paths


def _session_terms(key: GroupKey) -> Iterator[tuple[str, object]]:
    context = key.context
    if context.as_number_octets != 4:
        yield "as_number_octets", context.as_number_octets
    if context.message_octets != MAXIMUM_MESSAGE_OCTETS:
        yield "message_octets", context.message_octets
    if key.reads_any_next_hop:
        yield "extended_next_hop", True
    if key.is_draining:
        yield "draining", True


def _layout(request: _Request, row: _Group) -> Iterator[Line]:
    count = len(row.members)
    members = "1 member" if count == 1 else f"{count} members"
    behind = f", {len(row.behind)} behind" if row.behind else ""
    encoded = "1 route" if row.encodings == 1 else f"{row.encodings} routes"
    facts = f"{members}{behind}, {encoded} encoded"
    yield Line(_HEADING_CODE, f"{row.table} {row.family}, view {row.view}: {facts}")
    most = count if request.details else _FEW
    paragraphs = {
        "members": some_of(row.members, most),
        "behind": some_of(row.behind, most),
        "terms": ", ".join(f"{name} {_said(value)}" for name, value in row.terms.items()),
    }
    for word, text in paragraphs.items():
        for line in paragraph(2, word, text, _WORD) if text else ():
            yield from (Line(_LINE_CODE, part) for part in folded(line))


def _said(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "on" if value is True else str(value)


COMMAND: Final[Command[_Request, _Group]] = Command(
    words="show groups",
    help="Neighbors that are sent the same bytes, and what they share",
    example="show groups",
    request=_request,
    rows=_rows,
    layout=_layout,
    arguments=(
        Argument("table", "Only of this table", "TABLE|all"),
        Argument("all", "The names of all members"),
    ),
)
