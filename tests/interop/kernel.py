"""What the daemon wrote into a host's kernel."""

import json
from typing import Any

from tests.interop.lab import Host
from tests.interop.routers import Family


def kernel_routes(host: Host, family: Family) -> dict[str, Any]:
    """Return the routes with ``proto bird`` as ``ip -json route`` shows them, by prefix."""
    selector, bits = ("-4", 32) if family == "ipv4" else ("-6", 128)
    rows = json.loads(host.ip(selector, "-json", "route", "show", "proto", "bird"))
    return {row["dst"] if "/" in row["dst"] else f"{row['dst']}/{bits}": row for row in rows}
