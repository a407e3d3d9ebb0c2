"""UPDATE: which routes it announces and withdraws, and how routes are packed (RFC 4271 §4.3, RFC 4760)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import AS_PATH, COMMUNITIES, NEXT_HOP, ORIGIN, AsPath, Attribute
from messages.context import Context
from messages.errors import Malformed
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.path import make_path
from messages.families.prefix import PrefixKey, make_key, parse_prefix
from messages.framing import Framer
from messages.iana import EXTENDED_MESSAGE_OCTETS, Origin
from messages.update import (
    Encoded,
    Update,
    decode_update,
    encode_attributes,
    encode_end_of_rib,
    pack_announcements,
    pack_withdrawals,
)
from tests.messages.presence import present
from tests.messages.strategies import attribute_values

Routes = list[tuple[Family, list[PrefixKey]]]

BOTH = Context(families=frozenset({IPV4_UNICAST, IPV6_UNICAST}))
ONLY_IPV6 = Context(families=frozenset({IPV6_UNICAST}))
INTERNAL = Context(external=False, families=BOTH.families)
PATHS = replace(BOTH, add_path_receive=BOTH.families, add_path_send=BOTH.families)
EXTENDED = replace(BOTH, extended_next_hop=frozenset({IPV4_UNICAST}))
EXTENDED_PATHS = replace(PATHS, extended_next_hop=frozenset({IPV4_UNICAST}))
EXTENDED_ELSEWHERE = replace(BOTH, extended_next_hop=frozenset({IPV6_UNICAST}))
GOOD = bytes.fromhex("40010100 40020602010000fde9 400304c0000201")
GLOBAL = bytes.fromhex("20010db8000000000000000000000001")
LINK_LOCAL = bytes.fromhex("fe800000000000000000000000000001")
REACH = bytes.fromhex("800e1a 0002 01 10") + GLOBAL + bytes.fromhex("00 20 20010db8")
UNREACH = bytes.fromhex("800f08 0002 01 20 20010db9")


MADE = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(65001), NEXT_HOP: bytes((192, 0, 2, 1))})


def key(text: str) -> PrefixKey:
    return parse_prefix(text)[1]


TEN, ELEVEN, DB8, DB9 = map(key, ("10.0.0.0/8", "11.0.0.0/8", "2001:db8::/32", "2001:db9::/32"))


def body(attributes: bytes = b"", nlri: bytes = b"", withdrawn: bytes = b"") -> bytes:
    return len(withdrawn).to_bytes(2) + withdrawn + len(attributes).to_bytes(2) + attributes + nlri


def bodies(messages: list[bytes], octets: int = 4096) -> list[bytes]:
    """Return the bodies of UPDATEs, which must be proper messages."""
    framer = Framer(octets)
    framed = list(framer.feed(b"".join(messages)))
    assert [kind for kind, _ in framed] == [2] * len(messages)
    return [content for _, content in framed]


def seen(update: Update) -> tuple[Routes, Routes, Family | None]:
    return [*update.withdrawn], [(family, keys) for family, _, keys in update.announced], update.end_of_rib


@pytest.mark.parametrize(
    ("content", "withdrawn", "announced", "end_of_rib"),
    [
        (body(GOOD, TEN + ELEVEN), [], [(IPV4_UNICAST, [TEN, ELEVEN])], None),
        (body(GOOD, TEN, ELEVEN), [(IPV4_UNICAST, [ELEVEN])], [(IPV4_UNICAST, [TEN])], None),
        (body(b"", b"", TEN), [(IPV4_UNICAST, [TEN])], [], None),
        (body(REACH + GOOD), [], [(IPV6_UNICAST, [DB8])], None),
        (body(GOOD + REACH), [], [(IPV6_UNICAST, [DB8])], None),
        (body(UNREACH), [(IPV6_UNICAST, [DB9])], [], None),
        (body(GOOD[:4] + UNREACH + GOOD[4:] + REACH), [(IPV6_UNICAST, [DB9])], [(IPV6_UNICAST, [DB8])], None),
        (
            body(UNREACH + REACH + GOOD, TEN, ELEVEN),
            [(IPV4_UNICAST, [ELEVEN]), (IPV6_UNICAST, [DB9])],
            [(IPV4_UNICAST, [TEN]), (IPV6_UNICAST, [DB8])],
            None,
        ),
        (body(), [], [], IPV4_UNICAST),
        (body(UNREACH[:2] + b"\3" + UNREACH[3:6]), [], [], IPV6_UNICAST),
        (body(UNREACH[:2] + b"\3" + UNREACH[3:6] + GOOD), [], [], None),
        (body(UNREACH[:2] + b"\3" + UNREACH[3:6], b"", TEN), [(IPV4_UNICAST, [TEN])], [], None),
        (body(GOOD), [], [], None),
    ],
    ids=[
        "classic",
        "classic, with withdrawals",
        "classic withdrawals",
        "MP_REACH_NLRI first",
        "MP_REACH_NLRI last",
        "MP_UNREACH_NLRI",
        "MP_UNREACH_NLRI in between",
        "all at once",
        "End-of-RIB",
        "End-of-RIB of IPv6",
        "no End-of-RIB: other attributes",
        "no End-of-RIB: withdrawals",
        "attributes for nothing",
    ],
)
def test_an_update_says_which_routes_come_and_go(
    content: bytes, withdrawn: Routes, announced: Routes, end_of_rib: Family | None
) -> None:
    """RFC 4271 §4.3, RFC 7606 §5.1, RFC 4724 §2; and the same the second time, from what is known."""
    sets = AttributeSetTable(BOTH)
    first = decode_update(content, sets)
    assert seen(first) == (withdrawn, announced, end_of_rib)
    second = decode_update(content, sets)
    assert seen(second) == (withdrawn, announced, end_of_rib)
    assert [attributes for _, attributes, _ in first.announced] == [route[1] for route in second.announced]
    assert not first.errors


def test_classic_and_multiprotocol_routes_of_one_update_have_their_own_next_hops() -> None:
    update = decode_update(body(REACH + GOOD, TEN), AttributeSetTable(BOTH))
    assert [attributes.get(NEXT_HOP) for _, attributes, _ in update.announced] == [
        bytes((192, 0, 2, 1)),
        GLOBAL,
    ]


def test_a_link_local_next_hop_comes_behind_the_global_one() -> None:
    """RFC 2545 §3."""
    reach = bytes.fromhex("800e2a 0002 01 20") + GLOBAL + LINK_LOCAL + bytes.fromhex("00 20 20010db8")
    ((_, attributes, _),) = decode_update(body(reach + GOOD), AttributeSetTable(BOTH)).announced
    assert attributes.get(NEXT_HOP) == GLOBAL + LINK_LOCAL
    assert NEXT_HOP.render(present(attributes.get(NEXT_HOP))) == "2001:db8::1 fe80::1"


@pytest.mark.parametrize("next_hop", [GLOBAL, GLOBAL + LINK_LOCAL, LINK_LOCAL], ids=len)
@pytest.mark.parametrize("context", [EXTENDED, EXTENDED_PATHS], ids=["prefixes", "paths"])
def test_ipv4_routes_can_have_an_ipv6_next_hop(next_hop: bytes, context: Context) -> None:
    """RFC 8950 §3; in both directions."""
    made = MADE.replace({NEXT_HOP: next_hop})
    keys: list[Any] = [make_path(7, TEN)] if context.add_path_send else [TEN]
    encoded = encode_attributes(made, IPV4_UNICAST, context)
    (content,) = bodies(pack_announcements(IPV4_UNICAST, encoded, keys, context))
    assert content[4:].startswith(bytes((0x80, 14, 5 + len(next_hop + keys[0]), 0, 1, 1, len(next_hop))))
    update = decode_update(content, AttributeSetTable(context))
    ((family, attributes, read),) = update.announced_paths or update.announced
    assert (family, read, attributes.get(NEXT_HOP)) == (IPV4_UNICAST, keys, next_hop)
    assert attributes.wire == made.wire
    assert not update.errors


@pytest.mark.parametrize("next_hop", [GLOBAL, GLOBAL + LINK_LOCAL, bytes(16) + LINK_LOCAL], ids=len)
@pytest.mark.parametrize("context", [BOTH, EXTENDED_ELSEWHERE, PATHS], ids=["none", "IPv6", "paths"])
def test_an_ipv6_next_hop_that_was_not_negotiated_withdraws_ipv4_routes(
    next_hop: bytes, context: Context
) -> None:
    """RFC 8950 §4, and RFC 7606 §2; routes beside them keep the next hop that they have."""
    key = make_path(7, TEN) if context.add_path_receive else TEN
    reach = bytes.fromhex("0001 01") + bytes((len(next_hop),)) + next_hop + b"\0" + key
    update = decode_update(
        body(bytes((0x80, 14, len(reach))) + reach + GOOD, make_path(8, ELEVEN) if key != TEN else ELEVEN),
        AttributeSetTable(context),
    )
    assert (update.withdrawn_paths or update.withdrawn) == [(IPV4_UNICAST, [key])]
    ((_, attributes, (other,)),) = update.announced_paths or update.announced
    assert (other[-2:], attributes.get(NEXT_HOP)) == (ELEVEN, bytes((192, 0, 2, 1)))
    (flaw,) = update.errors
    assert (flaw.code, flaw.cost) == (14, Malformed.TREAT_AS_WITHDRAW)
    assert "RFC 8950" in flaw.reason


@pytest.mark.parametrize(
    ("content", "context"),
    [
        (body(GOOD, TEN), ONLY_IPV6),
        (body(b"", b"", TEN), ONLY_IPV6),
        (body(), ONLY_IPV6),
        (body(REACH + GOOD), Context()),
        (body(UNREACH), Context()),
        (body(bytes.fromhex("800e0b 0019 46 04 c0000201 00 abcd") + GOOD), BOTH),
        (body(bytes.fromhex("800f05 0019 46 abcd")), BOTH),
        (body(bytes.fromhex("800f03 0019 46")), BOTH),
    ],
)
def test_what_was_not_negotiated_is_ignored_and_reported(content: bytes, context: Context) -> None:
    """RFC 4760 §6, §7."""
    update = decode_update(content, AttributeSetTable(context))
    assert seen(update) == ([], [], None)
    assert "was not negotiated" in update.errors[0].reason


def test_an_ipv4_route_is_sent_as_it_is_stored() -> None:
    assert encode_attributes(MADE, IPV4_UNICAST, BOTH) == Encoded(GOOD, b"")
    assert encode_attributes(MADE, IPV4_UNICAST, BOTH).attributes is MADE.wire


@pytest.mark.parametrize(
    ("family", "next_hop"),
    [(IPV6_UNICAST, GLOBAL), (IPV6_UNICAST, GLOBAL * 2), (IPV4_UNICAST, GLOBAL)],
)
def test_another_next_hop_goes_with_the_prefixes(family: Family, next_hop: bytes) -> None:
    encoded = encode_attributes(MADE.replace({NEXT_HOP: next_hop}), family, BOTH)
    assert encoded == Encoded(GOOD[:-7], next_hop)


def test_messages_are_written_as_the_rfcs_draw_them() -> None:
    marker = "ff" * 16
    classic, ipv6 = Encoded(GOOD, b""), Encoded(GOOD[:-7], GLOBAL)
    written = {
        pack_announcements(IPV4_UNICAST, classic, [TEN, ELEVEN], BOTH)[
            0
        ]: f"002f 02 0000 0014 {GOOD.hex()} 080a080b",
        pack_announcements(IPV6_UNICAST, ipv6, [DB8], BOTH)[
            0
        ]: f"0041 02 0000 002a {REACH.hex()} {GOOD[:-7].hex()}",
        pack_withdrawals(IPV4_UNICAST, [TEN, ELEVEN], BOTH)[0]: "001b 02 0004 080a080b 0000",
        pack_withdrawals(IPV6_UNICAST, [DB9], BOTH)[0]: f"0022 02 0000 000b {UNREACH.hex()}",
        encode_end_of_rib(IPV4_UNICAST): "0017 02 0000 0000",
        encode_end_of_rib(IPV6_UNICAST): "001d 02 0000 0006 800f03 0002 01",
    }
    assert [message.hex() for message in written] == [
        marker + text.replace(" ", "") for text in written.values()
    ]


def keys_of(family: Family, count: int) -> list[PrefixKey]:
    """Return prefixes of all lengths in turn."""
    octets = family.address_octets
    return [
        make_key(((number + 1) << 8 * octets - 24).to_bytes(octets), number % 17 + 8)
        for number in range(count)
    ]


@pytest.mark.parametrize("octets", [400, 401, 402, 403, 4096, EXTENDED_MESSAGE_OCTETS])
@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
@pytest.mark.parametrize("next_hop", [bytes((192, 0, 2, 1)), GLOBAL], ids=["IPv4 next hop", "IPv6 next hop"])
def test_as_many_prefixes_are_packed_as_fit(family: Family, next_hop: bytes, octets: int) -> None:
    if family is IPV6_UNICAST and len(next_hop) == 4:
        next_hop = GLOBAL * 2
    context = Context(families=BOTH.families, message_octets=octets)
    keys = keys_of(family, 500)
    encoded = encode_attributes(MADE.replace({NEXT_HOP: next_hop}), family, context)
    for messages in (
        pack_announcements(family, encoded, keys, context),
        pack_withdrawals(family, keys, context),
    ):
        longest = max(map(len, keys))
        assert all(octets - longest < len(message) <= octets for message in messages[:-1])
        assert 0 < len(messages[-1]) <= octets
        sets = AttributeSetTable(context)
        read = [decode_update(content, sets) for content in bodies(messages, octets)]
        found = [
            (its_family, each)
            for update in read
            for routes in seen(update)[:2]
            for its_family, its_keys in routes
            for each in its_keys
        ]
        assert found == [(family, wanted) for wanted in keys]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_nothing_is_sent_for_no_prefixes(family: Family) -> None:
    assert pack_announcements(family, Encoded(GOOD, b""), [], BOTH) == []
    assert pack_announcements(family, Encoded(GOOD * 300, b""), [], BOTH) == []
    assert pack_withdrawals(family, [], BOTH) == []


@pytest.mark.parametrize(("communities", "messages"), [(1000, 1), (1011, 1), (1012, 0), (1100, 0)])
def test_attributes_that_leave_no_room_are_not_sent(communities: int, messages: int) -> None:
    made = MADE.replace({COMMUNITIES: tuple(range(communities))})
    encoded = encode_attributes(made, IPV4_UNICAST, BOTH)
    assert len(pack_announcements(IPV4_UNICAST, encoded, [TEN], BOTH)) == messages


@given(attribute_values(), st.sampled_from([bytes((192, 0, 2, 1)), GLOBAL, GLOBAL * 2]))
def test_what_is_sent_is_what_is_read(values: dict[Attribute[Any], Any], next_hop: bytes) -> None:
    family = IPV4_UNICAST if len(next_hop) == 4 else IPV6_UNICAST
    sent = AttributeSet.of(values | {NEXT_HOP: next_hop})
    keys = keys_of(family, 20)
    messages = pack_announcements(family, encode_attributes(sent, family, INTERNAL), keys, INTERNAL)
    sets = AttributeSetTable(INTERNAL)
    (update,) = (decode_update(content, sets) for content in bodies(messages))
    ((_, read, found),) = update.announced
    assert (read.wire, found) == (sent.wire, keys)


def test_an_empty_update_says_nothing() -> None:
    assert seen(Update()) == ([], [], None)
