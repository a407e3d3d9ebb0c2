"""Makes ``docs/metrics.md`` from the tables of figures.

``python -m bgpd.metrics.reference > docs/metrics.md``
"""

import sys
from collections.abc import Iterator
from typing import Final

from bgpd.metrics.figure import Figure
from bgpd.metrics.figures import SECTIONS

_INTRODUCTION: Final = """\
# Metrics

<!-- Made from the tables of figures by `python -m bgpd.metrics.reference`; edit bgpd/metrics. -->

A small HTTP server has them, at `127.0.0.1:9179` unless `listen` in `[metrics]` says something else:

| page | for |
|---|---|
| `/metrics` | Prometheus. Everything is read at that moment; whoever does not ask costs nothing. |
| `/healthz` | Whether the daemon is alive: 200 as long as its event loop goes round. |
| `/readyz` | Whether traffic may be sent to this node: 200, or 503 and the reasons, a line each. |

```yaml
scrape_configs:
  - job_name: bgpd
    static_configs:
      - targets: ["127.0.0.1:9179"]
```

[configs/prometheus/alerts.yaml](../configs/prometheus/alerts.yaml) has alert rules,
[configs/grafana/bgpd.json](../configs/grafana/bgpd.json) a dashboard to import.

## What ready means

A node is **ready** once its routes are what its neighbors have to say, and have been handed to the kernel:

1. the configuration is in force and the kernel's tables are open;
2. every neighbor that is expected has sent End-of-RIB, or has been quiet for a while without one, or has not
   come in the time that there is for it (15 seconds and `connect_delay`; half a minute for one that connects
   to us);
3. routes that an earlier process has left in the kernel are adopted or gone;
4. after a restart the neighbors that have kept our routes are told what we have, `restart_wait` at the
   latest.

From then on it stays ready as long as 1 holds. A neighbor that is lost later does not make it unready, nor
does one that never comes: a rolling update waits for each node to be ready, and one broken neighbor must not
stop it for good. Nor does trouble with the Kubernetes API, without which routing goes on. For all of these
there are alert rules.

In Kubernetes, `/healthz` is for the liveness probe and `/readyz` for the readiness probe. The server belongs
to the host's network: give the probes `host: 127.0.0.1`, or let it listen elsewhere.

## Good to know

- Counters count from the start of the daemon and begin again when a neighbor is configured anew. For those
  whose labels come by themselves (`bgpd_notifications_total`, `bgpd_faults_total`) there is no figure before
  the first event.
- What a neighbor is told of (`bgpd_routes_advertised`) is not kept for each prefix, and no scrape walks a
  table: it is counted after the scrape, a slice at a time and with at most a twentieth of a processor, and
  the next scrape shows it.
- `process_*` are those of the Prometheus library: memory, processor time, files, and
  `process_start_time_seconds`.
"""


def reference() -> str:
    """Return the document."""
    return "\n".join((_INTRODUCTION, *_sections()))


def _sections() -> Iterator[str]:
    for title, figures in SECTIONS.items():
        yield f"## {title}\n"
        yield "| name | type | labels | meaning |\n|---|---|---|---|"
        yield from map(_row, figures)
        yield ""


def _row(figure: Figure) -> str:
    labels = ", ".join(f"`{label}`" for label in figure.labels)
    return f"| `{figure.name}` | {figure.kind} | {labels} | {figure.text} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
