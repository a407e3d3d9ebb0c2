"""What malformed UPDATEs cost: one row per case (RFC 7606, RFC 4271 §6.3, RFC 7607, RFC 5065 §5, RFC 6793 §6)."""

import pytest

from messages.attribute_check import withdraws
from messages.attribute_set import AttributeSetTable
from messages.errors import Malformed, NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_prefix
from messages.iana import ErrorCode, UpdateSubcode
from messages.update import decode_update
from tests.messages.vectors import CONTEXTS

ORIGIN = "40010100"
AS_PATH = "40020602010000fde9"
AS_PATH_OF_TWO_OCTETS = "4002040201fde9"
NEXT_HOP = "400304c0000201"
GOOD = ORIGIN + AS_PATH + NEXT_HOP
NLRI = "080a"
REACH = "800e1a0002011020010db80000000000000000000000010020 20010db8"

KEPT = None
DISCARD, WITHDRAW, _, RESET = Malformed

CASES = [
    # name, section, context, attributes, cost
    ("sound", "3", "external", GOOD, KEPT),
    ("ORIGIN optional", "3 c", "external", "c0010100" + AS_PATH + NEXT_HOP, WITHDRAW),
    ("ORIGIN not transitive", "3 c", "external", "00010100" + AS_PATH + NEXT_HOP, WITHDRAW),
    ("MULTI_EXIT_DISC transitive", "3 c", "external", GOOD + "c0040400000001", WITHDRAW),
    ("AGGREGATOR well-known", "3 c", "external", GOOD + "4007080000fde9c0000201", WITHDRAW),
    ("COMMUNITIES not transitive", "3 c", "external", GOOD + "800804fde90001", WITHDRAW),
    ("MULTI_EXIT_DISC partial", "3 c", "external", GOOD + "a0040400000001", KEPT),
    ("unused flags", "4271 4.3", "external", GOOD + "8f040400000001"[:0] + "8704 0400000001", KEPT),
    ("no ORIGIN", "3 d", "external", AS_PATH + NEXT_HOP, WITHDRAW),
    ("no AS_PATH", "3 d", "external", ORIGIN + NEXT_HOP, WITHDRAW),
    ("no NEXT_HOP", "3 d", "external", ORIGIN + AS_PATH, WITHDRAW),
    ("no attributes", "3 d", "external", "", WITHDRAW),
    ("ORIGIN twice", "3 g", "external", GOOD + "40010102", DISCARD),
    ("MULTI_EXIT_DISC twice in a row", "3 g", "external", GOOD + "80040400000001" * 2, DISCARD),
    ("MULTI_EXIT_DISC twice, first malformed", "3 h", "external", GOOD + "80040101" + "80040400000001", WITHDRAW),
    ("unknown attribute twice", "3 g", "external", GOOD + "c06301aa" * 2, DISCARD),
    ("unknown attribute of later type before", "3 g", "external", GOOD + "c0630100" + "80040400000001", KEPT),
    ("MP_REACH_NLRI twice", "3 g", "external", GOOD + REACH * 2, RESET),
    ("MP_UNREACH_NLRI twice", "3 g", "external", GOOD + "800f03000201" * 2, RESET),
    ("two errors, the stronger wins", "3 h", "external", GOOD + "40060101" + "80040101", WITHDRAW),
    ("attribute overruns", "4", "external", GOOD + "8004ff00000001", WITHDRAW),
    ("long attribute overruns", "4", "external", GOOD + "900400ff00000001", WITHDRAW),
    ("one octet left", "4", "external", GOOD + "80", WITHDRAW),
    ("two octets left", "4", "external", GOOD + "8004", WITHDRAW),
    ("three octets left of a long header", "4", "external", GOOD + "900400", WITHDRAW),
    ("zero length", "4", "external", GOOD + "800400", WITHDRAW),
    ("MP_REACH_NLRI optional transitive", "5.3", "external", GOOD + "c0" + REACH[2:], RESET),
    ("MP_UNREACH_NLRI well-known", "5.3", "external", GOOD + "400f03000201", RESET),
    ("MP_REACH_NLRI of 4 octets", "5.3", "external", GOOD + "800e0400020100", RESET),
    ("MP_UNREACH_NLRI of 2 octets", "5.3", "external", GOOD + "800f020002", RESET),
    ("MP_REACH_NLRI prefix too long", "5.3", "external", GOOD + REACH[:-10].strip() + "81 20010db8", RESET),
    ("MP_REACH_NLRI prefix overruns", "5.3", "external", GOOD + REACH[:-10].strip() + "30 20010db8", RESET),
    ("ORIGIN of two octets", "7.1", "external", "4001020000" + AS_PATH + NEXT_HOP, WITHDRAW),
    ("ORIGIN undefined", "7.1", "external", "40010103" + AS_PATH + NEXT_HOP, WITHDRAW),
    ("AS_PATH of an unknown segment", "7.2", "external", ORIGIN + "40020605010000fde9" + NEXT_HOP, WITHDRAW),
    ("AS_PATH of segment type 0", "7.2", "external", ORIGIN + "40020600010000fde9" + NEXT_HOP, WITHDRAW),
    ("AS_PATH overruns", "7.2", "external", ORIGIN + "40020602020000fde9" + NEXT_HOP, WITHDRAW),
    ("AS_PATH underruns", "7.2", "external", ORIGIN + "40020702010000fde902" + NEXT_HOP, WITHDRAW),
    ("AS_PATH with an empty segment", "7.2", "external", ORIGIN + "4002020200" + NEXT_HOP, WITHDRAW),
    ("AS_PATH with AS 0", "7607 2", "external", ORIGIN + "4002060201 00000000" + NEXT_HOP, WITHDRAW),
    ("AS_PATH with four zero octets", "7607 2", "external", ORIGIN + "40020a0202 00010000 00000001" + NEXT_HOP, KEPT),
    ("AS_PATH of confederation", "5065 5", "external", ORIGIN + "40020603010000fde9" + NEXT_HOP, WITHDRAW),
    ("AS_PATH of own confederation", "5065 5", "internal", ORIGIN + "40020603010000fde9" + NEXT_HOP, KEPT),
    ("NEXT_HOP of 16 octets", "7.3", "external", ORIGIN + AS_PATH + "400310" + "20" * 16, WITHDRAW),
    ("NEXT_HOP 0.0.0.0", "4271 6.3", "external", ORIGIN + AS_PATH + "40030400000000", WITHDRAW),
    ("NEXT_HOP 224.0.0.1", "4271 6.3", "external", ORIGIN + AS_PATH + "400304e0000001", WITHDRAW),
    ("MULTI_EXIT_DISC of 3 octets", "7.4", "external", GOOD + "800403000001", WITHDRAW),
    ("LOCAL_PREF from outside", "7.5", "external", GOOD + "40050400000064", DISCARD),
    ("LOCAL_PREF of 3 octets from outside", "7.5", "external", GOOD + "400503000064", DISCARD),
    ("LOCAL_PREF", "7.5", "internal", GOOD + "40050400000064", KEPT),
    ("LOCAL_PREF of 3 octets", "7.5", "internal", GOOD + "400503000064", WITHDRAW),
    ("ATOMIC_AGGREGATE of one octet", "7.6", "external", GOOD + "40060100", DISCARD),
    ("AGGREGATOR of 6 octets", "7.7", "external", GOOD + "c00706fde9c0000201", DISCARD),
    ("AGGREGATOR of 8 octets", "7.7", "two-octet", ORIGIN + AS_PATH_OF_TWO_OCTETS + NEXT_HOP + "c007080000fde9c0000201", DISCARD),
    ("AGGREGATOR of AS 0", "7607 2", "external", GOOD + "c0070800000000c0000201", DISCARD),
    ("COMMUNITIES of 3 octets", "7.8", "external", GOOD + "c00803fde900", WITHDRAW),
    ("COMMUNITIES of no octets", "7.8", "external", GOOD + "c00800", WITHDRAW),
    ("ORIGINATOR_ID from outside", "7.9", "external", GOOD + "8009040a000001", DISCARD),
    ("ORIGINATOR_ID of 5 octets", "7.9", "internal", GOOD + "8009050a00000100", WITHDRAW),
    ("CLUSTER_LIST from outside", "7.10", "external", GOOD + "800a040a000001", DISCARD),
    ("CLUSTER_LIST of 5 octets", "7.10", "internal", GOOD + "800a050a00000100", WITHDRAW),
    ("CLUSTER_LIST of no octets", "7.10", "internal", GOOD + "800a00", WITHDRAW),
    ("MP_REACH_NLRI next hop of 4 octets", "7.11", "external", GOOD + "800e0a 0002 01 04 c0000201 00 00", RESET),
    ("MP_REACH_NLRI next hop overruns", "7.11", "external", GOOD + "800e0a 0002 01 10 c0000201 00 00", RESET),
    ("EXTENDED_COMMUNITIES of 7 octets", "7.14", "external", GOOD + "c01007" + "00" * 7, WITHDRAW),
    ("EXTENDED_COMMUNITIES unknown", "7.14", "external", GOOD + "c01008" + "7f" * 8, KEPT),
    ("LARGE_COMMUNITY of 11 octets", "8092 6", "external", GOOD + "c0200b" + "00" * 11, WITHDRAW),
    ("AS4_PATH between new speakers", "6793 4.1", "external", GOOD + "c0110602010000fde9", DISCARD),
    ("AS4_PATH malformed", "6793 6", "two-octet", ORIGIN + AS_PATH_OF_TWO_OCTETS + NEXT_HOP + "c0110602020000fde9", DISCARD),
    ("AS4_PATH empty", "6793 6", "two-octet", ORIGIN + AS_PATH_OF_TWO_OCTETS + NEXT_HOP + "c01100", DISCARD),
    ("AS4_AGGREGATOR malformed", "6793 6", "two-octet", ORIGIN + AS_PATH_OF_TWO_OCTETS + NEXT_HOP + "c01206fde9c0000201", DISCARD),
    ("malformed and out of order", "3 e", "external", NEXT_HOP + AS_PATH + "40010103", WITHDRAW),
    ("unknown well-known", "4271 6.3", "external", GOOD + "406300", RESET),
    ("unknown optional", "4271 9", "external", GOOD + "806300", KEPT),
]


def update(attributes, nlri=NLRI, withdrawn=""):
    fields = [bytes.fromhex(field) for field in (withdrawn, attributes, nlri)]
    return b"".join((len(fields[0]).to_bytes(2), fields[0], len(fields[1]).to_bytes(2), fields[1], fields[2]))


def cost_of(body, context):
    """Return what reading an UPDATE with the NLRI 10.0.0.0/8 costs, checking that it is paid."""
    try:
        read = decode_update(body, AttributeSetTable(CONTEXTS[context]))
    except NotificationError as error:
        assert error.code == ErrorCode.UPDATE_MESSAGE  # RFC 7606 §3 a
        assert str(error)
        return RESET
    routes = [parse_prefix("10.0.0.0/8")[1]]
    withdrawn = (IPV4_UNICAST, routes) in read.withdrawn
    announced = [(family, keys) for family, _, keys in read.announced]
    assert withdrawn != ((IPV4_UNICAST, routes) in announced)
    assert withdrawn == withdraws(read.errors)
    return max((flaw.cost for flaw in read.errors), default=KEPT)


@pytest.mark.parametrize(
    ("context", "attributes", "cost"), [pytest.param(*row[2:], id=f"{row[0]} ({row[1]})") for row in CASES]
)
def test_an_error_costs_what_the_rfc_says(context, attributes, cost):
    assert cost_of(update(attributes), context) == cost


@pytest.mark.parametrize(
    ("context", "attributes", "cost"),
    [pytest.param(*row[2:], id=row[0]) for row in CASES if row[4] == WITHDRAW and row[0] != "no attributes"],
)
def test_where_no_route_is_announced_such_an_error_resets_the_session(context, attributes, cost):
    """RFC 7606 §5.2; what is missing is no error there."""
    sets = AttributeSetTable(CONTEXTS[context])
    if len(bytes.fromhex(attributes)) < len(bytes.fromhex(GOOD)) and cost_of(update(attributes), context):
        pass
    body = update(attributes, nlri="", withdrawn=NLRI)
    missing = {ORIGIN, AS_PATH, NEXT_HOP} - {part for part in (ORIGIN, AS_PATH, NEXT_HOP) if part in attributes}
    ...
