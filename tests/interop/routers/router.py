"""What every router of the lab can be told and asked, whichever program it is."""

import ipaddress
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final, Literal, NamedTuple, Self

from tests.interop import packages
from tests.interop.lab import Host, Port
from tests.interop.process import Process
from tests.interop.waiting import eventually
from tests.requirements import skip_package_missing

Family = Literal["ipv4", "ipv6"]
AddPaths = Literal["", "receive", "send", "both"]
FAMILIES: Final[tuple[Family, ...]] = ("ipv4", "ipv6")
_ESCAPE: Final = re.compile(rb"\\x([0-9a-f]{2})|\\([0-3][0-7]{2})")


def family_of(text: str) -> Family:
    """Return the family of an address or prefix."""
    return "ipv6" if ":" in text else "ipv4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """One session as one router sees it."""

    address: str
    """With its zone, as ``fe80::1%eth0``, if it is link-local."""
    asn: int
    local_address: str
    """Without a zone."""
    families: tuple[Family, ...] = ()
    """Families of the session; by default the one of ``address``."""
    hold_time: int = 90
    passive: bool = False
    password: str = ""
    """The key of TCP MD5 signatures (RFC 2385), "" for none."""
    ttl_security: bool = False
    """GTSM (RFC 5082), for a neighbor on the same link."""
    multihop: int = 0
    """The TTL to send with, for a neighbor that is not on the same link."""
    is_client: bool = False
    """A client of the router's route reflection (RFC 4456)."""
    role: str = ""
    """What the router is to this neighbor (RFC 9234): "provider", "customer" or "peer"."""
    add_paths: AddPaths = ""
    """ADD-PATH (RFC 7911); who sends sends all paths of a prefix."""
    extended_next_hop: bool = False
    """Next hops of IPv6 for routes of IPv4 (RFC 8950)."""
    graceful_restart: Literal["off", "helper", "full"] = "off"
    """Whether the neighbor's routes are kept while it restarts (RFC 4724), or both sides keep the other's."""
    limit: int = 0
    """How many routes of a family may come before the router ends the session, 0 for any number."""
    extra: tuple[str, ...] = ()
    """Lines of the router's own language, put where it configures this neighbor."""

    def __post_init__(self) -> None:
        if not self.families:
            object.__setattr__(self, "families", (family_of(self.address),))

    @property
    def interface(self) -> str:
        """The interface of a neighbor with a link-local address."""
        return self.address.partition("%")[2]

    @property
    def zone(self) -> str:
        """What has to follow our own address, too, if it is link-local."""
        return f"%{self.interface}" if self.interface else ""

    @property
    def name(self) -> str:
        """A name every router's language accepts."""
        return "to_" + re.sub(r"\W", "_", self.address)


def sessions(
    local: Port, remote: Port, asn: int, *, hold_time: int = 90, passive: bool = False
) -> list[Neighbor]:
    """Return the neighbors over one link as ``local`` sees them: one session per family, over that family."""
    pairs = ((local.v4, remote.v4), (local.v6, remote.v6))
    return [
        Neighbor(address=there, asn=asn, local_address=here, hold_time=hold_time, passive=passive)
        for here, there in pairs
        if here and there
    ]


class Attributes(NamedTuple):
    """What the neighbors of a route's originator see beyond the usual."""

    med: int | None = None
    local_pref: int | None = None
    communities: tuple[str, ...] = ()
    prepend: int = 0
    """How many more times the own AS number stands in AS_PATH."""


PLAIN: Final = Attributes()


class Announcement(NamedTuple):
    """A route a router originates."""

    prefix: str
    attributes: Attributes = PLAIN


class RouteView(NamedTuple):
    """A received route as the receiving router shows it; ``None`` where it shows nothing."""

    next_hop: str
    as_path: tuple[int, ...]
    origin: str
    med: int | None = None
    local_pref: int | None = None
    communities: tuple[str, ...] = ()
    originator_id: str | None = None
    cluster_list: tuple[str, ...] = ()
    only_to_customer: int | None = None
    confederation: tuple[int, ...] = ()
    """The member ASes in AS_PATH, which ``as_path`` is without (RFC 5065)."""
    path_id: int | None = None
    """The Path Identifier it was received with (RFC 7911), from routers that show it."""


@dataclass(kw_only=True)
class RouterConfig:
    """What a router is; ``routes`` are prefixes or whole announcements."""

    asn: int
    router_id: str
    neighbors: list[Neighbor] = field(default_factory=list)
    cluster_id: str = ""
    """The cluster it is a reflector of (RFC 4456), "" for the one that has the router's id."""
    routes: Iterable[str | Announcement] = ()
    extra: tuple[str, ...] = ()
    """Lines of the router's own language, put at the end of its configuration."""


class Router(ABC):
    """A routing daemon on a host of the lab.

    Graceful restart is off unless a neighbor says so, so the routes of a killed router vanish from its
    neighbors; every policy lets everything through; nothing received is written to a kernel.
    """

    name: ClassVar[str]
    package: ClassVar[str] = ""
    """Debian's package, "" for a program that is no package."""
    both_families_in_one_session: ClassVar[bool] = True
    options: tuple[str, ...] = ()
    """What its daemon is started with besides; ``("-R",)`` for one that is to take up where it was killed."""

    def __init__(self, host: Host, config: RouterConfig) -> None:
        self.host = host
        self.config = config
        self.announcements = _by_prefix(config.routes)
        self.directory = host.directory / self.name
        self.directory.mkdir()
        self.processes: list[Process] = []

    @classmethod
    def require(cls) -> None:
        """Skip the test if the program cannot be had."""
        if cls.package and packages.folder(cls.package) is None:
            skip_package_missing(cls.package, "run python -m tests.interop.packages")

    @abstractmethod
    def start(self) -> Self:
        """Start the daemons and return when they answer."""

    @abstractmethod
    def reconfigure(self) -> None:
        """Make the running daemons originate what ``announcements`` says."""

    @abstractmethod
    def session_state(self, neighbor: str) -> str:
        """Return the state of the session with this neighbor, in the words of RFC 4271 §8.2.2."""

    @abstractmethod
    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        """Return the routes received from a neighbor, by default the only one with this family.

        A prefix has several where ADD-PATH was negotiated (RFC 7911).
        """

    @abstractmethod
    def reset(self, neighbor: str) -> None:
        """End the session with this neighbor with a Cease; it comes back by itself."""

    @abstractmethod
    def disable(self, neighbor: str, communication: str) -> None:
        """Shut the session down and tell the neighbor why (RFC 9003)."""

    @abstractmethod
    def enable(self, neighbor: str) -> None:
        """Bring a session back that was shut down."""

    @abstractmethod
    def refresh(self, neighbor: str) -> None:
        """Ask the neighbor to send its routes again (RFC 2918)."""

    @abstractmethod
    def updates_received(self, neighbor: str) -> int:
        """Return how much a neighbor has sent: UPDATEs, or routes where only they are counted."""

    def change_password(self, password: str) -> None:
        """Give all neighbors another password while the daemons run."""
        self.config.neighbors = [replace(each, password=password) for each in self.config.neighbors]
        self.reconfigure()

    def routes(self, family: Family, neighbor: str | None = None) -> dict[str, RouteView]:
        """Return the routes received from a neighbor that sends one path of a prefix."""
        return {prefix: views[0] for prefix, views in self.paths(family, neighbor).items()}

    def count(self, family: Family, neighbor: str | None = None) -> int:
        """Return the number of routes received; for waiting, since some routers take long to list them."""
        return len(self.routes(family, neighbor))

    def announce(self, *routes: str | Announcement) -> None:
        """Originate more routes."""
        self.announcements |= _by_prefix(routes)
        self.reconfigure()

    def withdraw(self, *prefixes: str) -> None:
        """Stop originating routes."""
        for prefix in _by_prefix(prefixes):
            del self.announcements[prefix]
        self.reconfigure()

    def stop(self) -> None:
        """End the daemons as an operator would."""
        for process in reversed(self.processes):
            process.stop()
        self.processes.clear()

    def kill(self) -> None:
        """End the daemons as a power failure would; ``start`` starts them again."""
        for process in reversed(self.processes):
            process.kill()
        self.processes.clear()

    def spawn(self, *command: str | Path, binds: Mapping[str, Path] | None = None) -> Process:
        """Start one of this router's daemons."""
        name = f"{self.name}-{Path(command[0]).name}"
        process = self.host.spawn(name, command, self.environment, binds)
        self.processes.append(process)
        return process

    def run(self, *command: str | Path) -> str:
        """Run one of this router's clients to its end and return its output."""
        self.require_running()
        return self.host.run(*command, environment=self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """What the programs of this router find in their environment, beyond the usual."""
        return {"LD_LIBRARY_PATH": packages.library_path()}

    def log(self) -> str:
        """Return what the daemons have logged; octets that they escape as in C are resolved."""
        octets = b"".join(log.read_bytes() for log in {process.log for process in self.processes})
        return _ESCAPE.sub(_octet, octets).decode(errors="replace")

    def await_log(self, words: str) -> None:
        """Wait until the daemons have logged these words."""
        eventually(lambda: words in self.log())

    def require_running(self) -> None:
        """Raise unless all daemons of this router run."""
        assert self.processes, f"{self.name} is not running"
        for process in self.processes:
            process.require_running()

    def program(self, path: str) -> Path:
        """Return a file of the unpacked package."""
        place = packages.folder(self.package)
        assert place is not None, f"{self.package} has not been fetched; call require() first"
        return place / path

    def neighbor(self, family: Family, address: str | None) -> Neighbor:
        """Return the neighbor with this address, or the only one with this family."""
        found = [
            neighbor
            for neighbor in self.config.neighbors
            if family in neighbor.families and address in {None, neighbor.address}
        ]
        assert len(found) == 1, f"{len(found)} neighbors of {self.name} are {address or 'any'} with {family}"
        return found[0]


def by_attributes(routes: Iterable[Announcement]) -> dict[Attributes, list[Announcement]]:
    """Group routes that can be configured together."""
    groups: defaultdict[Attributes, list[Announcement]] = defaultdict(list)
    for route in routes:
        groups[route.attributes].append(route)
    return groups


def _octet(escape: re.Match[bytes]) -> bytes:
    hexadecimal, octal = escape.groups()
    return bytes([int(hexadecimal, 16) if hexadecimal else int(octal, 8)])


def _by_prefix(routes: Iterable[str | Announcement]) -> dict[str, Announcement]:
    announcements = (Announcement(route) if isinstance(route, str) else route for route in routes)
    canonical = (each._replace(prefix=str(ipaddress.ip_network(each.prefix))) for each in announcements)
    return {announcement.prefix: announcement for announcement in canonical}
