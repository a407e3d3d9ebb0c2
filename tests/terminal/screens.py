"""Writes docs/screens.md: ``python -m tests.terminal.screens > docs/screens.md``.

The programs run in tmux and ask the daemon of ``tests.terminal.daemon``, which is always the same. The only
thing that is not is how fast it answers, so that is written over; so is how often it is asked, which is once
here, lest it says something else on a slow machine.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bgpd.top.columns import COLUMNS
from bgpd.top.view import HELP
from tests.terminal.tmux import NARROW, WIDE, Tmux, served, terminal

PAGE: Final = Path(__file__).parents[2] / "docs" / "screens.md"

_ANSWER: Final = re.compile(r"^(.*  answer )\d+ ms.*$", re.MULTILINE)
_ALWAYS: Final = "1 ms in Pipeline._tick"
_EMPTY: Final = re.compile("\n{3,}")
_SECOND_QUESTION: Final = "16:10:03"
"""What the clock of the daemon says when it is asked for the second time, so that there are rates."""
_TOP: Final = ("top", "-i", "3600")

_MEANINGS: Final = {
    "n": "the name, as in the configuration",
    "s": "the state of the protocol, as in `show protocols`; sorted by trouble, the worst first",
    "t": "for how long it has been in that state",
    "a": "the AS number",
    "r": "routes that it announced and that are not refused",
    "b": "those of them that are the best of their prefix",
    "i": "prefixes announced and withdrawn by the neighbor, per second since the last question",
    "o": "the same, towards the neighbor",
    "u": "UPDATE messages of the neighbor per second",
    "v": "UPDATE messages to the neighbor per second",
    "l": "how many established sessions were lost since the start",
    "d": "the address",
    "e": "the state of the session, and what is in its way",
}
"""Of the columns, by the key that sorts by them."""

_BEGINNING: Final = """# Screens

<!-- Made by `python -m tests.terminal.screens > docs/screens.md`: the programs run in a terminal, and what
is on it is written down. A test does the same again and compares. -->

What `bgpdcl` looks like on a terminal, narrow (60 columns) and wide (160). All words and options are in
[cli.md](cli.md).

## `bgpdcl top`

Neighbors, rates, the kernel and how busy the daemon is, again every two seconds, until `q`. The lines above
the table:

| line | meaning |
|---|---|
| first | version, router id, for how long the daemon has been running, and its clock |
| `Neighbors` | how many are in which state |
| `Prefixes` | per table and family, and how many best routes change per second |
| `Kernel` | routes installed, of those that are wanted there, and messages to the kernel per second |
| `longest` | the longest time for which one callback kept all else waiting, lately, and what it was |
| `slow` | how many of them took over 50 ms since the start |
| `answer` | how long the daemon took to answer: longer if it is busy |

Where there is little room, the least important columns are left out first."""


class Scene:
    """One terminal, and what is typed there."""

    def __init__(self, tmux: Tmux, size: tuple[int, int]) -> None:
        self.tmux = tmux
        self._size = size

    def until(self, *expected: str) -> str:
        """Return the screen once these texts are on it."""
        columns, _ = self._size
        shown = _ANSWER.sub(lambda line: (line[1] + _ALWAYS)[:columns], self.tmux.until(*expected))
        return shown.replace("every 3600 s", "every 2 s")


@contextmanager
def _scene(size: tuple[int, int], *words: str) -> Iterator[Scene]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ctl"
        with served(path), terminal(Path(folder), size, ["-s", str(path), *words]) as tmux:
            yield Scene(tmux, size)


def _top() -> Iterator[str]:
    with _scene(WIDE, *_TOP) as scene:
        yield "\nWide:\n"
        yield _block(scene.until("leaf3 ", _SECOND_QUESTION))
        scene.tmux.type("s")
        scene.until("STAT*")
        scene.tmux.type("/leaf1")
        scene.until("/leaf1_")
        scene.tmux.press("Enter")
        yield "\nSorted by trouble (`s`), and only those with `leaf1` in them (`/leaf1`):\n"
        yield _block(scene.until("filter: leaf1"))
    with _scene(NARROW, *_TOP) as scene:
        yield "\nNarrow:\n"
        yield _block(scene.until("leaf3 ", _SECOND_QUESTION))
    with _scene(WIDE, *_TOP) as scene:
        scene.until(_SECOND_QUESTION)
        scene.tmux.type("?")
        yield "\nThe keys (`?`):\n"
        yield _block(scene.until("any key: back"))


def _columns() -> Iterator[str]:
    yield "\n### Columns\n"
    yield "| column | sorted by | meaning |\n|---|---|---|"
    for column in COLUMNS:
        yield f"| `{column.title}` | `{column.key}` | {_MEANINGS[column.key]} |"
    yield "\n`*` behind a title says that it is sorted by that column, `^` that it is so the other way round."
    yield "\n### Keys\n"
    yield "| key | what it does |\n|---|---|"
    for keys, text in HELP:
        yield f"| `{keys}` | {text} |"


def _prompt() -> Iterator[str]:
    yield "\n## The prompt\n"
    yield "`bgpdcl` without a command is a prompt. Tab completes words and names; `?` says at once what may"
    yield "follow, as in `birdc` and `vtysh`. A long answer stops at each page: blank for the next one, Enter"
    yield "for a line, `q` to end it. Ctrl-R finds what was typed before, Ctrl-C leaves an answer, Ctrl-D the"
    yield "prompt."
    with _scene(WIDE) as scene:
        scene.until("ready.", "bgpd>")
        scene.tmux.type("show proto")
        scene.tmux.press("Tab")
        scene.until("show protocols")
        scene.tmux.type("leaf2")
        scene.tmux.press("Tab")
        scene.tmux.press("Tab")
        yield "\n`show proto`, Tab; `leaf2`, Tab, Tab:\n"
        yield _block(scene.until("leaf29"))
    with _scene(WIDE) as scene:
        scene.until("ready.", "bgpd>")
        scene.tmux.type("show journal ?")
        yield "\n`show journal ?`:\n"
        yield _block(scene.until("PREFIX", "\nbgpd> show journal"))
    for size, name in ((WIDE, "wide"), (NARROW, "narrow")):
        with _scene(size) as scene:
            scene.until("ready.", "bgpd>")
            scene.tmux.type("show protocols")
            scene.tmux.press("Enter")
            yield f"\n`show protocols`, {name}; it goes on at a key:\n"
            yield _block(scene.until("--More--"))


def _monitor() -> Iterator[str]:
    yield "\n## `bgpdcl monitor`\n"
    yield "What changes, as it changes, until Ctrl-C: best routes, and sessions with the reason. With `-p` it"
    yield "begins with what the daemon remembers. In GoBGP's words: `monitor global rib` and"
    yield "`monitor neighbor` in one."
    with _scene(WIDE, "monitor", "-p") as scene:
        yield "\n`bgpdcl monitor -p`:\n"
        yield _block(scene.until("leaf12"))


_PARTS: Final[tuple[Callable[[], Iterator[str]], ...]] = (_top, _columns, _prompt, _monitor)


def _block(screen: str) -> str:
    """Write a screen without most of the lines that nothing is on."""
    shown = _EMPTY.sub("\n\n", screen.rstrip())
    return f"```text\n{shown}\n```"


def page() -> str:
    """Return the page."""
    parts = [_BEGINNING, *(text for part in _PARTS for text in part())]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
