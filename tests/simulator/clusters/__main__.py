"""``python -m tests.simulator.clusters``: a cluster that starts, in one process, and what that takes."""

import argparse
import sys

from tests.simulator.clusters.cluster import Cluster
from tests.simulator.clusters.trial import check, play


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator.clusters", description=__doc__)
    parser.add_argument(
        "--nodes", type=int, default=1000, help="how many, with the reflectors (default 1000)"
    )
    parser.add_argument("--blocks", type=int, default=10, help="of each node (default 10)")
    parser.add_argument("--reflectors", type=int, default=2, help="0 makes a full mesh (default 2)")
    parser.add_argument(
        "--racks", type=int, default=0, help="each with two reflectors of its own (default 0)"
    )
    cluster = Cluster(**vars(parser.parse_args()))
    network, figures = play(cluster)
    print("\n".join(figures.lines()))
    check(cluster, network)
    print("every node has the right route to every block")
    return 0


if __name__ == "__main__":
    sys.exit(main())
