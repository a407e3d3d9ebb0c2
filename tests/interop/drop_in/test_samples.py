"""Every configuration that Calico has rendered: our daemon and BIRD 1.6.8 make the same of it."""

import os
from functools import partial
from typing import Final

import pytest

from tests.interop.drop_in.comparison import Answer, differences, show
from tests.interop.drop_in.expected import remaining
from tests.interop.drop_in.node import Node
from tests.interop.drop_in.normalized import normalized
from tests.interop.drop_in.programs import BIRD, OURS
from tests.interop.drop_in.sample import Sample, all_samples
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = [pytest.mark.interop, pytest.mark.soak]

QUESTIONS: Final = ("show symbols", "show static", "show route all", "show interfaces")
OF_THE_FORK: Final = "krt_tunnel"
"""A sample with this attribute is refused by BIRD 1.6.8; only Calico's fork has it."""
EVERY: Final = 1 if os.environ.get("BGPD_SOAK") else 9


def answers(node: Node, sample: Sample) -> list[Answer]:
    """Return what is compared; of the protocols not the states, since nobody answers them."""
    asked = partial(node.ask, sample.family)
    names = [" ".join(line.text.split()[:3]) for line in asked("show protocols")]
    shown = [(each, sample.family, normalized(each, asked(each))) for each in QUESTIONS]
    return [("show protocols", sample.family, names), *shown]


@pytest.mark.parametrize("sample", all_samples()[::EVERY], ids=lambda sample: sample.name)
def test_sample(lab: Lab, sample: Sample) -> None:
    ours = sample.start(lab, OURS)
    if OF_THE_FORK in sample.text:
        rows = eventually(
            lambda: [line.text.split()[:3] for line in ours.ask(sample.family, "show protocols")]
        )
        assert ["kernel1", "Kernel", "master"] in rows
        return
    theirs = sample.start(lab, BIRD)
    found = remaining(lambda: differences(answers(theirs, sample), answers(ours, sample)))
    assert not found, show(found)
