"""What the Kubernetes API answers: a page of a list, an event of a watch, or a Status that says why not."""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

Object = Mapping[str, object]
Key = tuple[str, str]
"""Namespace and name: what no two objects of a collection have in common."""
_NOTHING: Final[Object] = {}


class AnswerError(Exception):
    """What came is not what the API says; the text tells what it is."""


class Page(NamedTuple):
    """One piece of a list."""

    objects: Mapping[Key, Object]
    version: str
    """That of the list as a whole: a watch from here misses nothing."""
    following: str
    """The token for the next page; empty: this is the last one."""


class Change(Enum):
    """What an event says of its object."""

    PUT = "put"
    REMOVED = "removed"
    BOOKMARK = "bookmark"
    """Nothing: it only brings the version."""


class Event(NamedTuple):
    """One event of a watch."""

    change: Change
    key: Key
    version: str
    object: Object


class Refusal(NamedTuple):
    """Why the API does not do it: the HTTP status, or a Status in the middle of a watch."""

    status: int
    reason: str = ""
    message: str = ""
    retry_after: float = 0.0
    """Seconds that the server wants to be left alone."""

    @property
    def is_gone(self) -> bool:
        """Whether the server knows this version, or this token, no longer, or has yet to reach it."""
        return self.status == 410 or self.reason in {"Expired", "Gone", "ResourceVersionTooLarge"}


_CHANGES: Final = {
    "ADDED": Change.PUT,
    "MODIFIED": Change.PUT,
    "DELETED": Change.REMOVED,
    "BOOKMARK": Change.BOOKMARK,
}


def page_of(octets: bytes) -> Page:
    """Read a list. Raises AnswerError."""
    document = _mapping(_json(octets), "the list")
    items = document.get("items", [])
    if items is None:  # what Go makes of an empty list now and then
        items = []
    if not isinstance(items, list):
        raise AnswerError("the list has no items")
    metadata = _metadata(document)
    version = _text(metadata, "resourceVersion")
    if not version:
        raise AnswerError("the list has no resourceVersion")
    objects = [_mapping(item, "an item of the list") for item in items]
    return Page({key_of(each): each for each in objects}, version, _text(metadata, "continue"))


def event_of(line: bytes) -> Event | Refusal:
    """Read one line of a watch. Raises AnswerError."""
    event = _mapping(_json(line), "the event")
    kind, content = event.get("type"), _mapping(event.get("object"), "the object of the event")
    if kind == "ERROR":
        return status_of(content)
    change = _CHANGES.get(kind) if isinstance(kind, str) else None
    if change is None:
        raise AnswerError("the type of the event is none of " + ", ".join([*_CHANGES, "ERROR"]))
    version = _text(_metadata(content), "resourceVersion")
    if not version:
        raise AnswerError("the object of the event has no resourceVersion")
    key = ("", "") if change is Change.BOOKMARK else key_of(content)
    return Event(change, key, version, content)


def status_of(content: Object, http_status: int = 0) -> Refusal:
    """Return what a Status says; ``http_status`` goes before it if there is one."""
    code = content.get("code")
    status = http_status or (code if isinstance(code, int) else 500)
    details = content.get("details")
    causes = details.get("causes") if isinstance(details, Mapping) else None
    known = causes if isinstance(causes, list) else []
    reasons = [_text(cause, "reason") for cause in known if isinstance(cause, Mapping)]
    reason = "ResourceVersionTooLarge" if "ResourceVersionTooLarge" in reasons else _text(content, "reason")
    return Refusal(status, reason, _text(content, "message"))


def refusal_of(status: int, octets: bytes, retry_after: float = 0.0) -> Refusal:
    """Return what an HTTP answer says that is none of success; its body may be anything."""
    try:
        content = _mapping(_json(octets), "the answer")
    except AnswerError:
        content = _NOTHING
    return status_of(content, status)._replace(retry_after=retry_after)


def key_of(content: Object) -> Key:
    """Return where an object stands in its collection. Raises AnswerError."""
    metadata = _metadata(content)
    name = _text(metadata, "name")
    if not name:
        raise AnswerError("there is an object without metadata.name")
    return _text(metadata, "namespace"), name


def _json(octets: bytes) -> object:
    try:
        return json.loads(octets)
    except RecursionError:
        raise AnswerError("it is nested too deeply") from None
    except ValueError as error:
        raise AnswerError(f"it is no JSON: {error}") from None


def _mapping(value: object, what: str) -> Object:
    if not isinstance(value, Mapping):
        raise AnswerError(f"{what} is no object")
    return value


def _metadata(content: Object) -> Object:
    metadata = content.get("metadata")
    return metadata if isinstance(metadata, Mapping) else _NOTHING


def _text(content: Object, key: str) -> str:
    value = content.get(key)
    return value if isinstance(value, str) else ""
