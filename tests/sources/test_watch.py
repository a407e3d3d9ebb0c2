"""Whether what was read is still there, decided from what a file looks like."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from bgpd.sources.watch import Look, Stamp, Watch, look

READ_AT: Final = 1000.0


def file(version: int, name: str = "nodes.json") -> Stamp:
    """Return how a file looks; every version is long since written."""
    return Stamp(name, version, version, 100, 7, 1)


def there(version: int) -> Look:
    return Look((file(version),))


def folder(*versions: int) -> Look:
    return Look(tuple(file(version, f"{number}.json") for number, version in enumerate(versions)), True)


GONE: Final = Look(problem="No such file or directory")
READ: Final[Mapping[str, tuple[Look, Sequence[tuple[Look, bool]]]]] = {
    "nothing happens": (there(1), [(there(1), False)] * 3),
    "it is another one": (there(1), [(there(2), False), (there(2), True), (there(2), False)]),
    "it is being written": (
        there(1), [(there(2), False), (there(3), False), (there(4), False), (there(4), True)]),
    "it is written and taken back": (there(1), [(there(2), False), (there(1), False), (there(1), False)]),
    "it is away for a while": (there(1), [(GONE, False), (GONE, False), (there(1), False)]),
    "it comes back as another one": (there(1), [(GONE, False), (there(2), False), (there(2), True)]),
    "it is away while it is written": (
        there(1), [(there(2), False), (GONE, False), (there(2), False), (there(2), True)]),
    "it appears": (GONE, [(GONE, False), (there(1), False), (there(1), True)]),
    "a file comes to a folder": (folder(1), [(folder(1, 1), False), (folder(1, 1), True)]),
    "a file of a folder changes": (folder(1, 1), [(folder(1, 2), False), (folder(1, 2), True)]),
    "a folder becomes empty": (folder(1), [(folder(), False), (folder(), True)]),
    "a folder becomes a file": (folder(1), [(there(1), False), (there(1), True)]),
}  # fmt: skip


@pytest.mark.parametrize(("first", "looks"), READ.values(), ids=READ.keys())
def test_what_is_read_again(first: Look, looks: Sequence[tuple[Look, bool]]) -> None:
    watch = Watch(first, READ_AT)
    assert [watch.is_news(now) for now, _ in looks] == [is_news for _, is_news in looks]


def test_what_never_comes_to_rest_is_read_once_in_a_while() -> None:
    watch = Watch(there(0), READ_AT)
    found = [watch.is_news(there(version)) for version in range(1, 101)]
    assert 1 < sum(found) < 20


def test_what_is_written_after_somebody_began_to_read_is_read_again() -> None:
    written = int((READ_AT + 1) * 1e9)
    now = Look((Stamp("nodes.json", written, written, 100, 7, 1),))
    watch = Watch(now, READ_AT)
    assert [watch.is_news(now) for _ in range(3)] == [False, True, False]


def test_it_is_looked_at_soon_while_it_is_written() -> None:
    watch = Watch(there(1), READ_AT)
    is_unsettled = []
    for version in (1, 2, 2, 2):
        watch.is_news(there(version))
        is_unsettled.append(watch.is_unsettled)
    assert is_unsettled == [False, True, False, False]


def replace_it(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_text("a")
    other.rename(path)


def replace_with_times(path: Path) -> None:
    """Copy another content of the same length over it, with its times."""
    times = path.stat()
    replace_it(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def lead_elsewhere(path: Path) -> None:
    """As the kubelet does when a ConfigMap changes."""
    other = path.with_name("elsewhere")
    other.write_text("a")
    path.unlink()
    path.symlink_to(other)


CHANGES: Final[Mapping[str, Callable[[Path], object]]] = {
    "written to": lambda path: path.write_text("bb"),
    "replaced": replace_it,
    "replaced by one of the same time and length": replace_with_times,
    "a link instead": lead_elsewhere,
    "readable for others": lambda path: path.chmod(0o640),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_of_a_file_is_seen(tmp_path: Path, change: Callable[[Path], object]) -> None:
    path = tmp_path / "nodes.json"
    path.write_text("a")
    os.utime(path, ns=(10**18, 10**18))
    before = look(str(path))
    assert look(str(path)) == before
    change(path)
    assert look(str(path)) != before


def test_only_json_counts_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    before = look(str(tmp_path))
    (tmp_path / "a.json~").write_text("{}")
    (tmp_path / "gone.json").symlink_to("nowhere")
    assert look(str(tmp_path)) == before
    (tmp_path / "b.json").write_text("{}")
    assert [stamp.name for stamp in look(str(tmp_path)).files] == ["a.json", "b.json"]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    found = look(str(tmp_path / "nodes.json"))
    assert not found.files
    assert found.problem == "No such file or directory; what was read last holds until it is back"
