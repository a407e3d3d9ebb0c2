"""What the daemon wrote into a host's kernel, and what it says about it."""

import json
from collections.abc import Iterable
from typing import Any, Final

from tests.interop.lab import Host
from tests.interop.routers import FAMILIES, Bgpd, Family, family_of

AT_ONCE: Final = 20.0
"""Seconds on a machine that has other things to do as well; by itself it takes less than 0.1."""
_ROUTER: Final = """
[router]
id = "192.0.2.1"
asn = 64512
[metrics]
listen = ""
[direct]
interfaces = []
"""


def kernel_routes(host: Host, family: Family) -> dict[str, Any]:
    """Return the routes with ``proto bird`` as ``ip -json route`` shows them, by prefix."""
    selector, bits = ("-4", 32) if family == "ipv4" else ("-6", 128)
    rows = json.loads(host.ip(selector, "-json", "route", "show", "proto", "bird"))
    return {row["dst"] if "/" in row["dst"] else f"{row['dst']}/{bits}": row for row in rows}


def keeper(host: Host, *sections: str, kernel: str = "", check_interval: int = 0) -> Bgpd:
    """Return a daemon with these sections and lines about both kernel tables, to be started.

    Unless told so it never checks the tables: what it then puts right it was told of by the kernel.
    """
    lines = f"check_interval = {check_interval}\n{kernel}\n"
    tables = [f"[kernel.{family}]\n{lines}" for family in FAMILIES]
    return Bgpd.with_file(host, "\n".join([_ROUTER, *tables, *sections]))


def static(prefix: str, **fields: object) -> str:
    """Return a static route as a section of the configuration."""
    lines = [f"{name} = {_value(value)}" for name, value in {"prefix": prefix, **fields}.items()]
    return "\n".join(["[[static]]", *lines, ""])


def _value(value: object) -> str:
    """Return TOML: inline tables apart, it is spelled as JSON."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_value(each)}' for name, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def batch(host: Host, commands: Iterable[str]) -> None:
    """Run many commands of ``ip`` in a host, as fast as one process can."""
    script = host.directory / "ip.batch"
    script.write_text("".join(f"{command}\n" for command in commands))
    host.ip("-batch", str(script))


def answer(bgpd: Bgpd, command: str) -> Any:
    """Return what a command answers in JSON."""
    return bgpd.answer(command)


def best_routes(bgpd: Bgpd) -> dict[str, str | None]:
    """Return what keeps the best route to each prefix out of the kernel, None for nothing."""
    shown = answer(bgpd, "show route all")
    return {row["prefix"]: row.get("kernel_problem") for row in shown if row["best"]}


def problem(bgpd: Bgpd, prefix: str) -> str | None:
    """Return what keeps the best route out of the kernel; ``show route`` and ``explain`` must agree."""
    [kernel, *_] = answer(bgpd, f"explain {prefix}")["kernel"]
    reason = kernel.get("why")
    text = "\n".join(bgpd.ask(f"show route {prefix} all"))
    assert (" !" in text, " *" in text) == (reason is not None, reason is None), text
    assert reason is None or f"bgpd.kernel: {reason}" in text, text
    return None if reason is None else str(reason)


def in_step(bgpd: Bgpd, family: Family) -> bool:
    """Tell whether the kernel has the best routes that nothing keeps out, and no others of ours."""
    shown = best_routes(bgpd).items()
    there = {prefix for prefix, reason in shown if reason is None and family_of(prefix) == family}
    assert there == set(kernel_routes(bgpd.host, family))
    counts = report(bgpd, family)
    assert (counts["installed"], counts["strays"]) == (len(there), 0), counts
    assert counts["waiting"] == counts["problems"], counts
    return True


def report(bgpd: Bgpd, family: Family) -> dict[str, Any]:
    """Return what ``show kernel`` says of the table of a family."""
    [row] = [row for row in answer(bgpd, "show kernel") if row["family"] == family]
    assert isinstance(row, dict)
    return row
