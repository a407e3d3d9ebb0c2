"""Every row of every registry reads and writes its golden vectors."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import AS_PATH, ATTRIBUTES, NEXT_HOP, ORIGIN, AsPath, Attribute
from messages.attributes.attribute import EXTENDED_LENGTH, PARTIAL, value_of, wrap
from messages.capabilities import CAPABILITIES, Capabilities, Capability
from messages.families import FAMILIES, IPV4_UNICAST, Family
from messages.families.prefix import render_address, render_prefix, split
from messages.iana import Origin
from messages.keepalive import KEEPALIVE, check_keepalive
from messages.notification import decode_notification, encode_notification
from messages.open import decode_open, encode_open
from messages.route_refresh import decode_route_refresh, encode_route_refresh
from messages.update import decode_update, encode_attributes
from tests.messages.presence import present
from tests.messages.vectors import Vector, names, vectors


def rows_of(
    registry: Mapping[Any, Attribute[Any] | Capability[Any] | Family],
    kind: str,
    select: Callable[[Vector], bool] = lambda _vector: True,
) -> list[object]:
    """Return a test case for each vector of each row."""
    cases = []
    for row in registry.values():
        found = vectors(kind, row.name)
        assert found, f"{kind} {row.name} has no vectors"
        cases += [(row, vector) for vector in found if select(vector)]
    return [pytest.param(row, vector, id=f"{row.name}, {vector.name}") for row, vector in cases]


def of_two_octets(vector: Vector) -> bool:
    return vector.context.as_number_octets == 2


def messages(kind: str) -> list[object]:
    return [pytest.param(vector, id=vector.name) for vector in vectors("messages", kind)]


@pytest.mark.parametrize(
    ("kind", "registry"), [("attributes", ATTRIBUTES), ("capabilities", CAPABILITIES), ("families", FAMILIES)]
)
def test_every_file_of_vectors_belongs_to_a_row(
    kind: str, registry: Mapping[Any, Attribute[Any] | Capability[Any] | Family]
) -> None:
    assert names(kind) == {row.name for row in registry.values()}


@pytest.mark.parametrize(("registry"), [ATTRIBUTES, CAPABILITIES])
def test_a_row_is_registered_under_its_own_code(
    registry: Mapping[int, Attribute[Any] | Capability[Any]],
) -> None:
    assert all(code == row.code for code, row in registry.items())


@pytest.mark.parametrize(
    ("row", "vector"), rows_of(ATTRIBUTES, "attributes", lambda vector: not of_two_octets(vector))
)
def test_an_attribute_reads_as_it_should(row: Attribute[Any], vector: Vector) -> None:
    assert vector.wire[1] == row.code
    assert vector.wire[0] & ~(PARTIAL | EXTENDED_LENGTH) == row.flags
    value = value_of(vector.wire)
    row.check(value, vector.context)
    decoded = row.decode(value)
    assert row.render(decoded) == vector.text
    assert wrap(vector.wire[0], row.code, row.encode(decoded)) == vector.wire


@pytest.mark.parametrize(("row", "vector"), rows_of(ATTRIBUTES, "attributes", of_two_octets))
def test_an_attribute_of_two_octet_as_numbers_is_widened_and_narrowed(
    row: Attribute[Any], vector: Vector
) -> None:
    """RFC 6793 §4.2."""
    others: dict[Attribute[Any], Any] = {
        ORIGIN: Origin.IGP,
        AS_PATH: AsPath.EMPTY,
        NEXT_HOP: bytes((192, 0, 2, 1)),
    }
    pieces = AttributeSet.of(others).pieces() | {int(row.code): vector.wire}
    raw = b"".join(pieces[code] for code in sorted(pieces))
    made, flaws = AttributeSetTable(vector.context).intern(raw)
    assert not flaws
    attributes = present(made)
    assert row.render(attributes.get(row)) == vector.text
    assert encode_attributes(attributes, IPV4_UNICAST, vector.context).attributes == raw


@pytest.mark.parametrize(("row", "vector"), rows_of(CAPABILITIES, "capabilities"))
def test_a_capability_reads_as_it_should(row: Capability[Any], vector: Vector) -> None:
    capabilities = Capabilities.decode(vector.wire)
    assert row in capabilities
    assert row.render(capabilities.get(row)) == vector.text
    assert capabilities.encode() == vector.wire


@pytest.mark.parametrize(("family", "vector"), rows_of(FAMILIES, "families"))
def test_a_prefix_reads_as_it_should(family: Family, vector: Vector) -> None:
    (key,) = split(vector.wire, family.max_bits)
    assert render_prefix(key, family) == vector.text
    assert (key == vector.wire) == ("irrelevant" not in vector.name)


@pytest.mark.parametrize("vector", messages("open"))
def test_an_open_reads_as_it_should(vector: Vector) -> None:
    message = decode_open(vector.wire)
    router_id = render_address(message.router_id.to_bytes(4))
    assert f"{message.asn} {message.hold_time} {router_id} {message.capabilities}".rstrip() == vector.text
    if "a parameter for each" not in vector.name:
        assert encode_open(message)[19:] == vector.wire


@pytest.mark.parametrize("vector", messages("notification"))
def test_a_notification_reads_as_it_should(vector: Vector) -> None:
    notification = decode_notification(vector.wire)
    assert str(notification) == vector.text
    assert encode_notification(notification)[19:] == vector.wire


@pytest.mark.parametrize("vector", messages("route_refresh"))
def test_a_route_refresh_reads_as_it_should(vector: Vector) -> None:
    refresh = decode_route_refresh(vector.wire)
    assert f"{refresh.afi} {refresh.safi} {refresh.subtype}" == vector.text
    assert encode_route_refresh(refresh)[19:] == vector.wire


@pytest.mark.parametrize("vector", messages("keepalive"))
def test_a_keepalive_reads_as_it_should(vector: Vector) -> None:
    check_keepalive(vector.wire)
    assert KEEPALIVE[19:] == vector.wire


@pytest.mark.parametrize("vector", messages("update"))
def test_an_update_reads_as_it_should(vector: Vector) -> None:
    update = decode_update(vector.wire, AttributeSetTable(vector.context))
    words = [f"-{render_prefix(key, family)}" for family, keys in update.withdrawn for key in keys]
    for family, attributes, keys in update.announced:
        words += [f"+{render_prefix(key, family)}" for key in keys]
        for _, row, value, _ in attributes.items():
            known = present(row)
            words.append(f"{known.name}={known.render(value)}")
    if update.end_of_rib:
        words.append(f"end of {update.end_of_rib.name}")
    assert " ".join(words) == vector.text
    assert not update.errors
