"""What somebody may have meant whose command was not understood: other programs have other words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Final

from bgpd.control.reply import ReplyLine
from bgpd.control.words import choices
from bgpd.show.command import SYNTAX_ERROR

_NOT_UNDERSTOOD: Final = "syntax error"
_NO_PREFIX: Final = "Invalid prefix"
_NO_PROTOCOL: Final = " is not a protocol"
_LIKE_THIS: Final = "one is written like 192.0.2.0/24 or 2001:db8::/32"

_NEIGHBORS: Final = "show protocols, or show protocols all NAME"
_RECEIVED: Final = "show route protocol NAME; with all, attributes, too"
_ADVERTISED: Final = "show route export NAME"
_ROUTES: Final = "show route, or show route for ADDRESS"
_AGAIN: Final = "restart NAME for a new session, reload NAME to exchange the routes again without one"
_FILE: Final = "the configuration is a file: edit it, then configure check and configure"
_IN_A_SHELL: Final = "in a shell, bgpd -c FILE --print-config prints it"
_LEAVING: Final = "it leaves the prompt; a single command needs none"
_PROSE: Final = (_FILE, _IN_A_SHELL, _LEAVING)

_HABITS: Final[Mapping[str, str]] = {
    # vtysh, and the routers it is like
    "show ip bgp summary": "show protocols",
    "show ip bgp neighbors": _NEIGHBORS,
    "show ip bgp": _ROUTES,
    "show bgp summary": "show protocols",
    "show bgp neighbors": _NEIGHBORS,
    "show bgp": _ROUTES,
    "show ip route": "show route; show kernel routes has what the kernel has",
    "show ipv6 route": "show route; show kernel routes has what the kernel has",
    "show neighbors": _NEIGHBORS,
    "show peers": _NEIGHBORS,
    "show running-config": _IN_A_SHELL,
    "show startup-config": _IN_A_SHELL,
    "show configuration": _IN_A_SHELL,
    "show version": "show status",
    "show logging": "echo all shows log lines here, as they are written",
    "show processes": "top, or show memory",
    "clear ip bgp": _AGAIN,
    "clear bgp": _AGAIN,
    "configure terminal": _FILE,
    "router bgp": _FILE,
    "terminal monitor": "monitor, or echo all for log lines",
    "write memory": _FILE,
    "debug bgp": "debug NAME all",
    "shutdown": 'disable NAME "REASON" for a neighbor, down for the daemon',
    # gobgp
    "global rib": _ROUTES,
    "neighbor": _NEIGHBORS,
    "monitor global rib": "monitor routes",
    "monitor neighbor": "monitor sessions",
    # bgpctl, calicoctl and the shell
    "show rib": _ROUTES,
    "show fib": "show kernel routes",
    "reload config": "configure",
    "status": "show status, or node status for Calico's table",
    "exit": _LEAVING,
    "quit": _LEAVING,
}
"""What to type instead; of several that fit, the one with the most words."""

_DIRECTIONS: Final[Mapping[str, str]] = {
    "advertised-routes": _ADVERTISED,
    "adj-out": _ADVERTISED,
    "received-routes": _RECEIVED,
    "adj-in": _RECEIVED,
    "routes": _RECEIVED,
}
"""The same for the last word, after one that means a neighbor."""


def explained(lines: Iterable[ReplyLine], words: Sequence[str]) -> Iterator[ReplyLine]:
    """Pass an answer on; of an error that says little, say what may have been meant."""
    for line in lines:
        text = _hint(line, words) if line.is_error else ""
        yield line._replace(text=f"{line.text}; {text}") if text else line


def _hint(line: ReplyLine, words: Sequence[str]) -> str:
    if line.code == SYNTAX_ERROR and line.text == _NOT_UNDERSTOOD:
        return hint(words)
    if line.text == _NO_PREFIX:
        addresses = [word for word in words if _is_address(word)]
        return f"an address is typed after for: for {addresses[0]}" if addresses else _LIKE_THIS
    return "show protocols lists them" if line.text.endswith(_NO_PROTOCOL) else ""


def hint(words: Sequence[str]) -> str:
    """Return what may be typed instead of words that nobody understands; empty if nobody knows."""
    habit = _habit(words)
    if not habit:
        return _unknown(words)
    return habit if habit in _PROSE else f"try: {habit}"


def _habit(words: Sequence[str]) -> str:
    fitting = [habit for habit in _HABITS if _begins(words, habit.split())]
    if not fitting:
        return ""
    meant = _HABITS[max(fitting, key=lambda habit: len(habit.split()))]
    return _DIRECTIONS.get(words[-1], meant) if meant == _NEIGHBORS else meant


def _begins(words: Sequence[str], habit: Sequence[str]) -> bool:
    """Tell whether words are those of a habit, abbreviated as routers let people do."""
    typed = words[: len(habit)]
    return len(typed) == len(habit) and all(
        whole.startswith(word) and len(word) >= min(2, len(whole))
        for word, whole in zip(typed, habit, strict=True)
    )


def _unknown(words: Sequence[str]) -> str:
    """Say which word does not belong where it is."""
    whole: list[str] = []
    for word in words:
        possible = choices(whole)
        known = [choice.text for choice in possible if not choice.is_value]
        if word not in known and not any(choice.is_value for choice in possible):
            return _stranger(word, whole, known)
        whole.append(word)
    known = [choice.text for choice in choices(whole) if not choice.is_value]
    return f"{_asking(whole)} lists what may follow" if known or choices(whole) else ""


def _stranger(word: str, before: Sequence[str], known: Sequence[str]) -> str:
    where = f"{_asking(before)} lists what may be typed"
    if not known:
        return f"nothing may follow {' '.join(before)}"
    begun = [each for each in known if each.startswith(word)]
    similar = begun or get_close_matches(word, known, n=3, cutoff=0.6)
    return f"is {' or '.join(similar)} meant? {where}" if similar else f"{word} is unknown here: {where}"


def _asking(words: Sequence[str]) -> str:
    return f"'{' '.join([*words, '?'])}'"


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True
