"""From what BIRD's files say to what a TOML file would say: the document that the models are made from.

Every statement becomes a key (the modules are named after the protocols), is known to do nothing, or is
remarked. Defaults that are others than BIRD's are written out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from bgpd.bird.translation.decision import write_decision
from bgpd.bird.translation.draft import Draft, Table
from bgpd.bird.translation.interfaces import translate_device, translate_direct
from bgpd.bird.translation.kernels import translate_kernel
from bgpd.bird.translation.pipes import translate_pipe
from bgpd.bird.translation.protocol import Part, Protocol
from bgpd.bird.translation.reports import write_reports
from bgpd.bird.translation.router import write_router
from bgpd.bird.translation.sessions import shut_twins_down, translate_session
from bgpd.bird.translation.statics import translate_static

__all__ = ["Draft", "Part", "translate"]

_KINDS: Final[Mapping[str, tuple[Callable[[Draft, str], Table], Callable[[Protocol], None]]]] = {
    "device": (lambda draft, _name: draft.table("device"), translate_device),
    "direct": (lambda draft, name: draft.table("directs", name), translate_direct),
    "kernel": (lambda draft, name: draft.table("kernels", name), translate_kernel),
    "static": (lambda draft, name: draft.table("statics", name), translate_static),
    "pipe": (lambda draft, _name: draft.row("pipes"), translate_pipe),
    "bgp": (lambda draft, _name: draft.row("neighbors"), translate_session),
}
"""Which table each kind of protocol becomes, and how."""


def translate(*parts: Part) -> Draft:
    """Return the document for what one file says, or for what those of both families say together."""
    draft = Draft()
    write_router(parts, draft)
    write_reports(parts, draft)
    _write_definitions(parts, draft)
    draft.table("kernel")
    draft.table("directs")
    protocols = [*_protocols(parts, draft)]
    sessions = [protocol for protocol in protocols if protocol.kind == "bgp"]
    shut_twins_down(sessions)
    write_decision(sessions, draft)
    _write_own_as(sessions, draft)
    if all(protocol.kind != "device" for protocol in protocols):
        draft.table("device").put("present", value=False)
    draft.table("control").put("order", [protocol.name for protocol in protocols])
    return draft


def _protocols(parts: Iterable[Part], draft: Draft) -> Iterator[Protocol]:
    """Translate the protocols, and yield those that there are with us, too: one device for both files."""
    for part in parts:
        for block in part.configuration.protocols:
            if block.kind == "bfd":
                draft.remark(block.at, f"protocol bfd {block.name}: BFD is not supported")
                continue
            table_of, translate_it = _KINDS[block.kind]
            is_second_device = block.kind == "device" and "device" in draft.document
            protocol = Protocol(block, part, table_of(draft, block.name))
            translate_it(protocol)
            if not is_second_device:
                yield protocol


def _write_definitions(parts: Iterable[Part], draft: Draft) -> None:
    """Write what is defined in the filter language, as it was read."""
    texts = []
    for part in parts:
        draft.definitions += part.configuration.definitions
        texts += [part.configuration.texts[tree.at] for tree in part.configuration.definitions]
    if texts:
        draft.table("filter_files").put("text", "\n\n".join(texts) + "\n")


def _write_own_as(sessions: Sequence[Protocol], draft: Draft) -> None:
    """Write the AS of the router: that of most sessions, each of which has its own in any case."""
    numbers = Counter(protocol.table.keys["local_asn"] for protocol in sessions)
    if numbers:
        draft.table("router").put("asn", numbers.most_common(1)[0][0], sessions[0].at)
