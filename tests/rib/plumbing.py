"""Tables joined by pipes, without protocols and event loop."""

from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.loc_rib import LocRib
from rib.pipe import Flow
from rib.policy import Policy
from rib.route import Route, Source, SourceKind
from rib.table import Table


class Plumbing:
    """Tables by their names, and the pipes that have been laid."""

    def __init__(self, *names: str) -> None:
        self.tables = {name: Table(name, IPV4_UNICAST) for name in names}
        self._loc_ribs = [LocRib(table) for table in self.tables.values()]
        self.flows: list[Flow] = []

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def lay(self, origin: str, target: str, policy: Policy = Policy.ALL, *, opaque: bool = False) -> Flow:
        """Join two tables one way."""
        own = Source(f"{origin}-{target}", SourceKind.PIPE) if opaque else None
        flow = Flow(self[origin], self[target], policy, own)
        self.flows.append(flow)
        self[origin].tells_all = any(flow.follows_all for flow in self.flows if flow.origin is self[origin])
        return flow

    def settle(self) -> None:
        """Let everything flow until nothing does; circles that feed themselves would never end."""
        for _ in range(100):
            if not any(table.unsettled for table in self.tables.values()):
                return
            for loc_rib in self._loc_ribs:
                batch = loc_rib.run(100)
                for flow in self.flows:
                    if flow.origin is loc_rib.table:
                        flow.carry(batch)
        raise AssertionError("the pipes do not come to rest")

    def routes(self, name: str, key: PrefixKey) -> list[tuple[str, bytes]]:
        """Return whose routes a table has for a prefix, in its order, and what they say."""
        return [(route.source.name, route.attributes.wire) for route in self[name].routes(key)]

    def best(self, name: str, key: PrefixKey) -> Route:
        best = self[name].best(key)
        assert best is not None
        return best
