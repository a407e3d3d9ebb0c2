"""Messages and their explanations, octet for octet, as the files in ``expected`` have them."""

from pathlib import Path

import pytest

from messages.attributes import ATTRIBUTES
from messages.capabilities import CAPABILITIES
from messages.iana import MessageType
from tests.explain.transcript import EXPECTED, lines_of

TEXT = "".join(path.read_text() for path in EXPECTED)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_explanations_are_as_expected(path: Path) -> None:
    assert "".join(lines_of(path)) == path.read_text()


@pytest.mark.parametrize("kind", MessageType)
def test_every_message_is_explained(kind: MessageType) -> None:
    assert f"Type: {kind:d}, {kind.name}\n" in TEXT


@pytest.mark.parametrize("code", ATTRIBUTES)
def test_every_attribute_is_explained(code: int) -> None:
    assert f"Attribute Type Code: {code:d}, " in TEXT


@pytest.mark.parametrize("code", CAPABILITIES)
def test_every_capability_is_explained(code: int) -> None:
    assert f"Capability Code: {code:d}, " in TEXT
