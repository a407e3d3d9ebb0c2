"""The file a restart begins with while the API is away: everything that was known, with its passwords."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from time import gmtime, strftime
from typing import Final, NamedTuple

from bgpd.kubernetes.answers import Object
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.restart.private_file import read_private, replace_private

_FORMAT: Final = 1
_MOST_OCTETS: Final = 256 << 20

_log: Final = logging.getLogger("bgpd")


class Saved(NamedTuple):
    """What a former process has known."""

    objects: tuple[Object, ...]
    at: float
    """Unix time."""

    @property
    def date(self) -> str:
        """Return when it was so."""
        return strftime("%Y-%m-%d %H:%M:%S UTC", gmtime(self.at))


class StateFile:
    """The file of one node in one cluster. What goes wrong is logged, and stops nobody."""

    def __init__(self, settings: KubernetesSettings) -> None:
        self._settings = settings
        self._path = Path(settings.state_file)
        self._written: tuple[Object, ...] | None = None
        self._complaint = ""

    @property
    def is_there(self) -> bool:
        """Whether there is one to read; not so if that can't be told."""
        return bool(self._settings.state_file) and os.path.exists(self._path)

    def read(self) -> Saved | None:
        """Return what it says; None if there is none, or none of this node and cluster."""
        if not self._settings.state_file:
            return None
        try:
            return _saved(read_private(self._path, _MOST_OCTETS), self._settings)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("kubernetes: state_file %s is not used: %s", self._path, _words(error))
            return None

    def write(self, objects: tuple[Object, ...], at: float) -> None:
        """Put this in the place of what is there, unless it is the same."""
        if not self._settings.state_file or objects == self._written:
            return
        document = {
            "format": _FORMAT,
            "server": self._settings.server,
            "node": self._settings.node,
            "saved": at,
            "objects": objects,
        }
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_private(self._path, json.dumps(document, separators=(",", ":")).encode())
        except (OSError, ValueError) as error:
            self._complain(_words(error))
        else:
            self._written = objects
            self._complain("")

    def _complain(self, text: str) -> None:
        if text and text != self._complaint:
            _log.warning(
                "kubernetes: state_file %s can't be written, so a restart needs the API: %s", self._path, text
            )
        self._complaint = text


def _saved(octets: bytes, settings: KubernetesSettings) -> Saved:
    """Raises ValueError if it can't be believed."""
    document = json.loads(octets)
    if not isinstance(document, Mapping) or document.get("format") != _FORMAT:
        raise ValueError("it has another format")
    for key, ours in (("server", settings.server), ("node", settings.node)):
        if document.get(key) != ours:
            raise ValueError(f"it is of another {key}, {document.get(key)}")
    objects, at = document.get("objects"), document.get("saved")
    if not isinstance(objects, list) or not all(isinstance(each, Mapping) for each in objects):
        raise ValueError("it has no objects")
    return Saved(tuple(objects), at if isinstance(at, int | float) else 0.0)


def _words(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
