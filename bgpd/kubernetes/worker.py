"""A thread that keeps one collection up to date: asks, takes what comes, rests, asks again."""

import logging
from collections.abc import Callable
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Final, NamedTuple, Protocol

from bgpd.health.faults import FAULTS
from bgpd.kubernetes.answers import AnswerError, Event, Refusal, page_of
from bgpd.kubernetes.collections import Collection
from bgpd.kubernetes.connection import Connection, ConnectionTroubleError, RefusedError
from bgpd.kubernetes.problems import refusal_words
from bgpd.kubernetes.reflector import List, Reflector, Watch
from bgpd.kubernetes.rest import Pace, Rest
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.kubernetes.store import Store
from bgpd.kubernetes.stream import EventStream
from bgpd.kubernetes.trimming import Trimming

_JSON: Final = "application/json"
_METADATA_PAGE: Final = f"{_JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{_JSON}"
_METADATA: Final = f"{_JSON};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,{_JSON}"
_LONG: Final = 5.0
"""Seconds after which a watch that the server ended without any event was one all the same."""
_NOT_FOUND: Final = 404
_UNTIL_INSTALLED: Final = 60.0
"""Seconds until the API is asked again for what it has never heard of."""
_NO_ANSWER: Final = Refusal(0)

_log: Final = logging.getLogger("bgpd")


class Progress(Protocol):
    """Who is told how it goes, in the thread of the worker."""

    def listed(self, collection: Collection, changes: int) -> None:
        """A complete list is in the store; so many objects came, went or changed."""

    def changed(self, collection: Collection) -> None:
        """An object came, went or changed."""

    def answered(self, collection: Collection) -> None:
        """The API answers."""

    def in_trouble(self, collection: Collection, problem: str, status: int) -> None:
        """It does not, or it refuses with this HTTP status, otherwise 0."""


class Ways(NamedTuple):
    """What all workers of one cluster have in common."""

    settings: KubernetesSettings
    store: Store
    progress: Progress
    pace: Pace
    random: Callable[[], float]


class Worker:
    """One collection's thread, from ``start`` to ``stop``."""

    def __init__(self, collection: Collection, ways: Ways) -> None:
        self.collection = collection
        self._store, self._progress, self._pace, self._random = ways[1:]
        self._trimming = Trimming(ways.settings.node)
        self._reflector = Reflector(collection)
        self._rest = Rest(ways.pace, ways.random)
        self._connection = Connection(ways.settings, ways.pace.answer)
        self._stopping = Flag()
        self._thread = Thread(target=self._run, name=f"watch {collection.plural}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon: nothing is told any more; ``join`` waits for it."""
        self._stopping.set()
        self._connection.stop()

    def join(self, seconds: float) -> bool:
        """Wait until the thread has ended; tell whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            rest = None
            with FAULTS.contained("kubernetes", self.collection.words):
                rest = self._ask()
            self._stopping.wait(self._rest.next() if rest is None else rest)
        self._connection.close()

    def _ask(self) -> float:
        """Do the next thing; return the seconds to rest after it."""
        try:
            match self._reflector.next():
                case List() as wanted:
                    return self._list(wanted)
                case Watch() as wanted:
                    return self._watch(wanted)
        except RefusedError as error:
            return self._refused(error.refusal)
        except (AnswerError, ConnectionTroubleError) as error:
            return self._trouble(str(error))

    def _list(self, wanted: List) -> float:
        query = self._query() | {"limit": str(wanted.limit)}
        if wanted.following:
            query["continue"] = wanted.following
        accept = _METADATA_PAGE if self.collection.metadata_only else _JSON
        octets = self._connection.get(self.collection.path, query, accept, self._pace.answer)
        page = self._trimming.page(self.collection, page_of(octets))
        listed = self._reflector.page(page)
        self._progress.answered(self.collection)
        if listed is not None and not self._stopping.is_set():
            changes = self._store.replace(self.collection, listed.objects)
            self._progress.listed(self.collection, changes)
        return 0.0

    def _watch(self, wanted: Watch) -> float:
        seconds = self._pace.watch * (1 + self._random())
        query = self._query() | {
            "watch": "1",
            "resourceVersion": wanted.version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(max(1, round(seconds))),
        }
        accept = _METADATA if self.collection.metadata_only else _JSON
        began = monotonic()
        stream, brought = EventStream(), False
        for octets in self._connection.stream(
            self.collection.path, query, accept, seconds + self._pace.answer
        ):
            self._progress.answered(self.collection)
            for event in stream.feed(octets):
                if isinstance(event, Refusal):
                    raise RefusedError(event)
                brought = True
                self._take(event)
        if stream.is_in_line:
            raise AnswerError("the watch breaks off in the middle of an event")
        if monotonic() - began >= seconds / 2:
            self._reflector.ran_out()
        return 0.0 if brought or monotonic() - began >= _LONG else self._rest.next()

    def _take(self, event: Event) -> None:
        if self._stopping.is_set():
            return
        self._rest.succeeded()
        kept = self._trimming.event(self.collection, event)
        changes = self._store.apply(self.collection, kept)
        self._reflector.event(event)
        if changes:
            self._progress.changed(self.collection)

    def _query(self) -> dict[str, str]:
        name = self.collection.object_name
        return {"fieldSelector": f"metadata.name={name}"} if name else {}

    def _refused(self, refusal: Refusal) -> float:
        is_first_gone = refusal.is_gone and bool(self._reflector.version)
        self._reflector.refused(refusal)
        if is_first_gone:
            _log.debug("kubernetes %s: %s; listing anew", self.collection.words, refusal.message)
            soon = self._random() * self._pace.first
            return self._rest.next() if self._rest.is_tired else min(self._rest.next(), soon)
        if refusal.status == _NOT_FOUND and not self._reflector.is_listed:
            refusal = refusal._replace(retry_after=_UNTIL_INSTALLED)
        return self._trouble(refusal_words(self.collection, refusal), refusal)

    def _trouble(self, problem: str, refusal: Refusal = _NO_ANSWER) -> float:
        if not self._stopping.is_set():
            self._progress.in_trouble(self.collection, problem, refusal.status)
        return self._rest.next(refusal.retry_after)
