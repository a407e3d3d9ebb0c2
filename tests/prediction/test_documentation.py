"""The output in ``docs/reload.md`` is what the commands print, one after the other."""

import re
from pathlib import Path
from typing import Final

from tests.prediction.node import Node, running, some_routes
from tests.reconfiguration.world import until

PAGE: Final = Path(__file__).parents[2] / "docs" / "reload.md"
_BLOCK: Final = re.compile(r"^```console\n\$ bgpdcl (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN: Final = _BLOCK.findall(PAGE.read_text())
_FILE: Final = "/etc/bgpd/bgpd.toml"
_FILTER: Final = (
    'from_tor = "accept;"',
    'from_tor = "if net = 10.20.0.0/16 then reject; if net.len = 24 then bgp_med = 9; accept;"',
)
_RENAMED: Final = ('name = "rack"', 'name = "rack7"')
_ROLE: Final = ("asn = 65001\n", 'asn = 65001\nrole = "peer"\n')
_STATIC: Final = (
    '[[neighbors]]\nname = "tor"',
    '[[static]]\nprefix = "10.31.0.0/16"\nblackhole = true\n[[neighbors]]\nname = "tor"',
)


async def _answer(node: Node, command: str) -> str:
    lines = (await node.house.ask(command)).replace("from first", f"from {_FILE}")
    await until(lambda: node.house.is_settled and node.rack.is_up and node.tor.is_up)
    await until(lambda: "10.21.0.0/16" in node.rack.told)
    return lines.rstrip("\n")


async def test_shown_output_is_real(tmp_path: Path) -> None:
    assert len(SHOWN) >= 7
    async with running(tmp_path, [*some_routes()], expected=4) as node:
        node.change(_FILTER, _RENAMED, _ROLE, _STATIC)
        for command, output in SHOWN:
            assert await _answer(node, command) == output.rstrip("\n"), command
