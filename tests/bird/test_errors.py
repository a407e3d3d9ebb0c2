"""The first error of a file, in BIRD's words and at BIRD's place."""

import pytest

from tests.bird.conftest import ReadText
from tests.bird.wrong_files import ERRORS, ERRORS_OF_IPV6, PRINTED


@pytest.mark.parametrize(("text", "error"), ERRORS)
def test_error(read_text: ReadText, text: str, error: str) -> None:
    assert read_text(text).error == f"bird.conf:{error}"


@pytest.mark.parametrize(("text", "error"), ERRORS_OF_IPV6)
def test_error_of_ipv6(read_text: ReadText, text: str, error: str) -> None:
    assert read_text(text, bits=128).error == f"bird.conf:{error}"


@pytest.mark.parametrize(("text", "lines"), PRINTED)
def test_what_is_printed_comes_before_the_error(read_text: ReadText, text: str, lines: list[str]) -> None:
    assert list(read_text(text).lines) == lines


@pytest.mark.parametrize("kind", ["ospf", "rip", "radv", "babel", "mrt"])
def test_protocols_that_we_do_not_have(read_text: ReadText, kind: str) -> None:
    assert read_text(f"protocol {kind} {{}}").error == "bird.conf:1:10 syntax error"


def test_attributes_of_protocols_that_we_do_not_have(read_text: ReadText) -> None:
    """Filters that set them are read: they are notes that nobody looks at."""
    names = ("rip_metric", "rip_tag", "ospf_metric1", "ospf_metric2", "ospf_tag")
    changes = " ".join(f"{name} = 5; if defined({name}) then unset({name});" for name in names)
    result = read_text(f"filter f {{ {changes} accept; }} protocol static {{ import filter f; }}")
    assert result.error is None
