"""What a neighbor announced, in BIRD's words."""

import pytest

from bgpd.protocols.bgp_details import capability_words
from messages.capabilities import Capabilities


@pytest.mark.parametrize(
    ("capabilities", "words"),
    [
        ("", ""),
        ("0104 00010001 0200 4104 0000fde9", "refresh AS4"),
        ("0200 4600 4006 0078 00010100", "refresh enhanced-refresh restart-able"),
        ("4002 0078", "restart-aware"),
        ("0600 4504 00010101", "add-path-rx ext-messages"),
        ("4508 00010101 00020102", "add-path-rx add-path-tx"),
    ],
)
def test_neighbor_caps(capabilities: str, words: str) -> None:
    assert " ".join(capability_words(Capabilities.decode(bytes.fromhex(capabilities)))) == words
