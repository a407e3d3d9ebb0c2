"""What to do if a control socket cannot be had."""

import errno
import grp
import os
from typing import Final

_ABSENT: Final = "is bgpd running (systemctl status bgpd)? Another socket is named by -s"
_DEAD: Final = "the daemon that made it is gone: start bgpd (systemctl start bgpd)"
_BUSY: Final = "the daemon is busy: try again"
_GROUP: Final = "bgpd"
_ROOT: Final = "root"


def remedy(path: str, error: OSError) -> str:
    """Return what to do, to be added to what went wrong; empty if nobody knows."""
    match error.errno:
        case errno.ENOENT:
            return f"; {_ABSENT}"
        case errno.ECONNREFUSED:
            return f"; {_DEAD}"
        case errno.EAGAIN:
            return f"; {_BUSY}"
        case errno.EACCES | errno.EPERM:
            group = _group(path)
            if group == _ROOT:
                return "; only root may: use sudo"
            return f"; only root and group {group} may: use sudo, or once sudo usermod -aG {group} $USER"
        case _:
            return ""


def _group(path: str) -> str:
    """Return whose socket it is, if that may be seen."""
    try:
        return grp.getgrgid(os.stat(path).st_gid).gr_name
    except (OSError, KeyError):
        return _GROUP
