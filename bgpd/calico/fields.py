"""The fields of a resource: read by name, checked, and all that is wrong noted with its place.

A value that can't be used counts as missing, so that what follows goes on and finds what else is wrong.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeVar

from bgpd.calico.report import Report
from bgpd.calico.resources import Resource
from bgpd.calico.selectors import Selector, SelectorError, selector_of

T = TypeVar("T")
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

AS_NUMBERS: Final = (1, 0xFFFFFFFF)
_LONGEST_SHOWN: Final = 60
_DOTTED_AS: Final = re.compile(r"(\d{1,5})\.(\d{1,5})", re.ASCII)
_DIGITS: Final = re.compile(r"\d{1,20}", re.ASCII)
_DURATION: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?(?:h|m(?!s)|s|ms|us|µs|ns))+", re.ASCII)
_DURATION_PART: Final = re.compile(r"([\d.]+)(h|ms|m|s|us|µs|ns)")
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


class Fields:
    """The fields of one table of a resource."""

    def __init__(self, place: str, values: Mapping[str, object], report: Report, path: str) -> None:
        self.place: Final = place
        self.report: Final = report
        self._values: Final = values
        self._path: Final = path
        self._known: Final[set[str]] = set()

    @classmethod
    def of(cls, resource: Resource, report: Report, part: str = "spec") -> "Fields":
        """Return the fields of a part of a resource; without that part there are none."""
        values = resource.content.get(part)
        if values is not None and not isinstance(values, Mapping):
            report.fault(resource.place, f"{part}: found {shown(values)}; write a table")
        return cls(resource.place, values if isinstance(values, Mapping) else {}, report, part)

    # What is wrong

    def fault(self, key: str, message: str) -> None:
        """Note that something is wrong with a field."""
        self.report.fault(self.place, f"{self._path}.{key}: {message}")

    def refuse(self, key: str, wanted: str) -> None:
        """Note that the value of a field can't be used."""
        self.fault(key, f"found {shown(self._values.get(key))}; write {wanted}")

    def remark(self, key: str, message: str) -> None:
        """Note something that harms nobody."""
        self.report.remark(self.place, f"{self._path}.{key}: {message}")

    def remark_all(self, message: str) -> None:
        """Note something about the whole table that harms nobody."""
        self.report.remark(self.place, f"{self._path}: {message}")

    def ignore(self, *keys: str) -> None:
        """Take note of fields that are somebody else's business."""
        self._known.update(keys)

    def finish(self) -> None:
        """Remark the fields that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.report.remark(
                    self.place, f"{self._path}.{key}: this field is not known, and not followed"
                )

    # Values

    def has(self, key: str) -> bool:
        """Tell whether a field is there and says something."""
        self._known.add(key)
        return self._values.get(key) not in (None, "")

    def read(self, key: str, convert: Callable[[object], T], wanted: str) -> T | None:
        """Return a converted value, or None if it is not there or wrong."""
        if not self.has(key):
            return None
        value = convert(self._values[key])
        if value is None:
            self.refuse(key, wanted)
        return value

    def text(self, key: str) -> str:
        """Return a text; empty if there is none."""
        return self.read(key, _text, "a text") or ""

    def choice(self, key: str, choices: Collection[str], default: str) -> str:
        """Return one of some words."""

        def convert(value: object) -> str | None:
            return value if isinstance(value, str) and value in choices else None

        return self.read(key, convert, f"one of {', '.join(choices)}") or default

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.read(key, _boolean, "true or false")
        return default if value is None else value

    def integer(self, key: str, lowest: int, highest: int) -> int | None:
        """Return a whole number between two others."""

        def convert(value: object) -> int | None:
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return value if is_number and isinstance(value, int) and lowest <= value <= highest else None

        return self.read(key, convert, f"a number from {lowest} to {highest}")

    def as_number(self, key: str) -> int | None:
        """Return an AS number, which may be a text, and in two parts (RFC 5396)."""
        return self.read(key, as_number_of, f"an AS number from {AS_NUMBERS[0]} to {AS_NUMBERS[1]}")

    def seconds(self, key: str, lowest: int, highest: int) -> int | None:
        """Return a duration like "1m30s" in whole seconds."""

        def convert(value: object) -> int | None:
            seconds = _seconds(value)
            return seconds if seconds is not None and lowest <= seconds <= highest else None

        return self.read(key, convert, f'a duration like "{lowest}s" to "{highest}s"')

    def address(self, key: str) -> Address | None:
        """Return an address."""
        return self.read(key, address_of, "an address like 192.0.2.1 or 2001:db8::1")

    def network(self, key: str) -> Network | None:
        """Return a prefix; bits behind its length are cleared."""
        return self.read(key, network_of, "a prefix like 192.0.2.0/24 or 2001:db8::/64")

    def networks(self, key: str) -> Iterator[Network]:
        """Yield the prefixes of a list."""
        for text in self.texts(key):
            prefix = network_of(text)
            if prefix is None:
                self.fault(key, f"found {shown(text)}; write a list of prefixes like 192.0.2.0/24")
            else:
                yield prefix

    def selector(self, key: str) -> Selector | None:
        """Return a selector, or None if there is none."""
        text = self.text(key)
        if not text.strip():
            return None
        try:
            return selector_of(text)
        except SelectorError as error:
            self.fault(key, f"{shown(text)} is no selector: {error}")
            return None

    # What has parts

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self.read(key, _list, "a list of texts") or []
        texts = tuple(each for each in values if isinstance(each, str) and each)
        if len(texts) != len(values):
            self.refuse(key, "a list of texts")
        return texts

    def values(self, key: str) -> list[object]:
        """Return a list of anything."""
        return self.read(key, _list, "a list") or []

    def table(self, key: str) -> "Fields | None":
        """Return the fields of a table in this one, or None."""
        values = self.read(key, _table, "a table")
        return None if values is None else Fields(self.place, values, self.report, f"{self._path}.{key}")

    def hidden_table(self, key: str) -> "Fields | None":
        """Return the fields of a table in this one, or None, without a word about what is there instead."""
        return self.table(key) if isinstance(self._values.get(key), Mapping) else None

    def tables(self, key: str) -> Iterator["Fields"]:
        """Yield the fields of the tables that a list has."""
        for position, item in enumerate(self.values(key)):
            path = f"{self._path}.{key}[{position}]"
            if isinstance(item, Mapping):
                yield Fields(self.place, item, self.report, path)
            else:
                self.report.fault(self.place, f"{path}: found {shown(item)}; write a table")


def shown(value: object) -> str:
    """Return a value as it is shown to the user: what is long or a table is not."""
    if isinstance(value, Mapping | list):
        return "a table" if isinstance(value, Mapping) else "a list"
    text = ascii(value) if not isinstance(value, str) else '"' + ascii(value)[1:-1] + '"'
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def as_number_of(value: object) -> int | None:
    """Return an AS number that is a number or a text of one or two parts."""
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str):
        if _DIGITS.fullmatch(value):
            number = int(value)
        elif (parts := _DOTTED_AS.fullmatch(value)) and max(int(parts[1]), int(parts[2])) <= 0xFFFF:
            number = int(parts[1]) << 16 | int(parts[2])
    return number if number is not None and AS_NUMBERS[0] <= number <= AS_NUMBERS[1] else None


def address_of(value: object) -> Address | None:
    """Return an address, without a zone."""
    if not isinstance(value, str) or "%" in value:
        return None
    try:
        return ip_address(value)
    except ValueError:
        return None


def is_of_a_host(address: Address) -> bool:
    """Tell whether an address can be a neighbor's: it is some host's, and found without an interface."""
    is_local = address.version == 6 and address.is_link_local
    return not (address.is_unspecified or is_local)


def network_of(value: object) -> Network | None:
    """Return a prefix, which must have a length."""
    if not isinstance(value, str) or "/" not in value or "%" in value:
        return None
    try:
        return ip_network(value, strict=False)
    except ValueError:
        return None


def _seconds(value: object) -> int | None:
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        return None
    try:
        parts = (float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(value))
        return int(sum(parts) + 0.5)
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _list(value: object) -> list[object] | None:
    return value if isinstance(value, list) else None


def _table(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, Mapping) else None
