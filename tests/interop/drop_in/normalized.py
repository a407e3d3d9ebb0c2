"""What of a reply can be compared: times, timers and amounts of memory are masked, networks are sorted.

Numbers of exported routes depend on the order in which sessions came up: BIRD 1.6 may count one twice.  It
walks its hash table of networks, so their order says nothing; the best route of a network is first.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tests.interop.drop_in.raw import Line

_MASKS: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?"), "<date> <time>"),
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d{3})?\b"), "<time>   "),
    (re.compile(r"((?:Hold|Keepalive) timer: +)\d+/"), r"\1<left>/"),
    (re.compile(r"((?:Connect delay|Error wait): +)\d+/\d+"), r"\1<left>/<of>"),
    (re.compile(r"(Restart timer: +)\d+/"), r"\1<left>/"),
    (re.compile(r"(Routes: .*), \d+ exported"), r"\1, <n> exported"),
    (re.compile(r"^(ROA tables|Routing tables|Route attributes|Protocols|Total): .*"), r"\1: <memory>"),
)
_EXPORTED: Final = re.compile(r"^ +Export (?:updates|withdraws): ")
"""Counters of a line that depends on what came first when everything began."""
_OF_THE_MACHINE: Final = re.compile(r"ip[prst]_\w+ *\tconstant")
"""Names of protocols, realms, scopes and tables; Calico's fork has none."""
_NUMBER: Final = re.compile(r" *\d+")
_BEST: Final = re.compile(r"\] [*!] ")
_PREFIX_COLUMNS: Final = 19


def normalized(command: str, reply: Sequence[Line]) -> list[str]:
    """Return the lines of a reply, each with its code, in an order that does not depend on chance."""
    lines = [line._replace(text=masked(line.text)) for line in reply]
    if command.startswith("show route"):
        lines = _sorted_networks(lines)
    if command.startswith("show symbols"):
        known = set(symbols_in_order(line.text for line in lines))
        lines = sorted((line for line in lines if line.text in known), key=lambda line: line[::-1])
    return [str(line) for line in lines]


def symbols_in_order(lines: Iterable[str]) -> list[str]:
    """Return the lines about symbols, without those that Debian's BIRD takes from /etc/iproute2."""
    return sorted(line for line in lines if not _OF_THE_MACHINE.match(line))


def routes_in_order(lines: Iterable[str]) -> list[str]:
    """Return the lines of a route listing that has no codes, in an order that does not depend on chance."""
    return [line.text for line in _sorted_networks([Line(_code(line), masked(line)) for line in lines])]


def _code(line: str) -> str:
    return "1012" if line.startswith("\t") else "1007"


def masked(text: str) -> str:
    """Return a line without what is different at every time."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    if _EXPORTED.match(text):
        text = _NUMBER.sub(lambda found: "n".rjust(len(found[0])), text)
    return text


def _sorted_networks(lines: Sequence[Line]) -> list[Line]:
    """Sort the networks, and the routes of a network but for the best."""
    networks: dict[str, list[list[Line]]] = {}
    others: list[Line] = []
    prefix = ""
    for line in lines:
        if line.code not in {"1007", "1008", "1012"}:
            others.append(line)
        elif line.code == "1007" and not line.text.startswith("\t"):
            prefix = line.text.split(" ", 1)[0] or prefix
            named = f"{prefix:18} {line.text[_PREFIX_COLUMNS:]}" if line.text.startswith(" ") else line.text
            networks.setdefault(prefix, []).append([line._replace(text=named)])
        elif prefix:
            networks[prefix][-1].append(line)
        else:
            others.append(line)
    blocks = [
        block
        for prefix in sorted(networks)
        for block in sorted(networks[prefix], key=lambda block: (not _BEST.search(block[0].text), block))
    ]
    return [*(line for block in blocks for line in block), *others]
