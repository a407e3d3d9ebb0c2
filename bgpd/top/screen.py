"""The screen as lines: a summary, the neighbors, and what keys may be pressed."""

import time
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final, NamedTuple, TypeAlias

from bgpd.control.colors import BOLD, FAINT, GREEN, RED, REVERSED, STATES, YELLOW, colored
from bgpd.control.terminal import printable
from bgpd.top.columns import SORTS, Column, cell, duration, fitting, number
from bgpd.top.figures import Figures, Kernel, Neighbor
from bgpd.top.view import HELP, View

_SLOW: Final = 0.05
"""Seconds for which no callback should have the event loop."""
_KEYS: Final = "q quit  / filter  n s r i o ... sort  p pause  ? help"
_LEAST_ROWS: Final = 1


class Span(NamedTuple):
    """Some text of a line, and its color; empty: that of the terminal."""

    text: str
    color: str = ""


ScreenLine: TypeAlias = Sequence[Span]


class Moment(NamedTuple):
    """What is known when a screen is drawn."""

    figures: Figures | None
    problem: str
    """Why there are no newer figures; empty if these are new."""
    took: float
    """Seconds from the question to the answer."""


def draw(moment: Moment, view: View, columns: int, rows: int) -> Sequence[ScreenLine]:
    """Return at most so many lines."""
    head = [] if view.shows_help else list(_head(moment, columns))
    foot = _foot(moment, view)
    if view.shows_help:
        body: list[ScreenLine] = [[Span(text)] for text in _help(columns)]
    elif moment.figures is None:
        body = []
    else:
        shown = fitting(columns)
        view.page = max(_LEAST_ROWS, rows - len(head) - 2)
        chosen = view.choose(moment.figures)[: view.page]
        body = [_titles(shown, view), *(_row(shown, neighbor) for neighbor in chosen)]
    room = max(0, rows - len(head) - 1)
    padding: list[ScreenLine] = [[]] * (room - len(body))
    return [*head, *body[:room], *padding, foot][-rows:]


def _help(columns: int) -> Iterator[str]:
    for keys, text in HELP:
        yield from wrap(f"{keys:<13} {text}", max(columns, 30), subsequent_indent=" " * 14)


def paint(line: ScreenLine, columns: int, *, colors: bool) -> str:
    """Return a line as it goes to the terminal, no longer than there is room."""
    text, room = "", columns
    for span in line:
        part = printable(span.text)[:room]
        room -= len(part)
        text += colored(part, span.color) if colors and span.color and part else part
    return text


def _head(moment: Moment, columns: int) -> Iterator[ScreenLine]:
    figures = moment.figures
    if figures is None:
        yield [Span("bgpdcl top", BOLD)]
        return
    clock = time.strftime("%H:%M:%S", time.localtime(figures.now))
    title = f"bgpd {figures.version}  {figures.router_id}  up {duration(figures.uptime).strip()}"
    yield [Span(title, BOLD), Span(clock.rjust(max(10, columns - len(title))))]
    yield [Span("Neighbors  "), *_states(figures)]
    tables = [table for table in figures.tables if table.prefixes or table.name == "master"]
    texts = [
        f"{'' if table.name == 'master' else table.name + ' '}{table.family} {number(table.prefixes)}"
        f" ({number(table.changes)}/s)"
        for table in tables
    ]
    yield [Span("Prefixes   "), Span("  ".join(texts))]
    if figures.kernels:
        yield [Span("Kernel     "), *_joined([_kernel(each) for each in figures.kernels])]
    yield [Span("Event loop "), *_loop(figures, moment.took)]


def _states(figures: Figures) -> ScreenLine:
    states = figures.states
    if not states:
        return [Span("none")]
    return _joined([Span(f"{count} {state}", STATES.get(state, "")) for state, count in states.items()])


def _kernel(kernel: Kernel) -> Span:
    installed, wanted = number(kernel.installed), number(kernel.wanted)
    text = f"{kernel.family} {installed} of {wanted} ({number(kernel.written)}/s)"
    if kernel.problems:
        return Span(f"{text} {number(kernel.problems)} problems", RED)
    return Span(text, "" if kernel.installed >= kernel.wanted else YELLOW)


def _loop(figures: Figures, took: float) -> ScreenLine:
    what = f" in {figures.longest_callback_of}" if figures.longest_callback_of else ""
    return [
        Span(
            f"longest {figures.longest_callback * 1000:.0f} ms",
            GREEN if figures.longest_callback < _SLOW else RED,
        ),
        Span(f"  slow {figures.slow_callbacks}", YELLOW if figures.slow_callbacks else ""),
        Span(f"  answer {took * 1000:.0f} ms "),
        Span(what.strip(), FAINT),
    ]


def _joined(spans: Sequence[Span]) -> ScreenLine:
    return [part for span in spans for part in (span, Span("  "))][:-1]


def _titles(shown: Sequence[Column], view: View) -> ScreenLine:
    """Name the columns; a sign is where the order comes from."""
    sign = "^" if view.is_reversed else "*"
    texts = []
    for column in shown:
        title = column.title if column.key != view.sort else f"{column.title[: column.width - 1]}{sign}"
        texts.append(cell(column, title))
    return [Span(" ".join(texts), REVERSED)]


def _row(shown: Sequence[Column], neighbor: Neighbor) -> ScreenLine:
    spans: list[Span] = []
    for column in shown:
        color = STATES.get(neighbor.state, "") if column is SORTS["s"] else ""
        spans += (Span(cell(column, column.text(neighbor)), color), Span(" "))
    return spans[:-1]


def _foot(moment: Moment, view: View) -> ScreenLine:
    if view.is_typing:
        return [Span(f"/{view.filter}_", BOLD), Span("  Enter: keep  Esc: undo", FAINT)]
    if moment.problem:
        return [Span(f"{moment.problem}; trying again", RED)]
    if view.shows_help:
        return [Span("any key: back", FAINT)]
    words = [Span("PAUSED ", YELLOW)] if view.is_paused else [Span(f"every {view.interval:g} s ", FAINT)]
    if view.filter:
        words.append(Span(f"filter: {view.filter}  ", BOLD))
    return [*words, Span(_KEYS, FAINT)]
