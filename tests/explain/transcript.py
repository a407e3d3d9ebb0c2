"""Commands and what they print, as the files in ``expected`` have them.

``python -m tests.explain.transcript`` writes the files again, with what the commands print now: read the
difference before you keep it.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

from bgpd.control.client import main

EXPECTED: Final = sorted((Path(__file__).parent / "expected").glob("*.txt"))
_PROMPT: Final = "$ bgpdcl "


def lines_of(path: Path) -> Iterator[str]:
    """Yield the file with what its commands print now in place of what they printed; comments stay."""
    for line in path.read_text().splitlines():
        if line.startswith("# "):
            yield f"{line}\n"
        if line.startswith(_PROMPT):
            yield f"{line}\n{_run(line.removeprefix(_PROMPT).split())}"


def _run(words: Sequence[str]) -> str:
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        status = main(words)
    return f"{output.getvalue()}[{status}]\n\n"


if __name__ == "__main__":
    for each in EXPECTED:
        each.write_text("".join(lines_of(each)))
