"""Between systemd and a service: this process takes on what the unit says, and becomes the service."""

import grp
import json
import os
import pwd
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.installation.supervisor import system
from tests.installation.supervisor.unit import Unit

GROUPS: Final = Path("/usr/lib/stand-in/groups.json")
"""The groups of system calls that systemd knows; without the file none is filtered."""
_KERNELS: Final = ("/dev", "/proc", "/sys")
"""Folders that are no files."""


def become(unit: Unit, command: Sequence[str]) -> None:
    """Run a command as the unit wants it, in the place of this process."""
    os.environ["WATCHDOG_PID"] = str(os.getpid())
    del os.environ["PYTHONPATH"]  # it was for us
    _mounts(unit)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = min(most, int(unit.text("LimitNOFILE", "1024")))  # here we may not be allowed to raise it
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    os.umask(unit.octal("UMask", 0o022))
    if unit.all("CapabilityBoundingSet"):
        system.limit_rights(unit.words("CapabilityBoundingSet"))
    user = unit.text("User")
    if user:
        account = pwd.getpwnam(user)
        group = grp.getgrnam(unit.text("Group", user)).gr_gid
        os.environ.update(HOME=account.pw_dir, USER=user, LOGNAME=user)
        groups = os.getgrouplist(user, group)
        system.become(account.pw_uid, group, groups, unit.words("AmbientCapabilities"))
    if unit.flag("NoNewPrivileges"):
        system.no_new_privileges()
    if unit.flag("MemoryDenyWriteExecute"):
        system.deny_write_execute()
    if unit.all("SystemCallFilter") and GROUPS.exists():
        allowed = system.expanded(unit.all("SystemCallFilter"), json.loads(GROUPS.read_text()))
        system.filter_calls(allowed, unit.words("RestrictAddressFamilies"))
    os.execvp(command[0], list(command))


def make_folders(unit: Unit) -> None:
    """Make what RuntimeDirectory= names; it belongs to the service."""
    for folder in runtime_folders(unit):
        Path(folder).mkdir(exist_ok=True)
        os.chmod(folder, unit.octal("RuntimeDirectoryMode", 0o755))
        if unit.text("User"):
            account = pwd.getpwnam(unit.text("User"))
            group = grp.getgrnam(unit.text("Group", account.pw_name)).gr_gid
            os.chown(folder, account.pw_uid, group)


def runtime_folders(unit: Unit) -> list[str]:
    """Return the paths that RuntimeDirectory= names."""
    return [f"/run/{name}" for name in unit.words("RuntimeDirectory")]


def _mounts(unit: Unit) -> None:
    system.own_mounts()
    if unit.text("ProtectSystem") == "strict":
        system.all_read_only((*_KERNELS, *runtime_folders(unit), *unit.words("ReadWritePaths")))
    if unit.flag("PrivateTmp"):
        system.emptied("/tmp", "1777")
        system.emptied("/var/tmp", "1777")
    if unit.flag("ProtectHome"):
        for place in ("/home", "/root", "/run/user"):
            system.emptied(place, "0000")
    if unit.flag("ProtectKernelTunables"):
        system.read_only("/proc/sys")
        system.read_only("/sys")
