"""What malformed path attributes cost: one line of ``tests/vectors/rfc7606.txt`` per case."""

from collections.abc import Iterable

import pytest

from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.errors import Malformed, NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_prefix
from messages.iana import ErrorCode, UpdateSubcode
from messages.update import decode_update
from tests.messages.vectors import CONTEXTS, lines

WORDS = {
    "ORIGIN": "40010100",
    "AS_PATH": "40020602010000fde9",
    "AS_PATH_2": "4002040201fde9",
    "NEXT_HOP": "400304c0000201",
    "GOOD": "40010100 40020602010000fde9 400304c0000201",
    "REACH": "800e1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8",
}
Case = tuple[str, str, Context, bytes, Malformed | None]
COSTS = {
    "kept": None,
    "attribute discard": Malformed.ATTRIBUTE_DISCARD,
    "treat as withdraw": Malformed.TREAT_AS_WITHDRAW,
    "AFI/SAFI disable": Malformed.AFI_SAFI_DISABLE,
    "session reset": Malformed.SESSION_RESET,
}
CASES = [
    (
        name,
        section,
        CONTEXTS[context],
        bytes.fromhex("".join(WORDS.get(w, w) for w in words.split())),
        COSTS[cost],
    )
    for name, section, context, cost, words in lines("rfc7606")
]
TEN = parse_prefix("10.0.0.0/8")[1]


def update(attributes: bytes = b"", nlri: bytes = b"", withdrawn: bytes = b"") -> bytes:
    """Return the body of an UPDATE."""
    return len(withdrawn).to_bytes(2) + withdrawn + len(attributes).to_bytes(2) + attributes + nlri


def cost_of(body: bytes, context: Context) -> Malformed | NotificationError | None:
    """Return what it costs to read this announcement of 10.0.0.0/8, and see that it is paid."""
    try:
        read = decode_update(body, AttributeSetTable(context))
    except NotificationError as error:
        return Malformed.SESSION_RESET if error.code == ErrorCode.UPDATE_MESSAGE else error  # RFC 7606 §3 a
    withdrawn = (IPV4_UNICAST, [TEN]) in read.withdrawn
    announced = (IPV4_UNICAST, [TEN]) in [(family, keys) for family, _, keys in read.announced]
    cost = max((flaw.cost for flaw in read.errors), default=None)
    assert (withdrawn, announced) == ((True, False) if cost == Malformed.TREAT_AS_WITHDRAW else (False, True))
    return cost


def parameters(cases: Iterable[Case]) -> list[object]:
    return [pytest.param(*case[2:], id=f"{case[0]} ({case[1]})") for case in cases]


@pytest.mark.parametrize(("context", "attributes", "cost"), parameters(CASES))
def test_an_error_costs_what_the_rfc_says(
    context: Context, attributes: bytes, cost: Malformed | None
) -> None:
    assert cost_of(update(attributes, TEN), context) == cost


@pytest.mark.parametrize(
    ("context", "attributes", "cost"),
    parameters(case for case in CASES if case[4] == Malformed.TREAT_AS_WITHDRAW and case[1] != "3 d"),
)
def test_where_no_route_is_announced_the_error_may_hide_one(
    context: Context, attributes: bytes, cost: Malformed | None
) -> None:
    """RFC 7606 §5.2; missing attributes (§3 d) are none there."""
    with pytest.raises(NotificationError) as caught:
        decode_update(update(attributes, withdrawn=TEN), AttributeSetTable(context))
    assert caught.value.subcode == UpdateSubcode.MALFORMED_ATTRIBUTE_LIST


@pytest.mark.parametrize("attributes", ["", "400600", "4006 01 00"])
def test_where_no_route_is_announced_nothing_is_missing(attributes: str) -> None:
    """RFC 7606 §5.2: a discarded attribute does not matter."""
    read = decode_update(
        update(bytes.fromhex(attributes), withdrawn=TEN), AttributeSetTable(CONTEXTS["external"])
    )
    assert read.withdrawn == [(IPV4_UNICAST, [TEN])]
    assert [flaw.cost for flaw in read.errors] == (
        [Malformed.ATTRIBUTE_DISCARD] if "01" in attributes else []
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "00",
        "000000",
        "0001 0000",
        "ffff 0000",
        "0000 0001",
        "0000 0002 40",
        "0002 080a 0001",
        "0001 00 00",
    ],
)
def test_lengths_that_contradict_the_message_reset_the_session(body: str) -> None:
    """RFC 7606 §3 b."""
    with pytest.raises(NotificationError) as caught:
        decode_update(bytes.fromhex(body), AttributeSetTable(CONTEXTS["external"]))
    assert (caught.value.code, caught.value.subcode) == (
        ErrorCode.UPDATE_MESSAGE,
        UpdateSubcode.MALFORMED_ATTRIBUTE_LIST,
    )


@pytest.mark.parametrize(
    ("words", "subcode"),
    [
        ("GOOD REACH REACH", UpdateSubcode.MALFORMED_ATTRIBUTE_LIST),
        ("GOOD 800f020002", UpdateSubcode.OPTIONAL_ATTRIBUTE_ERROR),
        ("GOOD 406300", UpdateSubcode.UNRECOGNIZED_WELL_KNOWN_ATTRIBUTE),
    ],
)
def test_the_notification_says_what_was_wrong(words: str, subcode: UpdateSubcode) -> None:
    """RFC 4271 §6.3, RFC 7606 §3 g, RFC 4760 §7; the data is the attribute, where there is one."""
    attributes = bytes.fromhex("".join(WORDS.get(word, word) for word in words.split()))
    with pytest.raises(NotificationError) as caught:
        decode_update(update(attributes, TEN), AttributeSetTable(CONTEXTS["external"]))
    assert caught.value.subcode == subcode
    assert attributes.endswith(caught.value.data)


def test_an_overrun_that_hides_the_routes_resets_the_session() -> None:
    """RFC 7606 §5.2: the length of MULTI_EXIT_DISC swallows MP_REACH_NLRI."""
    attributes = bytes.fromhex(WORDS["GOOD"] + "8004ff" + WORDS["REACH"])
    with pytest.raises(NotificationError):
        decode_update(update(attributes), AttributeSetTable(CONTEXTS["external"]))


def test_the_prefixes_of_both_kinds_are_withdrawn_together() -> None:
    """RFC 7606 §2: all routes of the UPDATE."""
    attributes = bytes.fromhex("".join(WORDS[word] for word in ("REACH", "AS_PATH", "NEXT_HOP")) + "800400")
    read = decode_update(update(attributes, TEN), AttributeSetTable(CONTEXTS["external"]))
    assert read.announced == []
    assert read.withdrawn == [
        (IPV4_UNICAST, [TEN]),
        (IPV6_UNICAST, [parse_prefix("2001:db8::/32")[1]]),
    ]


def test_a_flaw_that_was_paid_with_an_attribute_is_reported_each_time() -> None:
    sets = AttributeSetTable(CONTEXTS["external"])
    body = update(bytes.fromhex(WORDS["GOOD"].replace(" ", "") + "4006 01 00"), TEN)
    first, second = decode_update(body, sets), decode_update(body, sets)
    assert first.announced[0][1] is second.announced[0][1]
    assert first.errors == second.errors
    assert second.errors[0].wire == bytes.fromhex("40060100")


@pytest.mark.parametrize("flags", ["c0", "40", "00", "d0"])
@pytest.mark.parametrize("nlri", [b"", TEN])
def test_routes_in_an_attribute_of_wrong_flags_are_withdrawn(flags: str, nlri: bytes) -> None:
    """RFC 7606 §3 c; they can be read all the same, whatever the flags."""
    long = "00" if flags == "d0" else ""
    reach = bytes.fromhex(flags + "0e" + long + WORDS["REACH"][4:])
    good = bytes.fromhex(WORDS["GOOD"])
    read = decode_update(update(reach + good, nlri), AttributeSetTable(CONTEXTS["external"]))
    assert not read.announced
    classic = [(IPV4_UNICAST, [TEN])] if nlri else []
    assert read.withdrawn == [*classic, (IPV6_UNICAST, [parse_prefix("2001:db8::/32")[1]])]
    assert [(flaw.code, flaw.cost) for flaw in read.errors] == [(14, Malformed.TREAT_AS_WITHDRAW)]


def test_withdrawals_in_an_attribute_of_wrong_flags_are_withdrawn() -> None:
    """RFC 7606 §3 c."""
    unreach = bytes.fromhex("c00f08 0002 01 20 20010db8")
    read = decode_update(update(unreach), AttributeSetTable(CONTEXTS["external"]))
    assert read.withdrawn == [(IPV6_UNICAST, [parse_prefix("2001:db8::/32")[1]])]
    assert [(flaw.code, flaw.cost) for flaw in read.errors] == [(15, Malformed.TREAT_AS_WITHDRAW)]


def test_a_message_full_of_repeated_attributes_is_cheap() -> None:
    """RFC 7606 §3 g: one complaint for each type; a long message (RFC 8654) holds 20,000 attributes."""
    unknown = b"".join(bytes((0x80, code, 0)) for code in range(100, 256))
    repeated = bytes.fromhex("40060100 800400") * 5000
    body = update(repeated[:30000] + unknown * 70, TEN)
    read = decode_update(body, AttributeSetTable(CONTEXTS["external"]))
    assert read.withdrawn == [(IPV4_UNICAST, [TEN])]
    costs = [flaw.code for flaw in read.errors]
    assert sorted(set(costs)) == [1, 2, 3, 4, 6, *range(100, 256)]
    assert len(costs) == 3 + 2 * 2 + 156
