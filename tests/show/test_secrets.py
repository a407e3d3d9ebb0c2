"""No answer contains a password, whatever is asked."""

from pathlib import Path

import pytest

from bgpd.show import COMMANDS
from tests.protocols.lone_neighbor import neighbor
from tests.show.transcript import converse
from tests.show.world import StillDaemon

SECRET = "correct-horse"
IN_OTHER_FORMS = (SECRET, SECRET.encode().hex(), SECRET.encode().hex(" "))


@pytest.mark.parametrize(
    "line", [f'password = "{SECRET}"', f'tcp_ao = {{ password = "{SECRET}" }}'], ids=["md5", "ao"]
)
async def test_no_answer_contains_a_password(line: str, tmp_path: Path) -> None:
    daemon = StillDaemon()
    protocol = neighbor(tmp_path, line, "passive = true", 'import = "all"')
    daemon.protocols["tor1"] = protocol
    asked = [command.example for command in COMMANDS] + ["show protocols all"]
    said = converse(daemon, asked + [f"json {command}" for command in asked])
    assert "Authentication:" in said
    in_one_piece = said.replace("\nS:  ", "")  # JSON comes in lines that are cut anywhere
    assert '"authentication"' in in_one_piece
    assert not [form for form in IN_OTHER_FORMS if form in said + in_one_piece]
    protocol.stop(silently=True)
