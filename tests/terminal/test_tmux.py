"""``bgpdcl top`` and the prompt on real terminals, narrow and wide: typed at, resized, and left."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.terminal.tmux import NARROW, WIDE, need_tmux, served, terminal


@pytest.fixture(scope="module")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need_tmux()
    with served(tmp_path_factory.mktemp("daemon") / "ctl") as path:
        yield str(path)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_top_is_sorted_filtered_paged_and_left(socket: str, tmp_path: Path, size: tuple[int, int]) -> None:
    with terminal(tmp_path, size, ["-s", socket, "top", "-i", "1"]) as tmux:
        first = tmux.until("leaf3 ", "100")  # and the first rates
        lines = first.splitlines()
        assert (len(lines), max(map(len, lines)) <= size[0]) == (size[1], True)
        assert ("ADDRESS" in first) is (size is WIDE)
        assert "\x1b[32mup" in tmux.screen(colors=True)
        tmux.type("i")
        shown = tmux.until("leaf30", "PFX-IN/*")
        assert shown.index("leaf30") < shown.index("leaf29")
        tmux.press("End")
        tmux.until("leaf7 ", "leaf12 ")
        tmux.type("/leaf1")
        tmux.until("/leaf1_", "leaf19")
        tmux.press("Enter")
        shown = tmux.until("filter: leaf1")
        assert "leaf30" not in shown
        tmux.press("Escape")
        tmux.until("leaf30")
        tmux.type("?")
        tmux.until("any key: back", "pause, and go on")
        tmux.type(" ")
        tmux.until("leaf30")
        tmux.type("p")
        tmux.until("PAUSED")
        tmux.type("q")
        assert tmux.status() == 0


def test_top_follows_the_size_of_the_terminal(socket: str, tmp_path: Path) -> None:
    with terminal(tmp_path, WIDE, ["-s", socket, "top", "-i", "60"]) as tmux:
        tmux.until("ADDRESS", "INFO")
        tmux.resize(*NARROW)
        shown = tmux.until_gone("ADDRESS")
        assert "leaf1 " in shown
        tmux.resize(*WIDE)
        tmux.until("ADDRESS", "leaf17 ")
        tmux.press("C-c")
        assert tmux.status() == 0


def test_no_color_is_respected(socket: str, tmp_path: Path) -> None:
    with terminal(tmp_path, WIDE, ["-s", socket, "top"], {"NO_COLOR": "1"}) as tmux:
        tmux.until("leaf1 ")
        assert "\x1b[3" not in tmux.screen(colors=True)
        assert "\x1b[7" not in tmux.screen(colors=True)


def test_without_a_daemon_there_is_no_top(tmp_path: Path) -> None:
    with terminal(tmp_path, WIDE, ["-s", str(tmp_path / "no"), "top"]) as tmux:
        assert tmux.status() == 1


def test_top_outlives_the_daemon(tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    with ExitStack() as stack:
        with served(path):
            tmux = stack.enter_context(terminal(tmp_path, WIDE, ["-s", str(path), "top", "-i", "1"]))
            tmux.until("leaf1 ")
        tmux.until("trying again", "leaf1 ")
        with served(path):
            tmux.until_gone("trying again")
            tmux.until("leaf1 ")
            tmux.type("q")
            assert tmux.status() == 0


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_the_prompt_completes_pages_and_is_left(socket: str, tmp_path: Path, size: tuple[int, int]) -> None:
    with terminal(tmp_path, size, ["-s", socket]) as tmux:
        tmux.until("ready.", "bgpd>")
        tmux.type("show proto")
        tmux.press("Tab")
        tmux.until("bgpd> show protocols")
        tmux.type("leaf2")
        tmux.press("Tab", "Tab")
        tmux.type("?")
        tmux.until("show protocols NAME")
        tmux.press("C-u")
        tmux.type("show protocols")
        tmux.press("Enter")
        tmux.until("--More--")
        tmux.press("Enter")
        tmux.until("--More--")
        tmux.type("q")
        tmux.until_gone("--More--")
        tmux.type("quit")
        tmux.press("Enter")
        assert tmux.status() == 0
