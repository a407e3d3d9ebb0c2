"""Where whoever reads the configuration gets the cluster's resources from."""

import logging
import random
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

from bgpd.calico import CalicoError, Resource, resources_of, secrets_named_by
from bgpd.kubernetes.answers import Object
from bgpd.kubernetes.observer import Observer
from bgpd.kubernetes.rest import Pace
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.kubernetes.source import KubernetesSource
from bgpd.kubernetes.state_file import StateFile

_FEW: Final = 5
"""Seconds that a start waits for the API if it can do without."""

_log: Final = logging.getLogger("bgpd")


class ApiAwayError(Exception):
    """There are no resources to begin with; the text says why, and what to do."""


class ClusterResources:
    """Watches the cluster that a configuration names, from the first time it is read.

    Made before the configuration is read for the first time, and asked in whatever thread that is done in.
    """

    def __init__(self, pace: Pace = Pace()) -> None:  # noqa: B008 - it is immutable
        self._pace = pace
        self._lock = Lock()
        self._watched: dict[KubernetesSettings, _Watched] = {}
        self._names: dict[str, int] = {}
        """How often a server was watched, each time for other settings."""

    def read(self, settings: KubernetesSettings) -> Sequence[Resource]:
        """Return all resources as they are now. Raises ApiAwayError, and CalicoError for what is none."""
        with self._lock:
            watched = self._watched.get(settings)
            if watched is None or watched.observer.is_stopped:
                watched = self._watched[settings] = _Watched(
                    settings, self._pace, self._name(settings.server)
                )
        return [*_resources(watched.objects(), settings)]

    def sources(self, settings: KubernetesSettings | None) -> Sequence[KubernetesSource]:
        """Return what tells when to read these again; whatever else was read is watched no longer."""
        with self._lock:
            others = [each for known, each in self._watched.items() if known != settings]
            self._watched = {known: each for known, each in self._watched.items() if known == settings}
            found = [each.source for each in self._watched.values()]
        for other in others:
            other.observer.stop()
        return found

    def close(self) -> None:
        """Watch nothing any more."""
        self.sources(None)

    def _name(self, server: str) -> str:
        """Return what nothing else that was ever watched is called."""
        number = self._names[server] = self._names.get(server, 0) + 1
        return server if number == 1 else f"{server} ({number})"


class _Watched:
    """One cluster, as one node sees it."""

    def __init__(self, settings: KubernetesSettings, pace: Pace, name: str) -> None:
        self.observer = Observer(settings, _secrets_of, random.random, pace)
        self._settings = settings
        self._state = StateFile(settings)
        self.source = KubernetesSource(self.observer, self._state, name)
        self._saved: Sequence[Object] | None = None
        self.observer.start()

    def objects(self) -> Sequence[Object]:
        """Return everything that is known; in need what a former process has known. Raises ApiAwayError."""
        observer = self.observer
        if observer.wait(self._patience()) or observer.was_complete:
            return observer.objects()
        if self._saved is None:
            self._saved = self._former()
        return self._saved

    def _patience(self) -> float:
        if self._saved is not None:
            return 0.0
        return min(self._settings.wait, _FEW) if self._state.is_there else self._settings.wait

    def _former(self) -> Sequence[Object]:
        saved = self._state.read()
        problem = self.observer.health().problem or "no answer yet"
        if saved is None:
            raise ApiAwayError(
                f"the Kubernetes API at {self._settings.server} has not told everything within "
                f"{self._settings.wait} s ({problem}), and there is no state_file from an earlier run"
            )
        _log.warning(
            "kubernetes %s: %s; beginning with what was so on %s, from %s",
            self._settings.server,
            problem,
            saved.date,
            self._settings.state_file,
        )
        return saved.objects


def _resources(objects: Iterable[Object], settings: KubernetesSettings) -> Iterable[Resource]:
    for each in objects:
        yield from resources_of(each, settings.server)


def _secrets_of(objects: Sequence[Object]) -> frozenset[str]:
    """Return the names of the secrets that objects refer to; what is wrong with them is told elsewhere."""
    try:
        resources = [each for content in objects for each in resources_of(content, "")]
    except CalicoError:
        return frozenset()
    return frozenset(reference.name for reference in secrets_named_by(resources))
