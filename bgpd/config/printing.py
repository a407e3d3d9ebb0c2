"""The effective configuration as TOML, for ``bgpd --print-config``.

The text can be loaded again and then says the same, except for passwords, which are never shown.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import SecretStr

from bgpd.config.configuration import Configuration
from bgpd.config.fields import unset_meaning, values_of
from bgpd.config.neighbors import Group
from bgpd.config.section import Section
from bgpd.config.wording import key_text, quoted

_MASK: Final = "********"


def print_config(configuration: Configuration) -> str:
    """Return all settings in force; neighbors carry what their groups say."""
    blocks: list[str] = []
    for key, _, value in values_of(configuration):
        match value:
            case Section():
                blocks += _section(f"[{key}]", value)
            case tuple():
                blocks += [block for item in value for block in _section(f"[[{key}]]", item)]
            case Mapping() if value and all(isinstance(item, str) for item in value.values()):
                blocks.append(_texts(f"[{key}]", value))
            case Mapping():
                blocks += [
                    block
                    for name, item in value.items()
                    for block in _named(f"[{key}.{key_text(name)}]", item)
                ]
    return "\n\n".join(blocks) + "\n"


def _section(heading: str, section: Section) -> Iterator[str]:
    """Yield a table with all its keys, then the tables inside of it."""
    lines = [heading]
    inner: list[str] = []
    for key, field, value in values_of(section):
        if isinstance(value, Section):
            inner += _section(f"[{heading.strip('[]')}.{key}]", value)
        elif value is None:
            lines.append(f"# {key}: {unset_meaning(field) or ''}".replace("`", ""))
        else:
            lines.append(f"{key} = {render(value)}")
    yield "\n".join(lines)
    yield from inner


def _named(heading: str, section: Section) -> Iterator[str]:
    """Yield a table with a name; of a group what was written only: neighbors would inherit its defaults."""
    if not isinstance(section, Group):
        yield from _section(heading, section)
        return
    written = section.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    yield "\n".join([heading, *(f"{key} = {render(value)}" for key, value in written.items())])


def _texts(heading: str, texts: Mapping[str, str]) -> str:
    """Return a table of texts, each with its own lines as far as TOML can have them so."""
    return "\n".join([heading, *(f"{key_text(name)} = {_text(text)}" for name, text in texts.items())])


def _text(text: str) -> str:
    is_plain = all(line.replace("\t", "").isprintable() for line in text.split("\n"))
    if is_plain and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    return quoted(text)


def render(value: object) -> str:
    """Return a value as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case SecretStr():
            return quoted(_MASK)
        case str():
            return quoted(value)
        case Section() | Mapping():
            return _inline_table(value)
        case tuple() | list():
            return "[" + ", ".join(map(render, value)) + "]"
    return str(value)


def _inline_table(table: Section | Mapping[str, object]) -> str:
    if isinstance(table, Section):
        table = {key: value for key, _, value in values_of(table)}
    return (
        "{ "
        + ", ".join(f"{key} = {render(value)}" for key, value in table.items() if value is not None)
        + " }"
    )
