"""The tables of a file, to which those that came of the cluster are added."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from bgpd.cluster.model import FamilyName
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.wording import quoted

Row = tuple[KeyPath, Mapping[str, object]]
"""A table, and the place it came of."""


class PlainTables:
    """What the file says may be anything; what is wrong with that others will report."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data: dict[str, Any] = dict(data)
        self.origins: dict[KeyPath, KeyPath] = {}
        self.faults: list[Fault] = []

    def table(self, key: str) -> dict[str, Any] | None:
        """Return a table to write to, which need not be there; nothing if the file has something else."""
        value = self.data.get(key, {})
        if not isinstance(value, Mapping):
            return None
        table: dict[str, Any] = dict(value)
        self.data[key] = table
        return table

    def rows(self, key: str) -> list[Any]:
        """Return the rows that the file has of its own."""
        value = self.data.get(key)
        return value if isinstance(value, list) else []

    def set_default(self, heading: str, key: str, value: object, origin: KeyPath) -> None:
        """Write a value that the file does not have."""
        table = self.table(heading)
        if table is not None and key not in table:
            table[key] = value
            self.origins[heading, key] = origin

    def add_neighbors(self, rows: Sequence[Row], shared: Iterable[str]) -> None:
        """Add neighbors; ``shared`` are the keys that all of them have from ``[cluster]``."""
        names = {str(table["name"]): path for path, table in rows}
        addresses = {str(table["address"]): str(table["name"]) for _, table in rows if "address" in table}
        for position, row in enumerate(self.rows("neighbors")):
            if isinstance(row, Mapping):
                self._check_neighbor(position, row, names, addresses)
        first = self._add("neighbors", rows)
        keys = [*shared]
        for position in range(first, first + len(rows)):
            self.origins |= {("neighbors", position, key): ("cluster", key) for key in keys}

    def _check_neighbor(
        self, position: int, row: Mapping[str, object], names: Mapping[str, KeyPath], of: Mapping[str, str]
    ) -> None:
        """Find a neighbor of the file that is one by ``[cluster]``, too; ``of`` are names by addresses."""
        name, address = row.get("name"), _plain_address(row.get("address"))
        if address in of:
            self._refuse(
                ("neighbors", position, "address"),
                f"{quoted(address)} is a node, and {quoted(of[address])} by [cluster] already; "
                "write one of the two only",
            )
        elif isinstance(name, str) and name in names:
            message = f"{quoted(name)} is the name of a node by [cluster]; write another name"
            self._refuse(("neighbors", position, "name"), message)

    def add_statics(self, rows: Sequence[Row]) -> None:
        """Add static routes."""
        prefixes = {str(table["prefix"]) for _, table in rows}
        for position, row in enumerate(self.rows("static")):
            if (
                isinstance(row, Mapping)
                and row.get("prefix") in prefixes
                and row.get("table", "master") == "master"
            ):
                found = quoted(str(row["prefix"]))
                message = f"{found} is a route by [[blocks]] already; write one of the two only"
                self._refuse(("static", position, "prefix"), message)
        self._add("static", rows)

    def _add(self, key: str, rows: Sequence[Row]) -> int:
        """Put rows behind those of the file, and return the position of the first."""
        if not rows or not isinstance(self.data.get(key, []), list):
            return 0
        before = self.rows(key)
        self.data[key] = [*before, *(table for _, table in rows)]
        self.origins |= {(key, position): path for position, (path, _) in enumerate(rows, len(before))}
        return len(before)

    def add_filters(self, texts: Mapping[str, str]) -> None:
        """Add filters of ``[filters]``."""
        table = self.table("filters") if texts else None
        if table is None:
            return
        for name, text in texts.items():
            if name in table:
                self._refuse(
                    ("filters", name), f"{quoted(name)} is a filter by [[pools]]; write another name"
                )
            table[name] = text
            self.origins["filters", name] = ("pools",)

    def set_kernel_exports(self, names: Mapping[FamilyName, str]) -> None:
        """Let routes of the kernel's tables pass filters, by families; a family without a table has none."""
        if not names:
            return
        if "kernel" not in self.data:
            self.data["kernel"] = {"ipv4": {}, "ipv6": {}}
        kernel = self.table("kernel")
        if kernel is None:
            return
        for family, name in names.items():
            table = kernel.get(family)
            if not isinstance(table, Mapping):
                continue
            if table.get("export", "all") != "all":
                self._refuse(
                    ("kernel", family, "export"),
                    "the filter follows from [[pools]], of which one has an encapsulation or kernel = false; "
                    "leave it out, or let it set krt_tunnel, and leave those keys out of the pools",
                )
            kernel[family] = {**table, "export": name}
            self.origins["kernel", family, "export"] = ("pools",)

    def _refuse(self, path: KeyPath, message: str) -> None:
        self.faults.append(Fault(path, message))


def _plain_address(value: object) -> str:
    """Return an address in its canonical spelling; empty if it is none."""
    try:
        return str(ip_address(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""
