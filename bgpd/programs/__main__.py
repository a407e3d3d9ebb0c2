"""``python -m bgpd.programs bird -d -c FILE``: the commands of BIRD where none is installed."""

import sys

from bgpd.programs import NAMES, run

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.exit(f"Usage: python -m bgpd.programs {'|'.join(NAMES)} [OPTIONS]")
    sys.exit(run(sys.argv[1], sys.argv[2:]))
