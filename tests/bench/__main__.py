"""`make bench`: how fast a table moves through bgpd, from one neighbor to another.

Each round starts a fresh daemon in a network namespace of its own (kernel synchronization off) and prints
seconds, CPU seconds and peak memory of the daemon, and the longest event-loop callback (thread CPU time,
wall time beside it). What the codec alone takes for a full table comes last.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from messages.iana import BGP_PORT
from tests.bench.speaker import Speaker, count_prefixes
from tests.bench.table import SENTINEL_PREFIX, announcements, prefixes, withdrawals
from tests.bench.throughput import measured

OURS, FEEDER, SINK = "192.0.2.1", "192.0.2.2", "192.0.2.3"
FEEDER_ASN, SINK_ASN, LOCAL_ASN = 65001, 65002, 64512
CHUNK = 1 << 16
INSIDE = "BGPD_BENCH_INSIDE"

CONFIGURATION = """
[router]
id = "192.0.2.1"
asn = {asn}
listen = ["192.0.2.1"]
[control]
socket = "{socket}"
[metrics]
listen = ""
[direct]
interfaces = []
[kernel]
"""
NEIGHBOR = """
[[neighbors]]
address = "{address}"
asn = {asn}
passive = true
import = "all"
export = "all"
hold_time = 180
"""


@dataclass
class Daemon:
    """A measured daemon process and where it listens."""

    process: subprocess.Popen[bytes]
    figures: Path

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def running_daemon() -> Iterator[Daemon]:
    """Start bgpd with the two neighbors; stop it, by its pid, at the end."""
    with tempfile.TemporaryDirectory(prefix="bgpd-bench-") as folder:
        configuration = Path(folder) / "bench.toml"
        text = CONFIGURATION.format(asn=LOCAL_ASN, socket=f"{folder}/bgpd.ctl")
        text += NEIGHBOR.format(address=FEEDER, asn=FEEDER_ASN) + NEIGHBOR.format(address=SINK, asn=SINK_ASN)
        configuration.write_text(text)
        figures = Path(folder) / "figures.json"
        command = [
            sys.executable,
            "-m",
            "tests.bench.measured_daemon",
            str(figures),
            "-c",
            str(configuration),
        ]
        process = subprocess.Popen(command)
        try:
            yield Daemon(process, figures)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@dataclass
class Run:
    """What one scenario took."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    longest_callback: str = ""

    def __str__(self) -> str:
        return (
            f"{self.name:<50} {self.seconds:7.2f} s {self.cpu_seconds:7.2f} CPU s"
            f" {self.peak_megabytes:6.0f} MB   {self.longest_callback}"
        )


def send(speaker: Speaker, data: bytes) -> None:
    """Send everything in chunks, as a router does."""
    speaker.socket.settimeout(120)
    for start in range(0, len(data), CHUNK):
        speaker.socket.sendall(data[start : start + CHUNK])


def timed(name: str, daemon: Daemon, feeder: Speaker, sink: Speaker, data: bytes) -> Run:
    """Send ``data`` and wait until the sentinel has come out at the other side."""
    cpu = daemon.cpu_seconds()
    started = time.monotonic()
    sender = threading.Thread(target=send, args=(feeder, data))
    sender.start()
    finished = sink.read_until(SENTINEL_PREFIX, timeout=300)
    sender.join()
    return Run(name, finished - started, daemon.cpu_seconds() - cpu, daemon.peak_megabytes())


def table_through(count: int) -> list[Run]:
    """Announce ``count`` prefixes, then withdraw them all."""
    keys = prefixes(count)
    up = b"".join(announcements(keys, FEEDER_ASN, socket.inet_aton(FEEDER)))
    down = b"".join(withdrawals(keys))
    with running_daemon() as daemon:
        sink = Speaker(SINK, SINK_ASN, (OURS, BGP_PORT))
        feeder = Speaker(FEEDER, FEEDER_ASN, (OURS, BGP_PORT))
        sink.connect()
        feeder.connect()
        runs = [timed(f"{count:,} prefixes announced", daemon, feeder, sink, up)]
        announced, withdrawn, updates = count_prefixes(b"".join(sink.received))
        check(announced - withdrawn, count + 1)
        runs[0].name += f" ({updates:,} UPDATEs out)"
        sink.received.clear()
        runs.append(timed(f"{count:,} prefixes withdrawn", daemon, feeder, sink, down))
        announced, withdrawn, _ = count_prefixes(b"".join(sink.received))
        check(withdrawn - announced, count + 1)
        feeder.close()
        sink.close()
        process, figures = daemon.process, daemon.figures
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        longest = json.loads(figures.read_text())
    runs[
        -1
    ].longest_callback = (
        f"longest callback {longest['cpu'] * 1000:.0f} ms CPU, {longest['wall'] * 1000:.0f} ms wall"
    )
    return runs


def check(found: int, expected: int) -> None:
    if found != expected:
        raise SystemExit(f"the second neighbor holds {found:,} prefixes instead of {expected:,}")


def enter_namespace() -> None:
    """Start over in a network namespace whose loopback has the addresses of all speakers."""
    if os.environ.get(INSIDE):
        return
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    setup = f'ip link set lo up && ip address add {OURS}/24 dev lo && exec "$@"'
    command = ["unshare", "--net", *rights, "sh", "-c", setup, "sh", sys.executable, "-m", "tests.bench"]
    os.execvpe(command[0], [*command, *sys.argv[1:]], os.environ | {INSIDE: "1"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--prefixes", type=int, default=200_000, help="size of the table (default 200000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often (default 3)")
    options = parser.parse_args()
    enter_namespace()
    for round_number in range(1, options.rounds + 1):
        print(f"round {round_number} of {options.rounds}", flush=True)
        for run in table_through(options.prefixes):
            print(f"  {run}", flush=True)
    for line in measured():
        print(line, flush=True)


if __name__ == "__main__":
    main()
