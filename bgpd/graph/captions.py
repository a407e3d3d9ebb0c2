"""The words of the picture: what it is of, and what is not well."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from bgpd.graph.model import Edge, Graph
from bgpd.graph.sessions import WORDS, State

MOST_TROUBLES: Final = 10
_MODES: Final = {"mesh": "full mesh", "route-reflector": "route reflectors", "": "no [cluster]"}


def title(graph: Graph) -> str:
    """Say what the picture is of."""
    modes = Counter(document.mode for document in graph.documents)
    words = {_MODES.get(mode, mode): count for mode, count in modes.items()}
    if len(graph.documents) == 1:
        (document,) = graph.documents
        mode = f": {_MODES.get(document.mode, document.mode)}" if document.mode else ""
        return f"{document.name} and its neighbors{mode}"
    if [*modes] == [""]:
        return "BGP sessions"
    if len(words) == 1:
        return f"Cluster: {next(iter(words))}"
    return f"Cluster between two modes: {', '.join(f'{count} {word}' for word, count in words.items())}"


def subtitle(graph: Graph) -> str:
    """Say how it stands, who was asked, and when."""
    sessions = [session for edge in graph.edges for session in edge.sessions]
    up = sum(session.state.is_well for session in sessions)
    members = sum(node.is_member for node in graph.nodes.values()) + graph.unseen
    asked = len(graph.documents)
    numbers = sorted({document.asn for document in graph.documents})
    parts = [
        f"AS {', '.join(map(str, numbers[:3]))}{', …' * (len(numbers) > 3)}",
        f"{up:,} of {_counted(len(sessions), 'session')} up",
        f"asked {asked:,} of {_counted(max(members, asked), 'node')}",
        _moments(graph),
    ]
    return " · ".join(parts)


def troubles(graph: Graph, longest: int) -> Sequence[str]:
    """Name what is not well, the worst first, in lines of so many letters; not all if that is too much."""
    found = [*graph.troubles()]
    lines = [trouble_text(edge) for edge in found[:MOST_TROUBLES]]
    left = len(found) - len(lines)
    if left:
        lines.append(f"and {left:,} more")
    if graph.unseen:
        lines.append(f"{_counted(graph.unseen, 'node')} more in the cluster: no session with who was asked")
    return [_cut(line, longest) for line in lines]


def trouble_text(edge: Edge) -> str:
    """Say of an edge what is in its way."""
    worst = max(edge.sessions, key=lambda session: session.state)
    text = "both are in a mesh" if worst.state is State.MISSING else worst.text
    return f"{' – '.join(edge.ends)} {WORDS[worst.state]} ({text})"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _moments(graph: Graph) -> str:
    """Return when the nodes were asked, to the second."""
    moments = sorted({_moment(document.at) for document in graph.documents})
    return moments[0] if len(moments) == 1 else f"{moments[0]} to {moments[-1]}"


def _moment(at: str) -> str:
    return at.replace("T", " ").replace("+00:00", " UTC")
