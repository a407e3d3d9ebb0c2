"""A running stand-in for the API, and observers of it that are impatient."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from bgpd.kubernetes.observer import Observer
from bgpd.kubernetes.resources import _secrets_of
from bgpd.kubernetes.rest import Pace
from bgpd.kubernetes.settings import KubernetesSettings
from tests.interop.conftest import lab, pytest_runtest_makereport
from tests.kubernetes.certificates import Certificates, make_certificates
from tests.kubernetes.server import ApiServer

__all__ = ["lab", "pytest_runtest_makereport"]

QUICK = Pace(first=0.02, longest=0.1, watch=2.0, answer=3.0, quiet=0.02, patience=0.1)

Observe = Callable[..., Observer]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"), "127.0.0.1")


@pytest.fixture
def api(certificates: Certificates, tmp_path: Path) -> Iterator[ApiServer]:
    server = ApiServer(certificates, tmp_path / "token")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(api: ApiServer, certificates: Certificates, tmp_path: Path) -> KubernetesSettings:
    return KubernetesSettings(
        server=api.url,
        token_file=str(api.token_file),
        ca_file=str(certificates.ca),
        namespace="kube-system",
        node="node1",
        state_file=str(tmp_path / "state.json"),
        wait=20,
    )


@pytest.fixture
def observe(settings: KubernetesSettings) -> Iterator[Observe]:
    """Start observers of the API, and end them."""
    started: list[Observer] = []

    def start(ca_file: str = settings.ca_file) -> Observer:
        observer = Observer(settings._replace(ca_file=ca_file), _secrets_of, Random(1).random, QUICK)
        started.append(observer)
        observer.start()
        return observer

    yield start
    for observer in started:
        observer.stop()
    assert all(observer.join(10) for observer in started)
