"""The effective configuration as TOML, for ``bgpd --print-config`` and ``bgpd --convert``.

The text can be loaded again and then says the same, except for passwords, which are shown on demand only.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import SecretStr

from bgpd.config.configuration import Configuration
from bgpd.config.fields import unset_meaning, values_of
from bgpd.config.neighbors import Group
from bgpd.config.section import Section
from bgpd.config.static import StaticDestination
from bgpd.config.wording import key_text, quoted

_MASK: Final = "********"


def print_config(configuration: Configuration, *, secrets: bool = False) -> str:
    """Return all settings in force; neighbors carry what their groups say."""
    printer = _Printer(secrets=secrets)
    blocks: list[str] = []
    for key, _, value in values_of(configuration):
        match value:
            case Section():
                blocks += printer.section(f"[{key}]", value)
            case tuple():
                blocks += [block for item in value for block in printer.section(f"[[{key}]]", item)]
            case Mapping() if value and all(isinstance(item, str) for item in value.values()):
                blocks.append(_texts(f"[{key}]", value))
            case Mapping():
                blocks += [
                    block
                    for name, item in value.items()
                    for block in printer.named(f"[{key}.{key_text(name)}]", item)
                ]
    if configuration.direct is None and not configuration.directs:
        blocks.append("[directs]")
    return "\n\n".join(blocks) + "\n"


def render(value: object) -> str:
    """Return a value as TOML writes it, on one line; passwords are masked."""
    return _Printer(secrets=False).value(value)


class _Printer:
    """Writes tables and values as TOML."""

    def __init__(self, *, secrets: bool) -> None:
        self._secrets = secrets

    def section(self, heading: str, section: Section) -> Iterator[str]:
        """Yield a table with all its keys, then the tables inside of it."""
        lines = [heading]
        inner: list[str] = []
        for key, field, value in values_of(section):
            match value:
                case Section():
                    inner += self.section(f"[{heading.strip('[]')}.{key}]", value)
                case None:
                    lines.append(f"# {key}: {unset_meaning(field) or ''}".replace("`", ""))
                case str() if "\n" in value:
                    lines.append(f"{key} = {_text(value)}")
                case (StaticDestination(), *_):
                    lines.append(f"{key} = [\n{self._rows(value)}]")
                case _:
                    lines.append(f"{key} = {self.value(value)}")
        yield "\n".join(lines)
        yield from inner

    def named(self, heading: str, section: Section) -> Iterator[str]:
        """Yield a table with a name; of a group only what is written: neighbors would inherit defaults."""
        if not isinstance(section, Group):
            yield from self.section(heading, section)
            return
        written = section.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
        yield "\n".join([heading, *(f"{key} = {self.value(value)}" for key, value in written.items())])

    def value(self, value: object) -> str:
        """Return a value on one line."""
        match value:
            case bool():
                return "true" if value else "false"
            case SecretStr():
                return quoted(value.get_secret_value() if self._secrets else _MASK)
            case str():
                return quoted(value)
            case Section() | Mapping():
                return self._inline(value)
            case tuple() | list():
                return "[" + ", ".join(map(self.value, value)) + "]"
        return str(value)

    def _inline(self, table: Section | Mapping[str, object]) -> str:
        if isinstance(table, Section):
            table = {key: value for key, _, value in values_of(table)}
        pairs = (f"{key} = {self.value(value)}" for key, value in table.items() if value is not None)
        return f"{{ {', '.join(pairs)} }}"

    def _rows(self, sections: Iterable[object]) -> str:
        """Return a line for each, without the defaults: there may be many."""
        tables = (each for each in sections if isinstance(each, Section))
        rows = (table.model_dump(by_alias=True, exclude_defaults=True) for table in tables)
        return "".join(f"  {self._inline(row)},\n" for row in rows)


def _texts(heading: str, texts: Mapping[str, str]) -> str:
    """Return a table of texts, each with its own lines as far as TOML can have them so."""
    return "\n".join([heading, *(f"{key_text(name)} = {_text(text)}" for name, text in texts.items())])


def _text(text: str) -> str:
    is_plain = all(line.replace("\t", "").isprintable() for line in text.split("\n"))
    if is_plain and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    return quoted(text)
