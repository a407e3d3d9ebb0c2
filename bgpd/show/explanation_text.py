"""An explanation for people: three sections, an answer a line, and what to do where that is clear."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from bgpd.show.audience import Follower, KernelTable, Told
from bgpd.show.candidates import Candidate
from bgpd.show.differences import Difference, as_change, as_result
from bgpd.show.explanation import Explanation
from bgpd.show.next_hops import NextHop
from bgpd.show.paragraphs import paragraph, some_of
from bgpd.show.times import short

_FACTS: Final = 5
"""Columns before what is said of a candidate."""
_FACT: Final = 10
"""Columns of the word before it."""
_WIDEST: Final = 26
"""Columns of names; longer ones have a line of their own."""
_ATTRIBUTE: Final = 18
_FEW: Final = 3
"""Names of neighbors that are told the same, in one line."""
_NOTHING: Final = "nothing, since no route may be used"


def explanation_lines(row: Explanation, now: float, *, details: bool) -> Iterator[str]:
    """Yield the whole text."""
    yield from _summary(row)
    yield ""
    yield "Candidates" if len(row.candidates) == 1 else "Candidates, the best first"
    for number, candidate in enumerate(row.candidates, 1):
        yield from _candidate_lines(number, candidate, now, row.candidates, details=details)
    sections = {
        "Kernel": [entry for table in row.kernel for entry in _kernel_entries(table)],
        "Neighbors": [*_follower_entries(row.neighbors, details=details)],
        "Pipes": [*_follower_entries(row.pipes, details=details)],
    }
    names = [name for entries in sections.values() for name, _ in entries]
    width = 2 + max((len(name) for name in names if len(name) <= _WIDEST), default=0)
    for title, entries in sections.items():
        if entries:
            yield ""
            yield title
        for name, text in entries:
            yield from paragraph(2, name, text, width)


def _summary(row: Explanation) -> Iterator[str]:
    if row.asked is not None:
        yield f"There is no route to {row.asked} itself; {row.prefix} covers it."
    if row.changes:
        yield "Something new is known of it and will be looked at next; this is how it was until now."
    count = len(row.candidates)
    routes = "1 route" if count == 1 else f"{count} routes"
    if row.best is not None:
        yield f"{row.prefix} in table {row.table}: {routes}, {row.best} is the best"
        return
    yield f"{row.prefix} in table {row.table}: {routes}, none that may be used"
    if row.instead is not None:
        yield f"Packets follow {row.instead.prefix} of {row.instead.route} instead."


# Candidates


def _candidate_lines(
    number: int, row: Candidate, now: float, all_rows: Sequence[Candidate], *, details: bool
) -> Iterator[str]:
    yield f"{number:>3}. {', '.join(_who(row, now))}"
    for word, text in _facts(row, is_alone=len(all_rows) == 1):
        yield from paragraph(_FACTS, word, text, _FACT)
    if details:
        for name, value in row.attributes.items():
            yield from paragraph(_FACTS + _FACT, f"{name}:", _plain_text(value), _ATTRIBUTE)


def _who(row: Candidate, now: float) -> Iterator[str]:
    yield row.route
    if row.kind != "BGP":
        yield row.kind.lower()
    if row.address is not None:
        yield f"AS {row.asn} at {row.address}" if row.asn else f"at {row.address}"
    if row.relation is not None:
        yield row.relation
    if row.tables is not None:
        yield f"through table {' and '.join(row.tables)}"
    if row.path_id is not None and row.route == row.protocol:
        yield f"path {row.path_id['received']}"
    yield f"since {short(row.since, now)}"


def _facts(row: Candidate, *, is_alone: bool) -> Iterator[tuple[str, str]]:
    yield _outcome(row, is_alone=is_alone)
    if row.result != "refused":
        if row.relation is not None:
            changes = as_change(row.changed)
            yield "import", f"accepted with {changes}" if changes else "accepted as it came"
        if row.next_hop is not None:
            yield "next hop", _next_hop(row.next_hop)
        else:
            yield "leads to", row.leads
    if row.help is not None:
        yield "help", row.help
    if row.shares is not None:
        yield "shares", f"the packets with others in {', '.join(row.shares)}"


def _outcome(row: Candidate, *, is_alone: bool) -> tuple[str, str]:
    if row.refusal is not None:
        evidence = "" if row.evidence is None else f": {row.evidence}"
        return row.result, f"{row.refusal.removeprefix(f'{row.result} ')}{evidence}"
    if row.decided is not None:
        return row.result, row.decided.text("over" if row.result == "best" else "against")
    if row.result == "best":
        return row.result, "the only one" if is_alone else "the only one that may be used"
    return row.result, "it says the same as the best, which came first"


def _next_hop(row: NextHop) -> str:
    metric = "" if row.metric is None else f", metric {row.metric}"
    return f"{row.address}: {'' if row.resolved else 'unreachable, '}{row.through}{metric}"


def _plain_text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


# Who is told


_Entry: TypeAlias = tuple[str, str]
"""Who, and a paragraph about it; without a name it goes on about the one before."""


def _kernel_entries(row: KernelTable) -> Iterator[_Entry]:
    leads = row.leads if row.tunnel is None else f"{row.leads} ({row.tunnel})"
    words = {
        "installed": f"in the kernel: {leads}",
        "waiting": f"not yet in the kernel, {row.why}: {leads}",
        "refused": f"not in the kernel, which says: {row.why}",
        "absent": f"not in the kernel: {row.why}",
    }
    yield row.protocol, words[row.state]
    if row.help is not None:
        yield "", f"help: {row.help}"


def _follower_entries(rows: Sequence[Follower], *, details: bool) -> Iterator[_Entry]:
    """Those with the same answer are one entry, unless details are asked for."""
    alike: dict[tuple[object, ...], list[Follower]] = {}
    for number, row in enumerate(rows):
        same = (row.target, row.told, row.behind is not None, number if details else 0)
        alike.setdefault(same, []).append(row)
    for same_rows in sorted(alike.values(), key=lambda some: not _is_told(some[0])):
        names = some_of([row.protocol for row in same_rows], _FEW)
        first = same_rows[0]
        if first.target is not None:
            names += f" -> {first.target}"
        for text in _said(first, len(same_rows), details=details):
            yield names, text
            names = ""


def _is_told(row: Follower) -> bool:
    return any(told.sent for told in row.told)


def _said(row: Follower, how_many: int, *, details: bool) -> Iterator[str]:
    if not row.told:
        yield _NOTHING
    if row.behind is not None:
        waiting = f" ({row.behind} prefixes wait)" if how_many == 1 else ""
        yield f"behind: this has yet to be told{waiting}"
    answers: dict[tuple[object, ...], list[Told]] = {}
    for told in row.told:
        answers.setdefault((told.sent, told.changed, told.why), []).append(told)
    for some in answers.values():
        yield from _answer(row, some, details=details)


def _answer(row: Follower, some: Sequence[Told], *, details: bool) -> Iterator[str]:
    """Say what became of the routes that fared alike."""
    first = some[0]
    names = [
        told.route if told.path_id is None else f"{told.route} as path {told.path_id}"
        for told in some
        if row.several and told.route
    ]
    which = ", ".join(names) if details else some_of(names, _FEW)
    verb = "sent" if row.target is None else "passed on"
    if first.sent:
        yield f"{which} {verb}{_looks(first.changed, details=details)}".lstrip()
        return
    yield f"{which} not {verb}: {first.why}".lstrip()
    if first.help is not None:
        yield f"help: {first.help}"


def _looks(changed: Sequence[Difference], *, details: bool) -> str:
    if not changed:
        return " as it is"
    return f" with {as_change(changed)}" if details else f" with {as_result(changed)}"
