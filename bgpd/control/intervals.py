"""The option ``--interval`` of programs that ask again and again."""

import argparse
from typing import Final

_LONGEST: Final = 3600


def add_interval(parser: argparse.ArgumentParser, meaning: str, usual: float, shortest: float) -> None:
    """Let the command line say how many seconds lie between two questions."""

    def seconds(text: str) -> float:
        number = float(text)
        if not shortest <= number <= _LONGEST:
            raise ValueError
        return number

    parser.add_argument(
        "-i",
        "--interval",
        type=seconds,
        default=usual,
        metavar="SECONDS",
        help=f"{meaning} (default: %(default)g)",
    )
