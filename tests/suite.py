"""Runs all tests, the interop tests beside the others, and closes with one line that counts them all.

``python -m tests.suite [argument of pytest ...]``: several pytest processes share the interop tests, which
mostly wait (``tests.sharing``).  Others share the rest; these stand back where both want the processor.  The
output of each process follows when the one before it has ended.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / ".cache" / "suite"
INTEROP_PROCESSES: Final = 4
UNIT_PROCESSES: Final = 2
_STAND_BACK: Final = ("nice", "-n", "5")
_ORDER: Final = ("failed", "error", "passed", "skipped", "xfailed")


@dataclass(slots=True)
class Tally:
    """What became of the tests of one or more runs."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, report: Path) -> None:
        """Count the tests of one JUnit report; a report that is not there is an error."""
        if not report.exists():
            self.counts["error"] += 1
            return
        for case in ElementTree.parse(report).iter("testcase"):
            self._add_case(case)

    def lines(self, seconds: float) -> Iterator[str]:
        """Yield each reason to skip with its count, then the line with the sums, in the form pytest has."""
        for reason, count in sorted(self.reasons.items()):
            yield f"{count} skipped: {reason}"
        sums = ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in _ORDER if self.counts[outcome])
        yield f" {sums or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")

    def _add_case(self, case: ElementTree.Element) -> None:
        skip = case.find("skipped")
        if case.find("failure") is not None:
            self.counts["failed"] += 1
        elif case.find("error") is not None:
            self.counts["error"] += 1
        elif skip is None:
            self.counts["passed"] += 1
        elif skip.get("type") == "pytest.xfail":
            self.counts["xfailed"] += 1
        else:
            self.counts["skipped"] += 1
            self.reasons[skip.get("message", "no reason").removeprefix("Skipped: ")] += 1


def parts(claims: Path) -> dict[str, list[str]]:
    """Return the arguments of each process by its name; they share their tests in a folder."""
    share = ["-p", "tests.sharing", f"--share-in={claims}"]
    return {
        f"{kind}-{number}": ["-m", marked, *share]
        for kind, marked, processes in (
            ("unit", "not interop", UNIT_PROCESSES),
            ("interop", "interop", INTEROP_PROCESSES),
        )
        for number in range(1, processes + 1)
    }


def environment() -> dict[str, str]:
    """Return that of the processes: what they compile is kept, or each daemon that they start compiles it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main(arguments: Sequence[str]) -> int:
    """Run the parts side by side and return 0 if both ended well."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    RESULTS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    runs: list[_Run] = []
    with tempfile.TemporaryDirectory(dir=RESULTS) as claims:
        try:
            runs += [_Run(name, [*part, *arguments]) for name, part in parts(Path(claims)).items()]
            for run in runs:
                run.show()
        finally:
            for run in runs:
                run.end()
    tally = Tally()
    for run in runs:
        tally.add(run.report)
    print("\n".join(tally.lines(time.monotonic() - started)))
    return int(any(run.status for run in runs))


class _Run:
    """One pytest process, its output kept in a file until it is its turn to be shown."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.report = RESULTS / f"{name}.xml"
        self.report.unlink(missing_ok=True)
        self._log = RESULTS / f"{name}.log"
        first = _STAND_BACK if name.startswith("unit") else ()
        command = [*first, sys.executable, "-m", "pytest", f"--junitxml={self.report}", *arguments]
        with self._log.open("wb") as output:
            self._child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def status(self) -> int | None:
        """0 if all went well, ``None`` while it runs."""
        return self._child.poll()

    def show(self) -> None:
        """Print the output, up to the end of the process."""
        print(f"--- {self.name}", flush=True)
        with self._log.open("rb") as output:
            running = True
            while running:
                running = self._child.poll() is None
                sys.stdout.buffer.write(output.read())
                sys.stdout.flush()
                time.sleep(0.1 if running else 0)

    def end(self) -> None:
        """Interrupt the process if it still runs, so that it cleans up, and wait for it."""
        if self._child.poll() is None:
            self._child.terminate()
        self._child.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("interrupted")
