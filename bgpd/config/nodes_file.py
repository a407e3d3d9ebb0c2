"""The file that ``nodes_file`` of ``[cluster]`` names: nodes and blocks, kept by another program."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from bgpd.config.cluster import NodesFile
from bgpd.config.explain import faults_of
from bgpd.config.faults import Fault, KeyPath, Problem
from bgpd.config.json_rows import index_rows
from bgpd.config.json_text import parse_json
from bgpd.config.problems import located
from bgpd.config.regular_files import read_regular_file
from bgpd.config.toml_lines import line_of
from bgpd.config.wording import kind, quoted

IN_NODES_FILE: Final[KeyPath] = ("cluster", "nodes_file")
"""What the paths of faults in the file begin with."""
_LARGEST: Final = 16 << 20
"""Characters; a hundred thousand nodes have less."""
_SHAPE: Final = 'write a list of nodes, or an object with the lists "nodes" and "blocks"'


class NodesFileContents(NamedTuple):
    """What the file says, or what is wrong with it."""

    path: str
    text: str = ""
    data: Mapping[str, object] = {}
    file: NodesFile | None = None
    faults: tuple[Fault, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_list: bool = False
    """Whether the nodes are not in an object."""

    def problems_of(self, faults: list[Fault]) -> Iterator[Problem]:
        """Return faults of this file with their lines."""
        if not faults:
            return
        rows = index_rows(self.text)
        lines = {("nodes", *path): line for path, line in rows.items()} if self.is_list else rows
        here = [fault._replace(path=fault.path[len(IN_NODES_FILE) :]) for fault in faults]
        for problem, fault in zip(located(here, self.data, self.path, {}), dict.fromkeys(here), strict=True):
            yield problem._replace(line=line_of(fault.path, lines))


def read_nodes_file(path: Path) -> NodesFileContents:
    """Read and check the file; whatever is wrong is in what is returned."""
    place = str(path)
    try:
        text = read_regular_file(path).decode("utf-8-sig")
        if len(text) > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST >> 20} MiB")
        found = parse_json(text)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        message = f"{quoted(place)} cannot be read: {reason}; write the path of a file this user may read"
        return NodesFileContents(place, problems=(Problem(place, None, "", message),))
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} (column {error.colno}); {_SHAPE}"
        return NodesFileContents(place, problems=(Problem(place, error.lineno, "", message),))
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {'nested too deeply' if isinstance(error, RecursionError) else error}; {_SHAPE}"
        return NodesFileContents(place, problems=(Problem(place, None, "", message),))
    return _checked(place, text, found)


def _checked(place: str, text: str, found: object) -> NodesFileContents:
    is_list = isinstance(found, list)
    data = {"nodes": found} if is_list else found
    if not isinstance(data, dict):
        problem = Problem(place, 1, "", f"{kind(data)} is not allowed; {_SHAPE}")
        return NodesFileContents(place, problems=(problem,))
    contents = NodesFileContents(place, text, data, is_list=is_list)
    try:
        return contents._replace(file=NodesFile.model_validate(data))
    except ValidationError as error:
        faults = faults_of(error, NodesFile)
        return contents._replace(
            faults=tuple(fault._replace(path=(*IN_NODES_FILE, *fault.path)) for fault in faults)
        )
