"""Makes ``docs/configuration.md`` from the models.

``python -m bgpd.config.reference > docs/configuration.md``
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from inspect import cleandoc
from typing import Final, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bgpd.config.cluster import DECIDED, Cluster, ClusterNode
from bgpd.config.configuration import Configuration
from bgpd.config.descriptions import descriptions_of
from bgpd.config.fields import allowed_values, keys_of, section_of, unset_meaning
from bgpd.config.interfaces import Direct, NamedDirect
from bgpd.config.kernel import KernelTable, NamedKernelTable
from bgpd.config.neighbors import Group, NeighborOptions
from bgpd.config.printing import render
from bgpd.config.section import Section

_INTRODUCTION: Final = """\
# Configuration

<!-- Made from the models by `python -m bgpd.config.reference`; edit bgpd/config. -->

One file, TOML, or JSON with the same keys when its name ends in `.json`. Without a file the defaults below
hold; `configs/default.toml` spells them out, and the other files in `configs/` are ready to be adapted.

```toml
[router]
id = "192.0.2.1"
asn = 64512

[[neighbors]]
name = "tor1"
address = "192.0.2.254"
asn = 65001
import = "all"
export = "all"
```

| command | for |
|---|---|
| `bgpd -c FILE --check` | report every problem of the file at once, and end |
| `bgpd -c FILE --print-config` | print the effective values with defaults and groups; no passwords |
| `bgpd --convert bird.cfg` | print what a file of BIRD 1.6 says in this form, passwords included |

A problem is reported as `file:line: key: what was found; what is allowed`, and the exit code is 2. Of

<!-- wrong on purpose -->

```toml
# broken.toml
[router]
id = "192.0.2.1"

[[neighbors]]
name = "tor1"
address = "192.0.2.254"
asn = 65001
hold_time = 2
import = "from_tor"
expert = "all"
```

`bgpd` says:

```console
$ bgpd -c broken.toml --check
broken.toml:9: neighbors[tor1].hold_time: 2 is not allowed; write 0, or a number of seconds from 3 to 65535
broken.toml:10: neighbors[tor1].import: unknown filter "from_tor"; there are "all" and "none"
broken.toml:11: neighbors[tor1].expert: unknown key; did you mean "export"?
```

Types are strict: `port = "179"` is an error, and so is an unknown key. A key that is announced here as not
supported yet is an error as well: nothing in a file is ever ignored.

Filters are named in `import` and `export`. `"all"` and `"none"` are always there; others are written in
`[filters]` or in files of their own, in the language that `docs/filters.md` is about. What is wrong in them
is reported as `file:line:column message`, for example `bgpd.toml:14:10 int or bool expected`.
"""

_DEFAULTS_THAT_DIFFER: Final = """\
## Defaults that differ from BIRD 1.6

| key | here | BIRD 1.6 | why |
|---|---|---|---|
| `families` | both in one session if asked | one daemon per family | today's practice |
| `hold_time` | 90 | 240 | RFC 4271's suggestion |
| `ebgp_requires_policy` | true | off | RFC 8212 |
| `export` of `[kernel.ipv4]` and `[kernel.ipv6]` | `"all"` | none | a kernel table says that one wants it |
| `error_wait` of `[cluster]` | 2 to 30 seconds | 60 to 300 | nodes come and go |
| `connect_delay`, `connect_retry` of `[cluster]` | 2 and 5 seconds | 5 and 120 | nodes come and go |
| `import`, `export` of `[cluster]` | `"all"` | all, none | a cluster says that one wants it |
| `graceful_restart` of `[cluster]` | `"full"` | aware | other nodes keep the routes of one that restarts |
| `keep_filtered` | true | off | refused routes can be explained, and a changed filter needs no refresh |
"""


def reference() -> str:
    """Return the whole document."""
    sections = (block for key, field in keys_of(Configuration).items() for block in _top_level(key, field))
    return "\n".join([_INTRODUCTION, *sections, _DEFAULTS_THAT_DIFFER])


def _top_level(key: str, field: FieldInfo) -> Iterator[str]:
    section = section_of(field.annotation)
    if section is None:
        yield f"## `[{key}]`\n\n{descriptions_of(Configuration)[key]}\n"
        return
    match get_origin(field.annotation):
        case origin if origin is tuple:
            yield from _table(f"[[{key}]]", section)
        case origin if origin is dict:
            yield from _shared(f"[{key}.NAME]", section)
        case _:
            yield from _shared(f"[{key}]", section)


def _table(heading: str, section: type[Section]) -> Iterator[str]:
    """Yield a chapter for a table, and one for each table inside of it."""
    fields = keys_of(section)
    inner = {key: table for key, field in fields.items() if (table := _inner_table(field))}
    yield f"## `{heading}`\n\n{_text(section)}\n"
    rows = list(_rows(section, fields.keys() - inner.keys()))
    if rows:
        yield "\n".join(["| key | value | default | meaning |", "|---|---|---|---|", *rows, ""])
    for key, table in inner.items():
        yield from _table(f"[{heading.strip('[]')}.{key}]", table)
    if section.planned:
        yield _not_yet(section)


def _inner_table(field: FieldInfo) -> type[Section] | None:
    """Return the model of a key that is a table of its own, not a list of small ones."""
    return None if get_origin(field.annotation) is tuple else section_of(field.annotation)


_DESCRIBED_ELSEWHERE: Final[Mapping[type[Section], tuple[type[Section], str]]] = {
    Cluster: (NeighborOptions, "[`[[neighbors]]`](#neighbors)"),
    Group: (NeighborOptions, "[`[[neighbors]]`](#neighbors)"),
    NamedDirect: (Direct, "[`[direct]`](#direct)"),
    NamedKernelTable: (KernelTable, "[`[kernel.ipv4]`](#kernelipv4)"),
}
"""The tables that share keys with another one, and where these are described."""
_ROWS_DESCRIBED: Final[Mapping[type[Section], Mapping[str, type[Section]]]] = {
    Cluster: {"nodes": ClusterNode}
}
"""The tables with lists whose rows have a chapter of their own."""


def _shared(heading: str, section: type[Section]) -> Iterator[str]:
    """Yield the chapter of a table, without the keys that are the same elsewhere."""
    if section not in _DESCRIBED_ELSEWHERE:
        yield from _table(heading, section)
        return
    shared, place = _DESCRIBED_ELSEWHERE[section]
    yield f"## `{heading}`\n\n{_text(section)}\n"
    own, others = keys_of(section), keys_of(shared)
    same = [key for key in others if _default(own[key]) == _default(others[key])]
    inner = {key: table for key in own if key not in others and (table := _inner_table(own[key]))}
    rows = list(_rows(section, own.keys() - {*same, *inner}))
    if rows:
        yield "\n".join(["| key | value | default | meaning |", "|---|---|---|---|", *rows, ""])
    left_out = DECIDED if section is Cluster else ()
    keys = ", ".join(f"`{key}`" for key in same if key not in left_out)
    yield f"And, as described under {place}: {keys}.\n"
    for key, row in _ROWS_DESCRIBED.get(section, {}).items():
        yield from _table(f"[[{heading.strip('[]')}.{key}]]", row)
    for key, table in inner.items():
        yield from _table(f"[{heading.strip('[]')}.{key}]", table)


def _rows(section: type[Section], chosen: Collection[str]) -> Iterator[str]:
    """Yield a row for each of these keys, in the order of the model."""
    meanings = descriptions_of(section)
    for key, field in keys_of(section).items():
        if key in chosen:
            cells = (f"`{key}`", allowed_values(field), _default(field), meanings[key])
            yield f"| {' | '.join(cells)} |"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "must be written"
    return unset_meaning(field) or f"`{render(field.default)}`"


def _text(section: type[Section]) -> str:
    return cleandoc(section.__doc__ or "").replace("``", "`")


def _not_yet(section: type[Section]) -> str:
    keys = (f"`{key}`" + _only(today) for key, today in section.planned.items())
    return f"Not supported yet: {', '.join(keys)}.\n"


def _only(today: object) -> str:
    return "" if today is None else f" (but `{render(today)}` may be written)"


if __name__ == "__main__":
    sys.stdout.write(reference())
