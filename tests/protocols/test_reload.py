"""What a changed configuration means for a daemon that runs."""

from dataclasses import fields
from pathlib import Path

import pytest

from bgpd.config import DaemonSettings, build, load
from bgpd.reload import KEYS, plan

NEIGHBOR = '[[neighbors]]\nname = "tor1"\naddress = "192.0.2.2"\nasn = 65001\n'
STATIC = '[[static]]\nprefix = "10.0.0.0/8"\nblackhole = true\n'
KERNELS = '[kernels.blue4]\nfamily = "ipv4"\ntable = 100\n'
TABLES = '[router]\ntables = ["blue"]\n'
PIPE = '[[pipes]]\npeer_table = "blue"\n'
OTHER = '[[neighbors]]\nname = "tor2"\naddress = "192.0.2.3"\nasn = 65001\n'

CASES = [
    # before, after, changed passwords, words in what has to wait
    (NEIGHBOR, NEIGHBOR, {}, []),
    (NEIGHBOR, f'{NEIGHBOR}password = "new"', {"tor1": b"new"}, []),
    (f'{NEIGHBOR}password = "old"', f'{NEIGHBOR}password = "new"', {"tor1": b"new"}, []),
    (f'{NEIGHBOR}password = "old"', NEIGHBOR, {"tor1": b""}, []),
    (f'{NEIGHBOR}password = "old"', f"{NEIGHBOR}hold_time = 9", {}, ["tor1 differs in more"]),
    (
        f'{NEIGHBOR}password = "old"',
        f'{NEIGHBOR}tcp_ao = {{ password = "new" }}',
        {},
        ["tor1 differs in more"],
    ),
    (NEIGHBOR, f"{NEIGHBOR}{OTHER}", {}, ["tor2 is new"]),
    (f"{NEIGHBOR}{OTHER}", NEIGHBOR, {}, ["tor2 is gone"]),
    (NEIGHBOR, f"[router]\nport = 1790\n{NEIGHBOR}", {}, ["[router] port differs"]),
    ("", "[decision]\nmed_metric = true", {}, ["[decision] differs"]),
    ("", "[direct]\npreference = 1", {}, ["[direct] preference differs"]),
    ("", '[router]\ntables = ["blue"]', {}, ["[router] tables differs"]),
    ("", "[router]\nconfederation = { id = 64500 }", {}, ["[router] confederation differs"]),
    ("", STATIC, {}, ["[[static]] differs"]),
    (STATIC, f"{STATIC}preference = 1", {}, ["[[static]] differs"]),
    ("", "[kernel.ipv4]\nmerge_paths = 4\n[kernel.ipv6]", {}, ["kernel table kernel1 differs"]),
    ("[kernel.ipv4]", "[kernel.ipv4]\nlearn = true", {}, ["kernel table kernel1 differs"]),
    ("", KERNELS, {}, ["kernel table blue4 is new"]),
    ("[kernel.ipv4]\n[kernel.ipv6]", "[kernel.ipv4]", {}, ["kernel table kernel2 is gone"]),
    (TABLES, f"{TABLES}{PIPE}", {}, ["pipe pipe1 is new"]),
    (f"{TABLES}{PIPE}", TABLES, {}, ["pipe pipe1 is gone"]),
    (f"{TABLES}{PIPE}", f'{TABLES}{PIPE}mode = "opaque"', {}, ["pipe pipe1 differs"]),
    (NEIGHBOR, f"{NEIGHBOR}allow_local_as = 1", {}, ["tor1 differs in more"]),
]


def test_every_setting_is_compared() -> None:
    """A setting that is not would change in the file and never be heard of again."""
    named = {"kernels", "pipes", "neighbors", "filters"}
    assert KEYS.keys() | named == {part.name for part in fields(DaemonSettings)}


@pytest.mark.parametrize(("before", "after", "passwords", "waiting"), CASES)
def test_passwords_are_applied_and_the_rest_is_named(
    before: str, after: str, passwords: dict[str, bytes], waiting: list[str], tmp_path: Path
) -> None:
    def settings(text: str) -> DaemonSettings:
        path = tmp_path / "bgpd.toml"
        path.write_text(text)
        return build(load(path))

    found = plan(settings(before), settings(after))
    assert found.passwords == passwords
    assert len(found.waiting) == len(waiting)
    assert all(words in line for words, line in zip(waiting, found.waiting, strict=True))
