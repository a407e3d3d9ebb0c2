"""What ``down`` says will come of the routes."""

from typing import NamedTuple

import pytest

from bgpd.restart.leaving import Stop, Told, consequences


class Neighbor(NamedTuple):
    name: str
    keeps_ours: int


class Table(NamedTuple):
    fib: tuple[int, ...]


class Kernel(NamedTuple):
    name: str
    persists: bool
    kernel: Table = Table((1, 2, 3))


KEEPER, OTHER = Told(Neighbor("tor1", 120), 7), Told(Neighbor("tor2", 0), 12)
LONGER = Told(Neighbor("tor3", 300), 1)


@pytest.mark.parametrize(
    ("how", "told", "kernels", "expected"),
    [
        ("withdraw", [], [], []),
        (
            "withdraw",
            [KEEPER, OTHER],
            [Kernel("kernel1", False)],
            [
                "withdraw: 2 neighbors are sent a Cease and forget our 19 routes",
                "kernel1: 3 routes leave the kernel",
            ],
        ),
        ("withdraw", [LONGER], [], ["withdraw: 1 neighbor is sent a Cease and forgets our 1 route"]),
        (
            "graceful",
            [Told(Neighbor("tor2", 0), 1)],
            [],
            [
                "graceful: tor2 does not keep our routes (no graceful restart negotiated): "
                "its 1 route goes, with a Cease"
            ],
        ),
        ("withdraw", [], [Kernel("kernel1", True)], ["kernel1: 3 routes stay in the kernel"]),
        ("withdraw", [], [Kernel("kernel1", True, Table(()))], []),
        (
            "graceful",
            [KEEPER, OTHER],
            [Kernel("kernel1", False, Table((1,)))],
            [
                "graceful: 1 neighbor keeps our routes for up to 120 s",
                "graceful: tor2 does not keep our routes (no graceful restart negotiated): "
                "its 12 routes go, with a Cease",
                "kernel1: 1 route stays in the kernel",
            ],
        ),
        (
            "graceful",
            [KEEPER, LONGER],
            [],
            ["graceful: 2 neighbors keep our routes for up to 120 to 300 s"],
        ),
    ],
)
def test_words(how: Stop, told: list[Told], kernels: list[Kernel], expected: list[str]) -> None:
    assert list(consequences(how, told, kernels)) == expected
