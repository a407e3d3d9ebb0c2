"""All that is watched of one cluster: a worker for each collection, and what they have found."""

import logging
from collections.abc import Callable, Sequence
from threading import Condition
from time import monotonic, time
from typing import Final, NamedTuple

from bgpd.kubernetes.answers import Object
from bgpd.kubernetes.collections import COLLECTIONS, Collection, secret
from bgpd.kubernetes.rest import Pace
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.kubernetes.store import Store
from bgpd.kubernetes.worker import Ways, Worker

_ABSENT: Final = (403, 404)
_NOT_FOUND: Final = 404
_NAME_SECRETS: Final = ("BGPConfiguration", "BGPPeer")
"""The kinds whose objects name secrets."""

_log: Final = logging.getLogger("bgpd")

SecretsOf = Callable[[Sequence[Object]], frozenset[str]]
"""Returns the names of the secrets that objects refer to."""
Heard = Callable[[Collection], None]


class Health(NamedTuple):
    """How it goes."""

    state: str
    """``connecting``, ``watched`` or ``troubled``."""
    since: float
    """Unix time at which this began."""
    problem: str
    objects: int


class Observer:
    """From ``start`` to ``stop``; workers tell it in their threads how they do."""

    def __init__(
        self,
        settings: KubernetesSettings,
        secrets_of: SecretsOf,
        random: Callable[[], float],
        pace: Pace = Pace(),  # noqa: B008 - it is immutable
    ) -> None:
        self.settings = settings
        self.pace = pace
        self._secrets_of = secrets_of
        self._store = Store()
        self._ways = Ways(settings, self._store, self, pace, random)
        self._condition = Condition()
        self.is_stopped = False
        self._workers: dict[Collection, Worker] = {}
        self._ending: list[Worker] = []
        self._known: set[Collection] = set()
        """Those that were listed, or that the API has nothing of for us."""
        self._problems: dict[Collection, str] = {}
        self._since = time()
        self._was_complete = False
        self._unread: set[Collection] = set()
        """What has changed since somebody asked for it."""
        self._heard: Heard = lambda _collection: None

    def start(self) -> None:
        """Begin to ask."""
        with self._condition:
            for collection in COLLECTIONS:
                self._begin(collection)

    def stop(self) -> None:
        """Have all threads end; nobody is told anything any more."""
        with self._condition:
            self.is_stopped = True
            self._ending = [*self._ending, *self._workers.values()]
            self._workers = {}
            self._heard = lambda _collection: None
            self._condition.notify_all()
        for worker in self._ending:
            worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait until all threads have ended; tell whether they have."""
        deadline = monotonic() + seconds
        return all(worker.join(max(0.0, deadline - monotonic())) for worker in self._ending)

    def listen(self, heard: Heard) -> None:
        """Have somebody told, in some thread, when anything has changed and all is known.

        What has changed since it was last asked for is told now.
        """
        with self._condition:
            self._heard = heard
            for collection in [*self._unread]:
                self._tell(collection, is_news=True)

    def wait(self, seconds: float) -> bool:
        """Wait until each collection is known; tell whether that is so. False at once after ``stop``."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_complete or not self._workers, seconds)
            return self._is_complete

    @property
    def was_complete(self) -> bool:
        """Whether each collection has been known at some time, and so is now, but perhaps for new secrets."""
        with self._condition:
            return self._was_complete

    def objects(self) -> tuple[Object, ...]:
        """Return everything that is known."""
        with self._condition:
            self._unread.clear()
            collections = [*self._workers]
        return self._store.objects(collections)

    def health(self) -> Health:
        """Return how it goes."""
        with self._condition:
            problem = self._problem()
            state = "troubled" if problem else "watched" if self._is_complete else "connecting"
            return Health(state, self._since, problem, len(self._store))

    # -- what workers tell -------------------------------------------------------------------------

    def listed(self, collection: Collection, changes: int) -> None:
        """A collection is known from now on; so many of its objects are others."""
        with self._condition:
            is_new = collection not in self._known
            self._known.add(collection)
            self._follow_secrets(collection)
            self._tell(collection, is_news=bool(changes) or is_new)

    def changed(self, collection: Collection) -> None:
        """One object is another."""
        with self._condition:
            self._follow_secrets(collection)
            self._tell(collection, is_news=True)

    def answered(self, collection: Collection) -> None:
        """A worker has no problem any more."""
        with self._condition:
            if self._problems.pop(collection, "") and not self._problems:
                self._since = time()
                _log.info("kubernetes %s: the API answers again", self.settings.server)

    def in_trouble(self, collection: Collection, problem: str, status: int) -> None:
        """A worker has a problem; what is known of its collection stays."""
        with self._condition:
            if collection not in self._workers:
                return
            may_be_absent = collection.is_optional and status == _NOT_FOUND
            is_known = collection in self._known
            if not is_known and (may_be_absent or (collection.object_name and status in _ABSENT)):
                self._known.add(collection)
                self._tell(collection, is_news=True)
            if not may_be_absent or is_known:
                self._complain(collection, problem)

    def _complain(self, collection: Collection, problem: str) -> None:
        """Say it, unless another worker has said the same."""
        if not self._problems:
            self._since = time()
        if problem not in self._problems.values():
            _log.warning("kubernetes %s: %s: %s", self.settings.server, collection.words, problem)
        self._problems[collection] = problem

    # -- what follows from it ----------------------------------------------------------------------

    @property
    def _is_complete(self) -> bool:
        return bool(self._workers) and self._workers.keys() <= self._known

    def _problem(self) -> str:
        collection = next((each for each in self._workers if each in self._problems), None)
        return "" if collection is None else f"{collection.words}: {self._problems[collection]}"

    def _tell(self, collection: Collection, *, is_news: bool) -> None:
        if is_news:
            self._unread.add(collection)
        if not self._is_complete:
            return
        if not self._was_complete:
            self._was_complete, self._since = True, time()
        self._condition.notify_all()
        if is_news:
            self._heard(collection)

    def _begin(self, collection: Collection) -> None:
        self._workers[collection] = worker = Worker(collection, self._ways)
        worker.start()

    def _follow_secrets(self, collection: Collection) -> None:
        """Watch the secrets that are named now, and no others."""
        if collection.kind not in _NAME_SECRETS or not self._workers:
            return
        naming = [each for each in self._workers if each.kind in _NAME_SECRETS]
        names = self._secrets_of(self._store.objects(naming))
        wanted = {secret(self.settings.namespace, name) for name in names}
        for known in [each for each in self._workers if each.object_name and each not in wanted]:
            worker = self._workers.pop(known)
            worker.stop()
            self._ending = [each for each in self._ending if not each.join(0)] + [worker]
            self._store.forget(known)
            self._known.discard(known)
            self._problems.pop(known, None)
        for new in sorted(wanted - self._workers.keys()):
            self._begin(new)
