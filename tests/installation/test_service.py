"""What docs/installing.md says, done in a clean root: bgpd runs there as a service, in systemd's hands.

The tests go on where the one before has left the host; each can be run alone, too. The short form has the
machine's own system under the root and installs a wheel; the long one a fresh Debian, and begins with
a clone.
"""

import pytest

from bgpd.version import VERSION
from tests.installation.house import WATCHDOG_SECONDS, House
from tests.installation.page import sections
from tests.installation.wheels import shared_files
from tests.interop.waiting import eventually

pytestmark = [pytest.mark.interop, pytest.mark.soak]

FILE = "/etc/bgpd/bgpd.toml"
UNIT = "/usr/local/lib/systemd/system/bgpd.service"
RIGHTS = 1 << 10 | 1 << 12
"""CAP_NET_BIND_SERVICE and CAP_NET_ADMIN."""
_MAN = """#!/bin/sh
# Stands in for man(1) where there is none: -w says where a page is.
find "$MANPATH" -name "$2.[1-9]*" | grep .
"""


def test_the_script_says_each_step(house: House) -> None:
    for word in (
        "virtual environment",
        "user bgpd",
        "/usr/local/bin",
        FILE,
        UNIT,
        "systemctl enable --now bgpd",
    ):
        assert word in house.said


def test_the_daemon_is_its_user_and_has_two_rights(house: House) -> None:
    user, group = (house.root.run("id", option, "bgpd").strip() for option in ("-u", "-g"))
    facts = house.facts()
    assert set(facts["Uid"].split()) == {user}
    assert set(facts["Gid"].split()) == {group}
    for rights in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(facts[rights], 16) == RIGHTS, rights
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2", "system calls are not filtered"
    assert facts["Umask"] == "0077"


def test_it_can_write_its_own_folder_alone(house: House) -> None:
    mounts = house.root.run("cat", f"/proc/{house.process()}/mounts").splitlines()
    options = {line.split()[1]: line.split()[3].split(",")[0] for line in mounts}
    assert options["/run/bgpd"] == "rw"
    assert options["/"] == options["/proc/sys"] == options["/sys"] == "ro"


def test_who_may_read_and_ask(house: House) -> None:
    assert house.root.run("stat", "--format=%A %U %G", "/etc/bgpd", FILE).splitlines() == [
        "drwxr-x--- root bgpd",
        "-rw-r----- root bgpd",
    ]
    asking = ("setpriv", "--reuid=alice", "--regid=alice", "--init-groups", "bgpdcl", "show", "status")
    refused = house.root.outcome(*asking)
    assert refused.returncode == 1
    assert "Permission denied" in refused.stdout + refused.stderr
    (join,) = sections()["Who may do what"]
    house.paste(join)
    assert "up and running" in house.root.run(*asking).lower()


def test_manual_pages_and_completion_are_found(house: House) -> None:
    shared = "/usr/local/share"
    places = house.root.run("find", "-L", shared, "-name", "*bgpd*", "-type", "f").splitlines()
    assert {f"{shared}/{each}" for each in shared_files()} <= set(places)


def test_a_reload_is_told_of(house: House) -> None:
    process, before = house.process(), len(house.journal())
    house.root.file(FILE).write_text(
        house.root.file(FILE).read_text() + '\n[[static]]\nprefix = "198.51.101.0/24"\nblackhole = true\n'
    )
    (reload,) = sections()["Changing the configuration"]
    house.paste(reload)
    eventually(lambda: "198.51.101.0/24" in house.told())
    steps = house.journal()[before:]
    assert steps.index("active -> reloading") < steps.index("reloading -> active")
    assert house.process() == process


def test_a_wrong_file_changes_nothing(house: House) -> None:
    process, text = house.process(), house.root.file(FILE).read_text()
    house.root.file(FILE).write_text(text.replace("asn = 65001", 'asn = "many"'))
    (reload,) = sections()["Changing the configuration"]
    refused = house.root.outcome("sh", "-euc", reload)
    house.root.file(FILE).write_text(text)
    assert refused.returncode == 1
    assert f"{FILE}:" in house.journal()
    assert "asn" in house.journal()
    assert house.process() == process
    assert house.status()["Active"].startswith("active")
    assert house.routes() == {"203.0.113.0/24"}


def test_a_daemon_that_hangs_is_replaced(house: House) -> None:
    """Its routes stay in the kernel meanwhile, and with the neighbor."""
    former, before = house.process(), len(house.journal())
    house.root.run("sh", "-c", f"kill -STOP {former}")
    seen: list[set[str]] = []

    def is_replaced() -> bool:
        seen.append(house.routes())
        found = house.status()
        return found["Main PID"] not in (former, "0") and found["Active"].startswith("active")

    eventually(is_replaced, within=60 + 6 * WATCHDOG_SECONDS)
    assert "Watchdog timeout" in house.journal()[before:]
    assert all(routes == {"203.0.113.0/24"} for routes in seen)
    eventually(lambda: "1 of 1 neighbors established" in house.status()["Status"])
    assert house.routes() == {"203.0.113.0/24"}


def test_an_upgrade_keeps_the_configuration_and_the_routes(house: House) -> None:
    former, text = house.process(), house.root.file(FILE).read_text()
    install, restart = sections()["Upgrading"][0].splitlines()
    said = house.paste(install)
    assert f"{FILE} is there already" in said
    assert house.process() == former, "the script has restarted the daemon"
    assert house.root.file(FILE).read_text() == text
    house.paste(restart)
    assert house.routes() == {"203.0.113.0/24"}
    assert house.process() != former
    eventually(lambda: "1 of 1 neighbors established" in house.status()["Status"])


def test_it_stops_in_good_order(house: House) -> None:
    before = len(house.journal())
    assert house.systemctl("stop", "bgpd").returncode == 0
    steps = house.journal()[before:]
    assert "active -> deactivating" in steps  # STOPPING=1, or the command's own
    assert "asked whether the system is running" in steps, "a host that shuts down would not be noticed"
    assert "main process ended with 0" in steps
    assert house.systemctl("is-active", "bgpd").stdout == "inactive\n"
    assert house.routes() == {"203.0.113.0/24"}, "graceful: whoever comes next takes them over"
    assert house.root.file("/run/bgpd/bgpd.ctl.state").exists()
    assert house.systemctl("start", "bgpd").returncode == 0


def test_a_wrong_file_is_not_tried_again(house: House) -> None:
    text = house.root.file(FILE).read_text()
    house.systemctl("stop", "bgpd")
    house.root.file(FILE).write_text("[router]\nasn = 0\n")
    refused = house.systemctl("start", "bgpd")
    state = house.status()
    house.root.file(FILE).write_text(text)
    assert refused.returncode == 1
    assert "exit-code 2" in refused.stdout
    assert state["Active"] == "failed (Result: exit-code 2)"
    assert state["Restarts"] == "0"
    assert house.systemctl("start", "bgpd").returncode == 0


def test_systemd_accepts_what_was_installed(house: House) -> None:
    if not house.has_systemd_analyze:
        return  # in the long form: a Debian without systemd, whose part is played
    checked = house.root.outcome("systemd-analyze", "verify", "--man=no", UNIT)
    assert (checked.returncode, "bgpd" in checked.stderr) == (0, False), checked.stderr
    (ask_for_score,) = sections()["The unit"]
    assert "Overall exposure level for bgpd.service" in house.paste(ask_for_score)


def test_without_systemd(house: House) -> None:
    """setpriv(1) gives the same rights as the unit."""
    house.systemctl("stop", "bgpd")
    (script,) = sections()["Without systemd"]
    house.paste(script.replace("&\n", "> /tmp/log 2>&1 &\n"))
    asked = eventually(lambda: house.root.run("bgpdcl", "-j", "show", "status"))
    assert asked
    (status,) = house.root.run("sh", "-c", "grep -lw bgpd$ /proc/[0-9]*/status").split()
    assert f"CapEff:\t{RIGHTS:016x}\n" in house.root.run("cat", status)
    house.root.run("bgpdcl", "down", "graceful")
    eventually(lambda: house.root.outcome("cat", status).returncode, equals=1)


def test_in_a_virtual_environment_of_ones_own(house: House) -> None:
    if house.root.outcome("sh", "-c", "command -v man").returncode:
        man = house.root.file("/usr/local/bin/man")
        man.write_text(_MAN)
        man.chmod(0o755)
    (script,) = sections()["In a virtual environment of your own"]
    said = house.paste(script)
    assert VERSION in said
    assert said.splitlines()[-1].endswith("/bgpd/share/man/man1/bgpdcl.1")


def test_what_is_uninstalled_is_gone(house: House) -> None:
    house.systemctl("start", "bgpd")
    eventually(house.routes, equals={"203.0.113.0/24"})
    (remove,) = sections()["Uninstalling"]
    said = house.paste(remove)
    assert house.routes() == set(), "nobody comes to take them over"
    left = house.root.run(
        "sh", "-c", "ls -d /opt/bgpd /usr/local/bin/bgpd* /usr/local/lib/systemd/system/* 2>/dev/null || true"
    )
    assert left == ""
    assert house.root.outcome("find", "/usr/local/share", "-name", "*bgpd*").stdout == ""
    assert house.root.file(FILE).exists()
    assert "--purge" in said
