"""What to ask the API next, so that what we have is what it has: list, watch, and list again.

A list is read page by page; a watch goes on where the list, or the watch before it, was. When the server
has forgotten that place (410 Gone) the collection is listed anew; what we had stays until that is complete.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from bgpd.kubernetes.answers import AnswerError, Event, Key, Object, Page, Refusal
from bgpd.kubernetes.collections import Collection

PAGE: Final = 100
"""Objects that are asked for at a time: a page is read in one go, and others want the processor as well."""
_LARGER: Final = 5
_LARGEST_PAGE: Final = 12_500
MOST_OBJECTS: Final = 100_000
"""Of one collection. Kubernetes is tested with 5,000 nodes."""


class List(NamedTuple):
    """Ask for a page of a list."""

    following: str
    limit: int


class Watch(NamedTuple):
    """Ask for all changes after a version."""

    version: str


class Listed(NamedTuple):
    """The collection as a whole."""

    objects: Mapping[Key, Object]


class Reflector:
    """Where we are in one collection."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.version = ""
        """Whatever the server had until here is known; empty: it has to be listed."""
        self.is_listed = False
        """Whether there was a complete list."""
        self._pages: dict[Key, Object] = {}
        self._following = ""
        self._limit = PAGE
        self._brought = 0

    def next(self) -> List | Watch:
        """Return what to ask now."""
        if self.version:
            self._brought = 0
            return Watch(self.version)
        return List(self._following, self._limit)

    def page(self, page: Page) -> Listed | None:
        """Take a page; return the list when it is complete. Raises AnswerError if it is too long."""
        self._pages.update(page.objects)
        if len(self._pages) > MOST_OBJECTS:
            self._from_the_start()
            raise AnswerError(f"there are more than {MOST_OBJECTS} objects")
        self._following = page.following
        if page.following:
            return None
        objects = self._pages
        self._from_the_start()
        self.version, self.is_listed, self._limit = page.version, True, PAGE
        return Listed(objects)

    def event(self, event: Event) -> None:
        """Take note of an event of the watch."""
        self.version = event.version
        self._brought += 1

    def refused(self, refusal: Refusal) -> None:
        """Begin again with what the server no longer knows; everything else is asked again as it was."""
        if not refusal.is_gone:
            return
        if not self.version and self._following:
            # A list took longer than the server remembers it: fewer and larger pages do not.
            self._limit = min(self._limit * _LARGER, _LARGEST_PAGE)
        self._from_the_start()

    def ran_out(self) -> None:
        """The watch has run for all of its time.

        One that brought nothing at all, not even a bookmark, may wait for a version that never comes: the
        server's store may have been put back to an older state.
        """
        if not self._brought:
            self._from_the_start()

    def _from_the_start(self) -> None:
        self.version = self._following = ""
        self._pages = {}
