"""The commands of BIRD: ``bird``, ``bird6``, ``birdcl`` and ``birdcl6``, as Calico starts them.

One process knows one address family, as in BIRD 1.6. What a command does is in a module of its own that is
loaded by name, because ``bird -p`` and ``birdcl`` are run all the time and have to be quick: they must not
wait for the modules of a whole daemon.

``bird.py`` starts the daemon (``service.py``), or checks a file (``check.py``); ``options.py``, ``title.py``,
``privileges.py`` and ``background.py`` are what it takes to be taken for BIRD; ``installation.py`` writes the
commands into a folder.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

_MODULES: Final[Mapping[str, str]] = {
    "bird": "bgpd.programs.bird",
    "bird6": "bgpd.programs.bird",
    "birdcl": "bgpd.control.birdcl",
    "birdcl6": "bgpd.control.birdcl",
}
NAMES: Final = tuple(_MODULES)


def run(name: str, arguments: Sequence[str]) -> int:
    """Run one of the commands and return its exit status."""
    status: int = import_module(_MODULES[name]).main(arguments, program=name)
    return status


def bird() -> int:
    """Run the daemon for IPv4."""
    return run("bird", sys.argv[1:])


def bird6() -> int:
    """Run the daemon for IPv6."""
    return run("bird6", sys.argv[1:])


def birdcl() -> int:
    """Run the client of ``bird``."""
    return run("birdcl", sys.argv[1:])


def birdcl6() -> int:
    """Run the client of ``bird6``."""
    return run("birdcl6", sys.argv[1:])
