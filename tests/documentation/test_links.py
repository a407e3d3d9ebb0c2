"""Links lead somewhere, and every page can be reached."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.documentation.pages import PAGES, ROOT, page

_ELSEWHERE = re.compile(r"[a-z]+:")


def _led_to(name: str, link: str) -> tuple[str, str]:
    """Return the file of a link, relative to the repository, and the part of it."""
    path, _, anchor = link.partition("#")
    whole = (ROOT / name).parent / path if path else ROOT / name
    return str(PurePosixPath(whole.resolve().relative_to(ROOT))), anchor


def dead_links(name: str) -> Iterator[str]:
    """Yield the links of a page that lead nowhere."""
    for line, link in page(name).links:
        if _ELSEWHERE.match(link):
            continue
        path, anchor = _led_to(name, link)
        if not (ROOT / path).exists():
            yield f"{name}:{line}: there is no {path}"
        elif anchor and path.endswith(".md") and anchor not in page(path).anchors:
            yield f"{name}:{line}: {path} has no part #{anchor}"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    assert not [*dead_links(name)]


def test_every_page_is_reached_from_the_first() -> None:
    reached, new = set[str](), {"README.md"}
    while new:
        reached |= new
        links = {_led_to(name, link)[0] for name in new for _, link in page(name).links if "://" not in link}
        new = {link for link in links if link in PAGES} - reached
    assert not {*PAGES} - reached


def test_links_are_found() -> None:
    assert sum(1 for name in PAGES for _ in page(name).links) >= 50
