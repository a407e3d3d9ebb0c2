"""A daemon that cannot start: it says what to do, leaves nothing behind and disturbs nobody."""

import socket
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest

from messages.iana import MessageType
from tests.daemon.command import ENVIRONMENT, bgpd, kernel_routes, start_in_vain
from tests.daemon.conversation import Conversation
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.requirements import skip_package_missing

pytestmark = pytest.mark.interop

CONFIGURATION = """
[router]
id = "192.0.2.1"
{router}
[control]
socket = "{socket}"
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
"""
NO_KERNEL = "[kernel]\n"


@pytest.fixture
def write(host: Host) -> Callable[..., tuple[Path, Path]]:
    """Write a configuration; return its path and the path of the control socket."""

    def write_text(more: str = "", router: str = "", path: Path | None = None) -> tuple[Path, Path]:
        control = path or host.directory / "run" / "bgpd.ctl"
        configuration = host.directory / "bgpd.toml"
        configuration.write_text(CONFIGURATION.format(router=router, socket=control) + more)
        return configuration, control

    return write_text


def without(*capabilities: str) -> list[str]:
    """Return the beginning of a command line that takes rights away."""
    if which("setpriv") is None:
        skip_package_missing("util-linux")
    rights = ",".join(f"-{name}" for name in capabilities)
    return ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]


@pytest.mark.parametrize(("address", "shown"), [("127.0.0.1", "0.0.0.0"), ("::1", "::")])
def test_a_busy_port(host: Host, write: Callable[..., tuple[Path, Path]], address: str, shown: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    configuration, control = write()
    with host.entered():
        other = socket.create_server((address, 179), family=family)
    with other:
        complaint = start_in_vain(host, "-c", configuration)
    assert complaint == (
        f"listen on {shown} port 179: Address already in use; stop the program that has port 179 "
        "(ss -ltnp shows it), or set listen or port in [router]\n"
    )
    assert not control.exists()
    assert not kernel_routes(host)


def test_an_address_this_host_does_not_have(host: Host, write: Callable[..., tuple[Path, Path]]) -> None:
    configuration, control = write(router='listen = ["192.0.2.1"]')
    complaint = start_in_vain(host, "-c", configuration)
    assert complaint == (
        "listen on 192.0.2.1 port 179: Cannot assign requested address; set listen or port in [router]\n"
    )
    assert not control.exists()


def test_a_busy_metrics_port(host: Host, write: Callable[..., tuple[Path, Path]]) -> None:
    configuration, control = write()
    with host.entered():
        other = socket.create_server(("127.0.0.1", 9179))
    with other:
        complaint = start_in_vain(host, "-c", configuration)
    assert complaint == (
        "metrics on 127.0.0.1 port 9179: Address already in use; "
        'set listen in [metrics] to another address and port, or to "" for no metrics\n'
    )
    assert not control.exists()
    assert not kernel_routes(host)


@pytest.mark.parametrize(
    ("missing", "purposes"),
    [
        (["net_bind_service"], ["listen on port 179"]),
        (["net_admin"], ["write routes into the kernel"]),
        (["net_bind_service", "net_admin"], ["listen on port 179", "write routes into the kernel"]),
    ],
)
def test_missing_capabilities_are_named_all_at_once(
    host: Host, write: Callable[..., tuple[Path, Path]], missing: list[str], purposes: list[str]
) -> None:
    configuration, control = write()
    complaint = start_in_vain(host, "-c", configuration, wrapper=without(*missing))
    for capability, purpose in zip(missing, purposes, strict=True):
        assert f"CAP_{capability.upper()}, which it takes to {purpose}" in complaint
    assert f"AmbientCapabilities={' '.join(f'CAP_{name.upper()}' for name in missing)}," in complaint
    remedy = complaint.splitlines()[-1]
    assert f"--ambient-caps={','.join(f'+{name}' for name in missing)} " in remedy
    assert remedy.endswith(f" -m bgpd -c {configuration}")
    assert not control.exists()


def test_root_of_a_user_namespace_has_no_right_to_this_network(
    host: Host, write: Callable[..., tuple[Path, Path]]
) -> None:
    """It has every capability, but not here, as in a rootless container with the host's network."""
    configuration, control = write(router="listen = []", more='[metrics]\nlisten = ""')
    complaint = start_in_vain(host, "-c", configuration, wrapper=["unshare", "--user", "--map-root-user"])
    assert "CAP_NET_ADMIN, which it takes to write routes into the kernel" in complaint
    assert not control.exists()


def test_capabilities_that_are_not_needed_are_not_asked_for(
    host: Host, write: Callable[..., tuple[Path, Path]]
) -> None:
    configuration, control = write(NO_KERNEL, router="port = 1790")
    wrapper = without("net_bind_service", "net_admin")
    daemon = host.spawn("bgpd", [*wrapper, *bgpd("-c", configuration)], ENVIRONMENT)
    eventually(control.is_socket)
    assert daemon.stop() == 0
    assert not control.exists()


@pytest.mark.parametrize("blocked", ["folder", "file", "a file as folder"])
def test_a_control_socket_that_cannot_be_made(
    host: Host, write: Callable[..., tuple[Path, Path]], blocked: str
) -> None:
    there = host.directory / "there"
    place, reason = {
        "folder": (Path("/proc/bgpd/bgpd.ctl"), "No such file or directory"),
        "file": (there, f"{there} is there and is no socket"),
        "a file as folder": (there / "bgpd.ctl", "File exists"),
    }[blocked]
    there.write_text("keep me")
    configuration, control = write(path=place)
    complaint = start_in_vain(host, "-c", configuration)
    assert complaint == f"control socket {control}: {reason}; choose another with -s\n"
    assert there.read_text() == "keep me"
    assert not kernel_routes(host)


def test_a_folder_this_user_may_not_write(host: Host, write: Callable[..., tuple[Path, Path]]) -> None:
    folder = host.directory / "closed"
    folder.mkdir(mode=0o555)
    configuration, control = write(path=folder / "bgpd.ctl")
    complaint = start_in_vain(host, "-c", configuration, wrapper=without("dac_override"))
    assert complaint == f"control socket {control}: Permission denied; choose another with -s\n"


def test_no_address_to_take_the_router_id_from(host: Host, write: Callable[..., tuple[Path, Path]]) -> None:
    configuration, control = write()
    configuration.write_text(configuration.read_text().replace('id = "192.0.2.1"', ""))
    complaint = start_in_vain(host, "-c", configuration)
    assert 'set it: id = "192.0.2.1" in [router]' in complaint
    assert not control.exists()


SECOND = CONFIGURATION + '[[neighbors]]\nname = "peer"\naddress = "{peer}"\nasn = 65002\nimport = "all"\n'


@pytest.mark.parametrize("collision", ["control socket", "port"])
def test_a_second_daemon_leaves_the_first_alone(lab: Lab, collision: str) -> None:
    here, there = lab.link(lab.host("first"), lab.host("peer"))
    host = here.host
    text = SECOND.format(router='listen = ["0.0.0.0"]', socket=host.directory / "unused", peer=there.v4)
    first = Bgpd.with_file(host, text).start()
    inode = first.socket.stat().st_ino
    with Conversation(there.host, there.v4, here.v4) as peer:
        peer.establish(65002)
        peer.announce(65002, "203.0.113.0/24")
        eventually(lambda: kernel_routes(host), equals={"198.51.100.0/24", "203.0.113.0/24"})
        since = first.ask("show protocols")
        other = first.socket if collision == "control socket" else host.directory / "other.ctl"
        complaint = start_in_vain(host, "-c", first.configuration, "-s", other)
        if collision == "control socket":
            pid = first.processes[0].pid
            assert complaint.startswith(
                f"another bgpd is running on {first.socket} (pid {pid}); stop it first"
            )
        else:
            assert complaint.startswith("listen on 0.0.0.0 port 179: Address already in use; ")
            assert not other.exists()
        assert first.ask("show protocols") == since
        assert first.socket.stat().st_ino == inode
        assert kernel_routes(host) == {"198.51.100.0/24", "203.0.113.0/24"}
        assert MessageType.NOTIFICATION not in peer.waiting()


def test_the_socket_of_a_killed_daemon_is_replaced(
    host: Host, write: Callable[..., tuple[Path, Path]]
) -> None:
    configuration, _ = write()
    daemon = Bgpd.with_file(host, configuration.read_text()).start()
    daemon.kill()
    assert daemon.socket.is_socket()
    daemon.start()
    assert "Daemon is up and running" in daemon.ask("show status")[-1]
    assert daemon.processes[0].stop() == 0
    assert not daemon.socket.exists()
