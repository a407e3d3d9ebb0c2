"""The addresses of the lab, by the names they have in the texts of the scenarios: ``$node``, ``$tor`` ..."""

import re
from collections.abc import Mapping
from string import Template
from typing import Final

from tests.interop.routers.router import FAMILIES, Family

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "node": ("10.10.0.1", "fd00:10::1"),
    "net": ("10.10.0.0/24", "fd00:10::/64"),
    "peer2": ("10.10.0.2", "fd00:10::2"),
    "peer3": ("10.10.0.3", "fd00:10::3"),
    "peer4": ("10.10.0.4", "fd00:10::4"),
    "tor": ("10.10.0.200", "fd00:10::200"),
    "nobody": ("10.10.0.99", "fd00:10::99"),
    "second_node": ("10.20.0.1", "fd00:20::1"),
    "second_net": ("10.20.0.0/24", "fd00:20::/64"),
    "second_tor": ("10.20.0.200", "fd00:20::200"),
    "loopback": ("10.30.0.1", "fd00:30::1"),
    "far": ("10.199.0.1", "fd00:99::1"),
    "far_net": ("10.199.0.0/24", "fd00:99::/64"),
    "default": ("0.0.0.0/0", "::/0"),
    "pool": ("10.244.0.0/16", "fd00:244::/32"),
    "block1": ("10.244.1.0/26", "fd00:244:1::/122"),
    "block2": ("10.244.2.0/26", "fd00:244:2::/122"),
    "block3": ("10.244.3.0/26", "fd00:244:3::/122"),
    "block4": ("10.244.4.0/26", "fd00:244:4::/122"),
    "workload1": ("10.244.1.5/32", "fd00:244:1::5/128"),
    "workload2": ("10.244.1.6/32", "fd00:244:1::6/128"),
    "workload3": ("10.244.1.9/32", "fd00:244:1::9/128"),
    "third_node": ("10.40.0.1", "fd00:40::1"),
    "moved": ("10.244.2.7/32", "fd00:244:2::7/128"),
    "services": ("10.96.0.0/12", "fd00:96::/112"),
    "outside1": ("203.0.113.0/24", "2001:db8:113::/48"),
    "outside2": ("198.51.100.0/24", "2001:db8:100::/48"),
    "outside3": ("192.0.2.128/25", "2001:db8:2:80::/57"),
    "outside4": ("100.127.0.0/16", "2001:db8:127::/48"),
    "inside1": ("203.0.113.7", "2001:db8:113::7"),
    "bits": ("32", "128"),
    "other_family": ("2001:db8::/32", "192.0.2.0/24"),
}


def _all(number: int) -> dict[str, str]:
    """Return the places of a family; ``$node_`` is the address as it stands in the names of protocols."""
    places = {name: pair[number] for name, pair in _NAMES.items()}
    return places | {f"{name}_": re.sub("[.:]", "_", place) for name, place in places.items()}


PLACES: Final[Mapping[Family, Mapping[str, str]]] = {
    family: _all(number) for number, family in enumerate(FAMILIES)
}


def placed(text: str, family: Family) -> str:
    """Return the text with the addresses of a family."""
    return Template(text).substitute(PLACES[family])
