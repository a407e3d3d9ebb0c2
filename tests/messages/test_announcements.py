"""The short way to read an UPDATE against the long one: it says the same, or nothing."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from typing import Final, overload

from hypothesis import given, settings
from hypothesis import strategies as st

from messages.attribute_set import AttributeSetTable
from messages.errors import NotificationError
from messages.families import FAMILIES, IPV4_UNICAST, Family
from messages.families.multicast import without_multicast
from messages.families.prefix import PrefixKey, make_key, split, split_one_by_one, split_unicast_ipv4
from messages.framing import frame
from messages.iana import HEADER_OCTETS, MessageType
from messages.update import Update, decode_announcements, decode_update, pack_classic_announcements
from tests.messages.plain_fields import disturbed, plain_fields, with_long_header
from tests.messages.vectors import CONTEXTS

PLAIN: Final = bytes.fromhex("40010100 40020602010000fde9 400304c0000201")
KEYS: Final = bytes.fromhex("18c63364")


def prefixes(family: Family) -> st.SearchStrategy[PrefixKey]:
    """Canonical prefixes, multicast ones among them."""
    addresses = st.binary(min_size=family.address_octets, max_size=family.address_octets)
    return st.builds(make_key, addresses, st.integers(0, family.max_bits))


def nlri(family: Family) -> st.SearchStrategy[bytes]:
    """NLRI fields, some of them not canonical or malformed."""
    return disturbed(st.lists(prefixes(family), max_size=12).map(b"".join))


def messages() -> st.SearchStrategy[bytes]:
    """Bodies of UPDATEs, lengths and all octets of which may be wrong."""
    canonical = st.lists(prefixes(IPV4_UNICAST), max_size=6).map(b"".join)
    plain = st.one_of(plain_fields(), plain_fields(is_external=True))
    attributes = st.one_of(plain, plain.map(with_long_header))
    withdrawn = st.one_of(st.just(b""), st.just(b""), canonical)
    bodies = st.builds(_body, withdrawn, attributes, canonical)
    return disturbed(bodies).filter(lambda body: len(body) >= 4)  # the Framer has seen to that


def _body(withdrawn: bytes, attributes: bytes, announced: bytes) -> bytes:
    fields = (len(withdrawn).to_bytes(2), withdrawn, len(attributes).to_bytes(2), attributes, announced)
    return b"".join(fields)


@settings(max_examples=400)
@given(messages(), st.sampled_from(sorted(CONTEXTS)))
def test_an_announcement_is_what_the_long_way_reads(body: bytes, name: str) -> None:
    """RFC 4271 §4.3, §6.3."""
    sets = AttributeSetTable(CONTEXTS[name])
    for raw, keys in decode_announcements([body], 0, sets):
        update = decode_update(body, sets)
        [(family, attributes, others)] = update.announced
        assert (family, attributes.wire, others) == (IPV4_UNICAST, raw, keys)
        assert replace(update, announced=()) == Update([], (), None, [], [], [])


@given(plain_fields(is_external=True), st.lists(prefixes(IPV4_UNICAST), min_size=1, max_size=6))
def test_what_a_full_table_consists_of_goes_the_short_way(attributes: bytes, keys: list[bytes]) -> None:
    """Else nothing would be won."""
    sets = AttributeSetTable(CONTEXTS["external"])
    kept, ignored = without_multicast(keys, IPV4_UNICAST)
    expected = [(attributes, kept)] if sets.plain(attributes) and not ignored else []
    assert decode_announcements([_body(b"", attributes, b"".join(keys))], 0, sets) == expected


@given(st.lists(st.booleans(), max_size=8), st.integers(0, 8))
def test_a_burst_is_read_up_to_what_needs_the_long_way(are_plain: list[bool], position: int) -> None:
    """UPDATEs count in their order: what comes behind another one has to wait (RFC 4271 §4.3)."""
    sets = AttributeSetTable(CONTEXTS["external"])
    bodies = [_body(b"" if is_plain else KEYS, PLAIN, KEYS) for is_plain in are_plain]
    expected = list(takewhile(bool, are_plain[position:]))
    assert decode_announcements(bodies, position, sets) == [(PLAIN, [KEYS])] * len(expected)


@given(plain_fields(is_external=True), st.integers(1, 2**16 - 1))
def test_what_withdraws_as_well_goes_the_long_way(attributes: bytes, withdrawn_octets: int) -> None:
    """What stands there is another thing then, whatever it looks like (RFC 4271 §4.3)."""
    body = withdrawn_octets.to_bytes(2) + _body(b"", attributes, KEYS)[2:]
    assert decode_announcements([body], 0, AttributeSetTable(CONTEXTS["external"])) == []


def test_a_session_with_paths_goes_the_long_way() -> None:
    """RFC 7911 §3: there are Path Identifiers before the prefixes."""
    context = replace(CONTEXTS["external"], add_path_receive=frozenset({IPV4_UNICAST}))
    body = _body(b"", PLAIN, KEYS)
    assert decode_announcements([body], 0, AttributeSetTable(CONTEXTS["external"])) == [(PLAIN, [KEYS])]
    assert decode_announcements([body], 0, AttributeSetTable(context)) == []


@given(st.sampled_from(sorted(FAMILIES.values(), key=lambda row: row.name)), st.data())
def test_prefixes_cut_by_a_pattern_are_those_cut_one_by_one(family: Family, data: st.DataObject) -> None:
    """RFC 4271 §4.3, RFC 7606 §5.3: the same prefixes, or the same error."""
    field = data.draw(nlri(family))
    assert _outcome(field, family, one_by_one=False) == _outcome(field, family, one_by_one=True)


def _outcome(field: bytes, family: Family, *, one_by_one: bool) -> object:
    cut = split_one_by_one if one_by_one else split
    try:
        return cut(field, family.max_bits)
    except NotificationError as error:
        return error.code, error.subcode, error.data, error.reason


@given(nlri(IPV4_UNICAST))
def test_unicast_prefixes_are_cut_at_once_only_if_all_are_canonical(field: bytes) -> None:
    """Then they are those that the long way keeps; of any other field there are none."""
    keys = split_unicast_ipv4(field)
    expected: list[bytes] = []
    with suppress(NotificationError):
        cut = split_one_by_one(field, IPV4_UNICAST.max_bits)
        _, ignored = without_multicast(cut, IPV4_UNICAST)
        if b"".join(cut) == field and not ignored:
            expected = [*cut]
    assert keys == expected


@given(st.lists(prefixes(IPV4_UNICAST), max_size=60), st.integers(0, 120))
def test_prefixes_are_packed_as_long_as_there_is_room(keys: list[PrefixKey], room: int) -> None:
    """RFC 4271 §4.3: all of them in their order, and no message has room for one prefix more."""
    most_octets = HEADER_OCTETS + len(_body(b"", PLAIN, b"")) + room
    packed = pack_classic_announcements(PLAIN, keys, most_octets)
    if max(map(len, keys), default=0) > room:
        assert packed == []
        return
    cut: list[list[PrefixKey]] = []
    for key in keys:
        if not cut or len(b"".join(cut[-1])) + len(key) > room:
            cut.append([])
        cut[-1].append(key)
    assert packed == [frame(MessageType.UPDATE, _body(b"", PLAIN, b"".join(each))) for each in cut]


class Counted(Sequence[bytes]):
    """Bodies that know how often one of them was looked at."""

    def __init__(self, bodies: list[bytes]) -> None:
        self.looks = 0
        self._bodies = bodies

    def __len__(self) -> int:
        return len(self._bodies)

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        found = self._bodies[place]
        self.looks += 1 if isinstance(place, int) else len(found)
        return found


def test_messages_before_the_position_cost_nothing() -> None:
    """Thousands of short withdrawals fit into one read; none is plain."""
    bodies = Counted([b"\0\x04" + KEYS + b"\0\0"] * 1000)
    sets = AttributeSetTable(CONTEXTS["external"])
    for position in range(len(bodies)):
        assert not decode_announcements(bodies, position, sets)
    assert bodies.looks <= 2 * len(bodies)
