"""Next hops that are nobody's address (RFC 4271 §6.3), wherever they are said."""

import pytest

from messages.attribute_set import AttributeSetTable
from messages.attributes import NEXT_HOP
from messages.context import Context
from messages.errors import Malformed, NotificationError
from messages.families import FAMILIES
from messages.families.prefix import parse_address
from messages.update import decode_update

GOOD = bytes.fromhex("40010100 40020602010000fde9")
CONTEXT = Context(families=frozenset(FAMILIES.values()))


def announcement(next_hop: bytes, others: bytes = GOOD) -> bytes:
    """The body of an UPDATE with MP_REACH_NLRI for ::/0 or 0.0.0.0/0."""
    family = "0001" if len(next_hop) == 4 else "0002"
    value = bytes.fromhex(family) + bytes((1, len(next_hop))) + next_hop + b"\0\0"
    attributes = bytes((0x80, 14, len(value))) + value + others
    return b"\0\0" + len(attributes).to_bytes(2) + attributes


@pytest.mark.parametrize(
    "next_hop", ["0.0.0.0", "224.0.0.5", "240.0.0.1", "255.255.255.255", "::", "ff02::5"]
)
def test_routes_to_nobody_are_withdrawn(next_hop: str) -> None:
    octets = parse_address(next_hop)
    for _ in range(2):
        update = decode_update(announcement(octets), AttributeSetTable(CONTEXT))
        assert update.announced == []
        assert [keys for _, keys in update.withdrawn] == [[b"\0"]]
        (flaw,) = update.errors
        assert (flaw.code, flaw.cost) == (14, Malformed.TREAT_AS_WITHDRAW)


@pytest.mark.parametrize("next_hop", ["192.0.2.1", "2001:db8::1", "fe80::1"])
def test_routes_to_a_host_are_announced(next_hop: str) -> None:
    octets = parse_address(next_hop)
    update = decode_update(announcement(octets), AttributeSetTable(CONTEXT))
    ((_, attributes, keys),) = update.announced
    assert attributes.get(NEXT_HOP) == octets
    assert keys == [b"\0"]


def test_of_an_empty_global_half_nothing_remains() -> None:
    """BIRD sends it over a link that has link-local addresses only."""
    alone = parse_address("fe80::1")
    update = decode_update(announcement(bytes(16) + alone), AttributeSetTable(CONTEXT))
    ((_, attributes, _),) = update.announced
    assert attributes.get(NEXT_HOP) == alone
    assert not update.errors


def test_the_strongest_error_wins() -> None:
    """RFC 7606 §3 h: an unknown well-known attribute resets the session."""
    with pytest.raises(NotificationError):
        decode_update(announcement(bytes(16), GOOD + bytes.fromhex("40630100")), AttributeSetTable(CONTEXT))
