"""Names of servers and files that can't be: they are problems to be told, and no bugs."""

from pathlib import Path

import pytest

from bgpd.kubernetes.connection import Connection, ConnectionTroubleError
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.kubernetes.state_file import StateFile

PLAIN = KubernetesSettings("http://localhost:1", "", "", "kube-system", "node1", "")


@pytest.mark.parametrize("host", ["api..example", f"{'a' * 64}.example", ".example"])
def test_a_server_whose_name_can_be_none(host: str) -> None:
    connection = Connection(PLAIN._replace(server=f"http://{host}:1"), 1.0)
    with pytest.raises(ConnectionTroubleError, match="its name is not one"):
        connection.get("/api/v1/nodes", {}, "application/json", 1.0)


def test_a_state_file_whose_name_is_too_long(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = StateFile(PLAIN._replace(state_file=str(tmp_path / ("a" * 300))))
    assert not state.is_there
    assert state.read() is None
    state.write((), 1.0)
    assert "File name too long" in caplog.text
