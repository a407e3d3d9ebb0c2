"""Prefixes of multicast addresses are ignored where routes are announced (RFC 4271 §6.3)."""

import pytest

from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.errors import Malformed
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.multicast import without_multicast
from messages.families.path import make_path
from messages.families.prefix import parse_prefix, split_unicast_ipv4
from messages.update import decode_update

BOTH = frozenset({IPV4_UNICAST, IPV6_UNICAST})
GOOD = bytes.fromhex("40010100 40020602010000fde9 400304c0000201")
NEXT_HOP = bytes.fromhex("20010db8000000000000000000000001")


@pytest.mark.parametrize(
    ("text", "multicast"),
    [
        ("224.0.0.0/4", True),
        ("224.0.0.1/32", True),
        ("239.255.0.0/16", True),
        ("223.255.255.0/24", False),
        ("240.0.0.0/4", False),
        ("224.0.0.0/3", False),
        ("128.0.0.0/1", False),
        ("0.0.0.0/0", False),
        ("10.224.0.0/16", False),
        ("ff00::/8", True),
        ("ff0e::1/128", True),
        ("fe80::/10", False),
        ("fe00::/7", False),
        ("::/0", False),
    ],
)
def test_which_prefixes_are_multicast(text: str, multicast: bool) -> None:
    family, key = parse_prefix(text)
    kept, ignored = without_multicast([key], family)
    assert (kept, ignored) == (([], [key]) if multicast else ([key], []))
    if family is IPV4_UNICAST:
        assert split_unicast_ipv4(b"\x08\x0a" + key + b"\x08\x0b") == (
            [] if multicast else [b"\x08\x0a", key, b"\x08\x0b"]
        )


def routes(context: Context, attributes: bytes, nlri: bytes = b"") -> tuple[list[bytes], list[bytes]]:
    """Return the keys announced, and what was ignored."""
    body = bytes(2) + len(attributes).to_bytes(2) + attributes + nlri
    update = decode_update(body, AttributeSetTable(context))
    assert {flaw.cost for flaw in update.errors} <= {Malformed.ATTRIBUTE_DISCARD}
    announced: list[bytes] = [key for _, _, keys in update.announced for key in keys]
    announced += [path for _, _, paths in update.announced_paths for path in paths]
    return announced, [flaw.wire for flaw in update.errors]


def test_the_other_prefixes_of_an_update_are_believed() -> None:
    ten, multicast, eleven = (parse_prefix(text)[1] for text in ("10.0.0.0/8", "224.1.0.0/16", "11.0.0.0/8"))
    assert routes(Context(), GOOD, ten + multicast + eleven) == ([ten, eleven], [multicast])


def test_octets_that_only_look_like_multicast() -> None:
    """An address octet can look like a length, and the next one like a class D address."""
    key = parse_prefix("10.8.224.0/24")[1]
    assert split_unicast_ipv4(key) == [key]
    assert routes(Context(), GOOD, key) == ([key], [])


def test_ipv6() -> None:
    unicast, multicast = (parse_prefix(text)[1] for text in ("2001:db8::/32", "ff0e::/32"))
    value = b"\0\2\1\x10" + NEXT_HOP + b"\0" + multicast + unicast
    reach = b"\x80\x0e" + bytes((len(value),)) + value
    assert routes(Context(families=BOTH), reach + GOOD) == ([unicast], [multicast])


def test_paths() -> None:
    """RFC 7911 §3."""
    context = Context(families=BOTH, add_path_receive=frozenset({IPV4_UNICAST}))
    unicast, multicast = (
        make_path(0x08E00000, parse_prefix(text)[1]) for text in ("10.0.0.0/8", "224.1.0.0/16")
    )
    assert routes(context, GOOD, multicast + unicast) == ([unicast], [multicast])
