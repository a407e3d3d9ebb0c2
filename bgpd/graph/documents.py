"""What a node says of itself: an answer of ``bgpdcl -j cluster status``, read with care."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

_ESTABLISHED: Final = "Established"
_STAYS: Final = "reflected"
"""The kind of what is held that is not to leave."""
_LONGEST: Final = 200
"""Characters of a text that are shown at most."""
T = TypeVar("T")


class DocumentError(Exception):
    """Something is no answer of ``cluster status``; the text says what is wrong with it."""


class Member(NamedTuple):
    """A node of the list."""

    name: str
    addresses: tuple[str, ...]
    group: str


class Peer(NamedTuple):
    """A neighbor of the node."""

    protocol: str
    address: str
    local_address: str
    node: str
    """Empty: it is none of the cluster."""
    role: str
    asn: int
    session: str
    info: str
    is_held: bool
    """Whether it stays for a while though the configuration has it no more."""

    @property
    def is_up(self) -> bool:
        """Whether its session is established."""
        return self.session == _ESTABLISHED


@dataclass(frozen=True, slots=True)
class Document:
    """All that is used of an answer."""

    name: str
    """Of the node, or what its router id is."""
    mode: str
    """Empty: it has no ``[cluster]``."""
    asn: int
    at: str
    members: tuple[Member, ...]
    peers: tuple[Peer, ...]

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of the node, as far as they are known."""
        listed = (
            address for member in self.members if member.name == self.name for address in member.addresses
        )
        return frozenset(listed) | {peer.local_address for peer in self.peers if peer.local_address}


def read_document(value: object) -> Document:
    """Return what a node says. Raises DocumentError."""
    answer = _Fields(value, "it")
    held = {
        fields.text("protocol")
        for fields in (_Fields(each, "held") for each in answer.list("held"))
        if fields.text("kind", "") != _STAYS
    }
    return Document(
        name=answer.text("node", "") or answer.text("router_id"),
        mode=answer.text("mode", ""),
        asn=answer.number("asn"),
        at=answer.text("at"),
        members=tuple(_member(_Fields(each, "members")) for each in answer.list("members")),
        peers=tuple(_peer(_Fields(each, "peers"), held) for each in answer.list("peers")),
    )


def _member(fields: "_Fields") -> Member:
    return Member(fields.text("name"), tuple(fields.texts("addresses")), fields.text("group", ""))


def _peer(fields: "_Fields", held: set[str]) -> Peer:
    protocol = fields.text("protocol")
    return Peer(
        protocol=protocol,
        address=fields.text("address"),
        local_address=fields.text("local_address", ""),
        node=fields.text("node", ""),
        role=fields.text("role", ""),
        asn=fields.number("asn"),
        session=fields.text("session"),
        info=fields.text("info", ""),
        is_held=protocol in held,
    )


class _Fields:
    """One object of a document."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, Mapping):
            raise DocumentError(f"{place} is no JSON object")
        self._value: Mapping[str, Any] = value
        self._place = place

    def text(self, key: str, default: str | None = None) -> str:
        return _only(self._get(key, str, default), _LONGEST)

    def number(self, key: str) -> int:
        return self._get(key, int, None)

    def list(self, key: str) -> Sequence[object]:
        return self._get(key, list, [])

    def texts(self, key: str) -> Iterator[str]:
        for each in self.list(key):
            if not isinstance(each, str):
                raise DocumentError(f"{self._place}: {key} has something that is no text")
            yield _only(each, _LONGEST)

    def _get(self, key: str, kind: type[T], default: T | None) -> T:
        value = self._value.get(key, default)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise DocumentError(f"{self._place}: {key} is missing, or of another kind")
        return value


def _only(text: str, most: int) -> str:
    """Return a text that fits a picture: not too long, and without what XML can't have."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
