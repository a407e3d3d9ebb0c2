"""The host with bgpd installed, made once for a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.house import House, lower
from tests.installation.root import Root
from tests.interop.lab import Lab
from tests.requirements import need_network_namespaces, require_programs


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The host, its daemon running and its neighbor established."""
    need_network_namespaces()
    require_programs({"systemd-analyze": "systemd", "git": "git"})
    folder: Path = tmp_path_factory.mktemp("installed")
    failed = request.session.testsfailed
    with Root(lower()) as root, Lab() as lab:
        made = House(root, lab, folder, is_long=bool(lower() != Path("/")))
        made.until_well()
        yield made
        lab.failed = request.session.testsfailed > failed
        if lab.failed:
            print(made.said, made.journal())
