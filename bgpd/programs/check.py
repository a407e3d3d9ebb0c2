"""``bird -p``: is the configuration good? No socket, no route and no file is touched."""

import sys
from collections.abc import Sequence

from bgpd.bird.loading import BirdError, load_bird
from bgpd.programs.options import Options, Program
from bgpd.programs.privileges import PrivilegesError, change_group, change_user


def run(options: Options, program: Program, _arguments: Sequence[str]) -> int:
    """Say what is wrong on standard error; return 0 if nothing is."""
    try:
        if options.group is not None:
            change_group(options.group)
        if options.user is not None:
            change_user(options.user)
        loaded = load_bird([(options.configuration, program.bits)], options.socket)
    except PrivilegesError as error:
        _say(str(error))
        return 1
    except BirdError as error:
        _say(*error.printed, str(error))
        return 1
    _say(*loaded.printed, *loaded.settings.remarks)
    return 0


def _say(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"bird: {line}\n")
