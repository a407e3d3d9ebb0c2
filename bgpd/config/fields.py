"""What the models say about their own keys: for error messages, printing and the documentation."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from bgpd.config.faults import KeyPath
from bgpd.config.section import Section
from bgpd.config.wording import Allowed, Unset


def keys_of(section: type[Section]) -> Mapping[str, FieldInfo]:
    """Return the keys of a table as a user writes them, and what is known about each."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def values_of(section: Section) -> Iterator[tuple[str, FieldInfo, object]]:
    """Yield the keys of a table with their values."""
    for name, field in type(section).model_fields.items():
        yield field.alias or name, field, getattr(section, name)


def is_set(section: Section, name: str) -> bool:
    """Tell whether a field has another value than its default."""
    return bool(getattr(section, name) != type(section).model_fields[name].default)


def section_of(annotation: object) -> type[Section] | None:
    """Return the model inside of a type such as ``tuple[Neighbor, ...]``, if there is one."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    sections = (section_of(argument) for argument in get_args(annotation))
    return next((section for section in sections if section), None)


def section_at(path: KeyPath, root: type[Section]) -> type[Section]:
    """Return the model that reads the table at this place."""
    annotation: object = root
    for part in path:
        annotation = _inside(annotation, part)
    return section_of(annotation) or root


def field_at(path: KeyPath, root: type[Section]) -> FieldInfo:
    """Return what is known about the key that holds this place, perhaps as an item of its list."""
    *table, key = path
    if isinstance(key, int):
        return field_at(tuple(table), root)
    return keys_of(section_at(tuple(table), root))[key]


def _inside(annotation: object, part: str | int) -> object:
    """Return the type of one key, one list item or one named table."""
    section = section_of(annotation)
    if section and get_origin(annotation) not in {tuple, dict}:
        return keys_of(section)[str(part)].annotation
    return get_args(annotation)[1 if get_origin(annotation) is dict else 0]


def allowed_values(field: FieldInfo) -> str:
    """Return what may be written, as the words that follow "write ..."."""
    return _words(field.metadata, field.annotation)


def _words(metadata: list[Any], annotation: object) -> str:
    """Find the text next to the type, or next to the type in ``Type | None``."""
    for note in metadata:
        if isinstance(note, Allowed):
            return note.text
    inner = next((argument for argument in get_args(annotation) if get_origin(argument) is Annotated), None)
    return _words([*inner.__metadata__], inner.__origin__) if inner else "a table"


def unset_meaning(field: FieldInfo) -> str | None:
    """Return what holds while the key is not written, if no value can say it."""
    return next((note.text for note in field.metadata if isinstance(note, Unset)), None)
