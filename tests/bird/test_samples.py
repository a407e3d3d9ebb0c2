"""Every configuration that Calico renders is read, with all it says."""

from pathlib import Path

import pytest

from bgpd.bird.reading import read
from rib.filters.syntax import Filter
from tests.filters_oracle.calico import SAMPLES

FILES = [
    (path, bits)
    for name, bits in (("bird.cfg", 32), ("bird6.cfg", 128))
    for path in sorted(SAMPLES.rglob(name))
]


@pytest.mark.parametrize(("path", "bits"), FILES, ids=lambda value: str(value).removeprefix(f"{SAMPLES}/"))
def test_sample(path: Path, bits: int) -> None:
    result = read(str(path), bits)
    assert result.lines == ()
    protocols = result.configuration.protocols
    assert {protocol.kind for protocol in protocols} >= {"kernel", "device", "direct"}
    for protocol in protocols:
        if protocol.kind == "bgp":
            assert isinstance(protocol.value("export"), Filter)
            assert protocol.value("local").asn


def test_there_are_samples_of_both_families() -> None:
    assert {bits for _, bits in FILES} == {32, 128}
