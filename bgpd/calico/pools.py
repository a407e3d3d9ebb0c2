"""``IPPool`` and ``BlockAffinity``: the addresses of pods, and the blocks of them that nodes have."""

from dataclasses import dataclass

from bgpd.calico.fields import Fields, Network
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource

_MODES = ("Never", "Always", "CrossSubnet")
CONFIRMED = "confirmed"
_PENDING = "pending"
_OF_HOSTS = ("", "host")


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool."""

    prefix: Network
    ipip: str
    """``Never``, ``Always`` or ``CrossSubnet``."""
    has_vxlan: bool
    is_exported: bool


@dataclass(frozen=True, slots=True)
class NodeBlock:
    """A block of the own node."""

    prefix: Network
    state: str
    """Empty stands for ``confirmed``."""

    @property
    def is_confirmed(self) -> bool:
        """Whether addresses of it are in use."""
        return self.state in ("", CONFIRMED)


def pool_of(resource: Resource, report: Report) -> Pool | None:
    """Read a pool."""
    fields = Fields.of(resource, report)
    prefix = fields.network("cidr")
    if prefix is None and not fields.has("cidr"):
        fields.fault("cidr", "missing; write the prefix of the pool")
    ipip = fields.choice("ipipMode", _MODES, "Never")
    vxlan = fields.choice("vxlanMode", _MODES, "Never")
    is_exported = not fields.boolean("disableBGPExport", default=False)
    return None if prefix is None else Pool(prefix, ipip, vxlan != "Never", is_exported)


def block_of(resource: Resource, node: str, report: Report) -> NodeBlock | None:
    """Read a block, or return None if it is not, not yet or no longer one of a node."""
    fields = Fields.of(resource, report)
    if fields.text("node") != node or fields.text("type") not in _OF_HOSTS:
        return None
    prefix, state = fields.network("cidr"), fields.text("state")
    if prefix is None and not fields.has("cidr"):
        fields.fault("cidr", "missing; write the prefix of the block")
    is_deleted = fields.read("deleted", lambda value: str(value).lower(), "true or false") == "true"
    return None if prefix is None or is_deleted or state == _PENDING else NodeBlock(prefix, state)
