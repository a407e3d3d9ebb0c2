"""What the kernel is asked for a service: rights, mounts, and the filter of system calls."""

import ctypes
import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

NUMBERS: Final = {"CAP_NET_BIND_SERVICE": 10, "CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13}
"""Capabilities that a router may want."""
_C: Final = ctypes.CDLL(None, use_errno=True)

_DROP, _KEEP, _NO_NEW, _AMBIENT, _DENY_WRITE_EXECUTE = 24, 8, 38, 47, 65
"""PR_CAPBSET_DROP, PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_SET_MDWE of prctl(2)."""
_RAISE: Final = 2
_CAPABILITY_VERSION: Final = 0x20080522

_READ_ONLY, _NO_SET_USER, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 32, 4096, 16384, 1 << 18
_NEW_MOUNTS: Final = 0x20000

_FAMILIES: Final = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
_ALL_FAMILIES: Final = 46
_COMPARISON: Final = struct.Struct("=IiQQ")
"""Argument, operator and values of libseccomp's scmp_arg_cmp."""
_ALLOW: Final = 0x7FFF0000
_ERROR: Final = 0x00050000
_EQUAL: Final = 4
_NOT_SUPPORTED: Final = 97


def limit_rights(names: Iterable[str]) -> None:
    """Let no program that is started later have more capabilities than these."""
    wanted = _bits(names)
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for number in range(last + 1):
        if not wanted >> number & 1:
            _control(_DROP, number)


def become(user: int, group: int, groups: Sequence[int], ambient: Iterable[str]) -> None:
    """Change the user, and keep these capabilities, also over execve(2)."""
    names = list(ambient)
    _control(_KEEP, 1)
    os.setgroups(groups)
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    bits = _bits(names)
    words = [bits & 0xFFFFFFFF] * 3 + [bits >> 32] * 3
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    _checked(_C.capset(header, struct.pack("=6I", *words)), "capset")
    for name in names:
        _control(_AMBIENT, _RAISE, NUMBERS[name])


def no_new_privileges() -> None:
    """Let no program file give more rights than there are."""
    _control(_NO_NEW, 1)


def deny_write_execute() -> None:
    """Let no memory be written and run, as far as the kernel can (Linux 6.3)."""
    _C.prctl(_DENY_WRITE_EXECUTE, 1, 0, 0, 0)


def own_mounts() -> None:
    """See mounts of one's own from now on."""
    _checked(_C.unshare(_NEW_MOUNTS), "unshare")
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)


def all_read_only(but: Sequence[str]) -> None:
    """Let nothing be written but below these folders."""
    for place in but:
        _mount(place, place, "", _BIND)
    for place in _mount_points():
        if not any(place == each or place.startswith(f"{each}/") for each in but):
            _mount("none", place, "", _REMOUNT | _BIND | _READ_ONLY)


def read_only(place: str) -> None:
    """Let nothing be written below a folder."""
    _mount(place, place, "", _BIND | _RECURSIVE)
    _mount("none", place, "", _REMOUNT | _BIND | _READ_ONLY)


def emptied(place: str, mode: str) -> None:
    """Lay an empty folder over one."""
    if Path(place).is_dir():
        _mount("tmpfs", place, "tmpfs", _NO_SET_USER, f"mode={mode}")


def filter_calls(allowed: Iterable[str], families: Iterable[str]) -> None:
    """Let these system calls through, and sockets of these families; all others are errors."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(_ERROR | 1))
    for name in allowed:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and name != "socket":
            _checked(library.seccomp_rule_add(context, _ALLOW, number, 0), f"seccomp {name}")
    socket = library.seccomp_syscall_resolve_name(b"socket")
    wanted = {_FAMILIES[name] for name in families} or set(range(_ALL_FAMILIES))
    for family in range(_ALL_FAMILIES):
        action = _ALLOW if family in wanted else _ERROR | _NOT_SUPPORTED
        is_it = _COMPARISON.pack(0, _EQUAL, family, 0)
        _checked(library.seccomp_rule_add_array(context, action, socket, 1, is_it), f"socket({family})")
    _checked(library.seccomp_load(context), "seccomp_load")


def expanded(lines: Iterable[str], groups: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the system calls that SystemCallFilter= lets through, given the groups that systemd knows."""
    allowed = _calls("@default", groups)
    for line in lines:
        names = {name for word in line.removeprefix("~").split() for name in _calls(word, groups)}
        allowed = allowed - names if line.startswith("~") else allowed | names
    return allowed


def _calls(word: str, groups: Mapping[str, Sequence[str]]) -> set[str]:
    if not word.startswith("@"):
        return {word}
    return {name for each in groups[word] for name in _calls(each, groups)}


def _mount_points() -> list[str]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [line.split()[1] for line in lines]


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    words = [each.encode() for each in (source, target, kind)]
    _checked(_C.mount(*words, ctypes.c_ulong(flags), options.encode()), f"mount {target}")


def _bits(names: Iterable[str]) -> int:
    return sum(1 << NUMBERS[name] for name in names)


def _control(what: int, *values: int) -> None:
    numbers = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _checked(_C.prctl(what, *numbers), f"prctl {what}")


def _checked(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno() or -result
        raise OSError(number, f"{what}: {os.strerror(number)}")
