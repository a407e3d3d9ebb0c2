"""Our reading of configuration files against that of BIRD 1.6 (``bird -p``): the same lines and error."""

from itertools import islice
from pathlib import Path
from random import Random

import pytest

from bgpd.bird.reading import read
from tests.bird.good_files import GOOD, GOOD_IPV4, GOOD_IPV6
from tests.bird.mutations import mutations
from tests.bird.wrong_files import ERRORS, ERRORS_OF_IPV6, PRINTED
from tests.filters_oracle.bird import Bird
from tests.filters_oracle.calico import SAMPLES
from tests.interop.routers import Bird1

pytestmark = pytest.mark.interop

MUTATIONS = 150
"""Of each file."""
FILES = {32: (*GOOD, GOOD_IPV4), 128: (*GOOD, GOOD_IPV6)}
MAIN_FILES = {32: "bird.cfg", 128: "bird6.cfg"}


class Both:
    """BIRD and us."""

    def __init__(self, bits: int, directory: Path) -> None:
        Bird1.require()
        self._bits = bits
        self._bird = Bird.of(bits, directory)

    def lines(self, text: str) -> tuple[list[str], list[str]]:
        """Return what both say about a text."""
        theirs = self._bird.lines(text)
        return theirs, list(read(str(self._bird.file), self._bits).lines)


@pytest.fixture(params=[32, 128])
def bits(request: pytest.FixtureRequest) -> int:
    """The family."""
    return int(request.param)


def test_good_files(bits: int, tmp_path: Path) -> None:
    both = Both(bits, tmp_path)
    for text in FILES[bits]:
        theirs, ours = both.lines(text)
        assert ours == theirs
        assert not any("items.conf" in line for line in theirs), "BIRD refuses what should be good"


def test_the_errors_of_our_tests_are_those_of_bird(bits: int, tmp_path: Path) -> None:
    both = Both(bits, tmp_path)
    texts = [text for text, _ in ERRORS] + [text for text, _ in PRINTED]
    for text in texts if bits == 32 else [text for text, _ in ERRORS_OF_IPV6]:
        theirs, ours = both.lines(text)
        assert ours == theirs, text


def test_broken_files(bits: int, tmp_path: Path) -> None:
    both = Both(bits, tmp_path)
    random = Random(20240601)
    different = []
    for text in FILES[bits]:
        for broken in islice(mutations(text, random), MUTATIONS):
            theirs, ours = both.lines(broken)
            if ours != theirs:
                different.append("\n".join((broken, *(f"BIRD: {line}" for line in theirs), *ours)))
    assert not different, f"{len(different)} differ:\n\n" + "\n\n".join(different[:5])


def test_broken_samples(bits: int, tmp_path: Path) -> None:
    """The main files only, with all that they include in its place."""
    both = Both(bits, tmp_path)
    random = Random(20240602)
    different = []
    for path in sorted(SAMPLES.rglob(MAIN_FILES[bits]))[::3]:
        text = "".join((path.parent / name).read_text() for name in _included(path)) + path.read_text()
        text = text.replace("include ", "# ")
        for broken in islice(mutations(text, random), 10):
            theirs, ours = both.lines(broken)
            if ours != theirs and "krt_tunnel" not in broken:
                different.append("\n".join((str(path), *(f"BIRD: {line}" for line in theirs), *ours)))
    assert not different, f"{len(different)} differ:\n\n" + "\n\n".join(different[:5])


def _included(path: Path) -> list[str]:
    return [line.split('"')[1] for line in path.read_text().splitlines() if line.startswith("include ")]
