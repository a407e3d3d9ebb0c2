"""Another user than root, who may still write routes and listen on port 179 (capabilities(7))."""

import ctypes
import grp
import os
import pwd
from typing import Final

from bgpd import capabilities

_KEEP_CAPABILITIES: Final = 8
"""PR_SET_KEEPCAPS of prctl(2)."""
_KEPT: Final = sum(1 << number for number in (10, 11, 12, 13))
"""CAP_NET_BIND_SERVICE, CAP_NET_BROADCAST, CAP_NET_ADMIN and CAP_NET_RAW, as BIRD."""


class PrivilegesError(Exception):
    """There is no such user or group, or it can't be taken."""


def change_group(group: str) -> None:
    """Be of this group, by name or number, and of no other. Raises PrivilegesError."""
    number = int(group) if group.isdecimal() else _group(group)
    try:
        os.setgroups([])
        os.setresgid(number, number, number)
    except OSError as error:
        raise PrivilegesError(f"setresgid: {error.strerror}") from None


def change_user(user: str) -> None:
    """Be this user, by name or number, with the rights that a router needs. Raises PrivilegesError."""
    number = int(user) if user.isdecimal() else _user(user)
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0):
        raise PrivilegesError(f"prctl: {os.strerror(ctypes.get_errno())}")
    try:
        os.setresuid(number, number, number)
    except OSError as error:
        raise PrivilegesError(f"setresuid: {error.strerror}") from None
    try:
        capabilities.put(_KEPT, _KEPT)
    except OSError as error:
        raise PrivilegesError(f"capset: {error.strerror}") from None


def _user(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise PrivilegesError(f"Cannot find user '{name}'") from None


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise PrivilegesError(f"Cannot find group '{name}'") from None
