"""What a changed configuration means for a daemon that runs."""

from pathlib import Path

import pytest

from bgpd.config import DaemonSettings, build, load
from bgpd.reload import plan

NEIGHBOR = '[[neighbors]]\nname = "tor1"\naddress = "192.0.2.2"\nasn = 65001\n'
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
    (NEIGHBOR, f"[router]\nport = 1790\n{NEIGHBOR}", {}, ["port differs"]),
]


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
