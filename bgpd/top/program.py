"""``bgpdcl top``: asks, draws, and does what keys say."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Final

from bgpd.control.dialog import Dialog, DialogError
from bgpd.control.intervals import add_interval
from bgpd.control.terminal import Terminal
from bgpd.top.display import Display
from bgpd.top.figures import Answer, Figures, ask
from bgpd.top.keyboard import keys
from bgpd.top.screen import Moment, draw, paint
from bgpd.top.view import View

_DEFAULT_SOCKET: Final = "/run/bgpd/bgpd.ctl"
_PATIENCE: Final = 10.0
_INTERVAL: Final = 2.0
_LEAST: Final = 0.2
_ALL_ROWS: Final = 8
"""Lines of a printed screen beside the neighbors."""
_DONE, _FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Show the screen until the user has seen enough; print it if there is no terminal."""
    options = command_line().parse_args(arguments)
    terminal = Terminal(options.color, in_json=options.json)
    is_live = sys.stdin.isatty() and sys.stdout.isatty() and not options.json and options.count is None
    watcher = _Watcher(options.socket)
    try:
        if is_live:
            return _watch(watcher, options.interval, colors=terminal.colors_output)
        return _print(watcher, options, terminal)
    except DialogError as error:
        terminal.fail(str(error))
        return _FAILED
    except KeyboardInterrupt:
        return _DONE
    finally:
        watcher.close()


class _Watcher:
    """Asks one daemon again and again, also after it was away."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._dialog: Dialog | None = None
        self._before: Answer | None = None
        self.took = 0.0

    def ask(self) -> Figures:
        """Return what there is to see now. Raises DialogError."""
        try:
            if self._dialog is None:
                self._before = None
                self._dialog = Dialog(self._path, _PATIENCE)
            begin = time.perf_counter()
            answer = ask(self._dialog)
            self.took = time.perf_counter() - begin
        except DialogError:
            self.close()
            raise
        figures, self._before = answer.since(self._before), answer
        return figures

    def close(self) -> None:
        """Hang up."""
        if self._dialog is not None:
            self._dialog.__exit__()
            self._dialog = None


def _watch(watcher: _Watcher, interval: float, *, colors: bool) -> int:
    """Draw until the user leaves; who does not answer at all, never did, is an error."""
    view = View(interval)
    moment = Moment(watcher.ask(), "", watcher.took)
    due = time.monotonic() + min(1.0, interval)  # the first rates come soon
    with Display() as display:
        while not view.is_over:
            columns, rows = display.size
            lines = draw(moment, view, columns, rows)
            display.show(paint(line, columns, colors=colors) for line in lines)
            typed = display.wait(due - time.monotonic())
            for key in keys(typed or b""):
                view.press(key)
            if time.monotonic() >= due:
                due = time.monotonic() + view.interval
                moment = moment if view.is_paused else _next(watcher, moment)
    return _DONE


def _next(watcher: _Watcher, before: Moment) -> Moment:
    try:
        return Moment(watcher.ask(), "", watcher.took)
    except DialogError as error:
        return before._replace(problem=str(error))


def _print(watcher: _Watcher, options: argparse.Namespace, terminal: Terminal) -> int:
    """Print so many screens, one after the other; rates are those since the question before."""
    watcher.ask()
    left = options.count if options.count is not None else None if options.json else 1
    while left is None or left > 0:
        time.sleep(options.interval)
        figures = watcher.ask()
        if options.json:
            sys.stdout.write(json.dumps(_document(figures)) + "\n")
        else:
            _print_screen(Moment(figures, "", watcher.took), options, terminal)
        sys.stdout.flush()
        left = None if left is None else left - 1
    return _DONE


def _print_screen(moment: Moment, options: argparse.Namespace, terminal: Terminal) -> None:
    neighbors = 0 if moment.figures is None else len(moment.figures.neighbors)
    lines = draw(moment, View(options.interval), options.columns, neighbors + _ALL_ROWS)
    for line in lines[:-1]:
        text = paint(line, options.columns, colors=terminal.colors_output).rstrip()
        if text:
            sys.stdout.write(f"{text}\n")


def _document(figures: Figures) -> dict[str, object]:
    return figures._asdict() | {
        "tables": [each._asdict() for each in figures.tables],
        "kernels": [each._asdict() for each in figures.kernels],
        "neighbors": [each._asdict() for each in figures.neighbors],
    }


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
    parser = argparse.ArgumentParser(
        prog="bgpdcl top",
        description="Watch the neighbors: states, routes and rates, the kernel, and how busy the daemon is.",
        epilog="examples:\n"
        "  bgpdcl top                 until q; ? lists the keys\n"
        "  bgpdcl top -n 1 -i 5       print what goes on within five seconds\n"
        "  bgpdcl top -j -n 10        ten times, a JSON object a line\n\n"
        "Where the output is no terminal, it is printed once. The exit status is 0, 1 if there is no\n"
        "daemon, 2 for wrong usage.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-s", "--socket", default=_DEFAULT_SOCKET, help="its socket (default: %(default)s)")
    add_interval(parser, "how often", _INTERVAL, _LEAST)
    parser.add_argument("-n", "--count", type=int, help="print so many times instead of showing a screen")
    parser.add_argument("-j", "--json", action="store_true", help="print JSON, one object a line")
    parser.add_argument("--columns", type=int, default=160, help="of what is printed (default: %(default)s)")
    parser.add_argument("--color", choices=("auto", "never"), default="auto", help="(default: %(default)s)")
    return parser
