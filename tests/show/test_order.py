"""Prefixes come in the order of their addresses, however many there are."""

import random
from ipaddress import ip_network

import pytest

from bgpd.show import order
from bgpd.show.order import in_order
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key, render_prefix

SEED = 4271


def some_keys(family: Family, number: int) -> list[PrefixKey]:
    """Return different keys in no order, many of them close to one another."""
    source = random.Random(SEED)
    octets = family.address_octets
    addresses = [bytes((10, source.randrange(4))) + source.randbytes(octets - 2) for _ in range(number)]
    return list({make_key(address, source.randrange(family.max_bits + 1)) for address in addresses})


@pytest.mark.parametrize("at_once", [150, 1_000_000])
@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST])
def test_keys_are_sorted_by_address_then_length(
    family: Family, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "_SORTED_AT_ONCE", at_once)
    keys = some_keys(family, 3000)
    in_text = [render_prefix(key, family) for key in in_order(keys) if key is not None]
    assert in_text == sorted((render_prefix(key, family) for key in keys), key=ip_network)


def test_sorting_many_keys_makes_pauses() -> None:
    keys = [make_key(number.to_bytes(4), 32) for number in range(20_000)]
    found = list(in_order(keys))
    assert found.count(None) >= 20_000 // 1024
