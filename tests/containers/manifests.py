"""What the files of Kubernetes and compose in configs/ say, ready to be looked up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.containers.yaml_reader import read

ROOT: Final = Path(__file__).resolve().parents[2]
KUBERNETES: Final = ROOT / "configs" / "kubernetes"
CONTAINER: Final = ROOT / "configs" / "container"
COMPOSE: Final[Any] = read((CONTAINER / "compose.yaml").read_text())[0]


def objects() -> Iterator[Any]:
    """Yield the objects of all files for Kubernetes."""
    for path in sorted(KUBERNETES.glob("*.yaml")):
        yield from read(path.read_text())


def the(kind: str) -> Any:
    """Return the only object of a kind."""
    (found,) = (each for each in objects() if each["kind"] == kind)
    return found


POD: Final[Any] = the("DaemonSet")["spec"]["template"]["spec"]
(DAEMON,) = POD["containers"]
(FOLDERS,) = POD["initContainers"]
PROBES: Final = ("startupProbe", "livenessProbe", "readinessProbe")
