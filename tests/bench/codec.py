"""Decoding and encoding of a full table, without sockets and without a RIB (CPU seconds)."""

import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from messages.framing import Framer
from messages.iana import MessageType
from messages.update import decode_update, encode_attributes, pack_announcements
from rib.egress import GroupKey, NextHopRule, Withheld, egress
from rib.policy import Policy
from rib.route import UNREACHABLE, Route, Source, SourceKind
from tests.bench.cpu_clock import collector_off
from tests.bench.mrt import FULL_TABLE, read_messages
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.bench.table import announcements, prefixes

_READ_OCTETS: Final = 1 << 16
_GENERATED_PREFIXES: Final = 577_706
_T = TypeVar("_T")


class Feed(NamedTuple):
    """What a neighbor sends of a full table, and where it is from."""

    octets: bytes
    context: Context
    origin: str
    """What kind of table it is."""


class Routes(NamedTuple):
    """What the feed says: prefixes by the attributes they share, in order of arrival."""

    keys: dict[AttributeSet, list[PrefixKey]]
    prefixes: int


def full_table() -> Feed:
    """Return the real table if it is there, else one made by the seeded generator."""
    if FULL_TABLE.exists():
        captured = [each for each in read_messages(FULL_TABLE) if each.message[18] == MessageType.UPDATE]
        context = Context(not captured[0].is_internal, captured[0].as_number_octets)
        return Feed(b"".join(each.message for each in captured), context, "real table")
    return generated_table(_GENERATED_PREFIXES)


def generated_table(count: int) -> Feed:
    """Return a table that looks like the real one."""
    made = announcements(prefixes(count), 65001, parse_address("192.0.2.2"))
    return Feed(b"".join(made), Context(), "generated table")


def _bodies(feed: Feed) -> Iterator[bytes]:
    """Yield the bodies as a session gets them, a socket's worth of octets at a time."""
    framer = Framer()
    for start in range(0, len(feed.octets), _READ_OCTETS):
        for _, body in framer.feed(feed.octets[start : start + _READ_OCTETS]):
            yield body


def frames(feed: Feed) -> int:
    """Return how many messages there are."""
    return sum(1 for _ in _bodies(feed))


def decode(feed: Feed, sets: AttributeSetTable) -> Routes:
    """Read the feed."""
    keys: dict[AttributeSet, list[PrefixKey]] = {}
    count = 0
    for body in _bodies(feed):
        for _, attributes, announced in decode_update(body, sets).announced:
            count += len(announced)
            known = keys.get(attributes)
            if known is None:
                keys[attributes] = announced
            else:
                known += announced
    return Routes(keys, count)


def encode(feed: Feed, routes: Routes) -> tuple[int, int]:
    """Make the UPDATEs for an external neighbor; return their number and their octets."""
    source = Source("feeder", SourceKind.BGP)
    source.external = feed.context.external
    own = parse_address("192.0.2.1")
    key = GroupKey(IPV4_UNICAST, Context(), 64512, Policy.ALL, NextHopRule.AUTO, own)
    messages = octets = 0
    for attributes, keys in routes.keys.items():
        shown = egress(key, Route(source, attributes, UNREACHABLE, 0), keys[0])
        if not isinstance(shown, Withheld):
            encoded = encode_attributes(shown, IPV4_UNICAST, key.context)
            packed = pack_announcements(IPV4_UNICAST, encoded, keys, key.context)
            messages += len(packed)
            octets += sum(map(len, packed))
        attributes.forget()
    return messages, octets


def measure(size: Size) -> Iterator[Row]:
    """Read a table, read it again, and write it; a ratio of 1.0 is to cut the messages apart and no more."""
    feed = full_table() if size.is_full else generated_table(size.prefixes)
    sets = AttributeSetTable(feed.context)
    messages, framing = _timed(lambda: frames(feed))
    routes, reading = _timed(lambda: decode(feed, sets))
    _, reading_again = _timed(lambda: decode(feed, sets))
    (sent, octets), writing = _timed(lambda: encode(feed, routes))
    for title, seconds in (
        (f"{feed.origin}: cut {messages:,} messages", framing),
        ("decode", reading),
        ("decode again, attribute sets known", reading_again),
        (f"encode {sent:,} UPDATEs of {octets / 1e6:.0f} MB", writing),
    ):
        rates = routes.prefixes / seconds, len(routes.keys) / seconds
        yield Row(title, (seconds, *rates, seconds / framing))


def _timed(work: Callable[[], _T]) -> tuple[_T, float]:
    """Return the outcome and the CPU seconds."""
    with collector_off():
        before = time.process_time()
        outcome = work()
        return outcome, time.process_time() - before


CODEC = Scenario(
    "codec",
    "decoding and encoding alone, without sockets and without a RIB",
    (
        Column("CPU s"),
        Column("prefixes/s", ",.0f"),
        Column("attribute sets/s", ",.0f"),
        Column("ratio", ".1f"),
    ),
    measure,
)
