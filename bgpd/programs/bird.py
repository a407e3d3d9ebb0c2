"""The daemon in the clothes of BIRD: reads BIRD's configuration, speaks its words, has its options."""

import gc
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Final

from bgpd.programs.options import PROGRAMS, OptionsError, read_options

_POSTPONED: Final = {signal.SIGHUP, signal.SIGUSR1}
"""They would end a process that is not yet ready for them."""


def main(arguments: Sequence[str], *, program: str) -> int:
    """Run ``bird`` or ``bird6`` and return its exit status."""
    try:
        options = read_options(arguments, PROGRAMS[program])
    except OptionsError as error:
        sys.stderr.write(f"{error}\n")
        return error.status
    signal.pthread_sigmask(signal.SIG_BLOCK, _POSTPONED)
    step = "bgpd.programs.check" if options.parse else "bgpd.programs.service"
    status: int = _loaded(step).run(options, PROGRAMS[program], arguments)
    return status


def _loaded(module: str) -> ModuleType:
    """Load without looking for garbage, of which there is none: that is an eighth of the time of a check."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.enable()
