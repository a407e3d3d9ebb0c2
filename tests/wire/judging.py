"""Whether what became of a case is one of the outcomes its row allows."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from tests.wire import octets
from tests.wire.case import Case, Closes, Ends, Outcome, Then
from tests.wire.decoder import Attributes, decode_update
from tests.wire.speaker import Speaker

Routes = dict[str, Attributes]

MARKS: Final = ("10.255.1.0/24", "10.255.2.0/24")
"""What the neighbor announces after its case: when the second has come through, so has all before it."""


class Verdict(NamedTuple):
    """What became of a case; ``passed`` is None if the daemon has not what the case needs."""

    passed: bool | None
    story: str


def judge_end(each: Case, speaker: Speaker) -> Verdict:
    """Judge how the session ended, if it did."""
    return Verdict(any(_is_end(outcome, speaker) for outcome in each.outcomes), speaker.last_words())


def _is_end(outcome: Outcome, speaker: Speaker) -> bool:
    body = speaker.notification()
    if not speaker.closed:
        return False
    match outcome:
        case Closes():
            return body is None
        case Ends(code, subcode, data):
            return body is not None and body[:2] == bytes((code, subcode)) and data in (None, body[2:])
        case _:
            return False


def difference(
    outcome: Outcome, before: Mapping[str, Routes], after: Mapping[str, Routes], speaker: Speaker
) -> str:
    """Say how a session that lives on differs from the outcome; nothing if it does not."""
    if not isinstance(outcome, Then):
        return "the session lives"
    if speaker.notification() is not None:
        return speaker.last_words()
    if outcome.resends is not None and is_served(speaker) != outcome.resends:
        return f"sent again: {not outcome.resends}"
    expected: dict[str, Attributes | None] = {**before[outcome.observer], **outcome.routes}
    held = {prefix: routes for prefix, routes in after[outcome.observer].items() if prefix not in MARKS}
    wanted = {prefix: routes for prefix, routes in expected.items() if routes is not None}
    return ", ".join(
        f"{prefix} has {_show(held.get(prefix))}, not {_show(wanted.get(prefix))}"
        for prefix in sorted(held.keys() | wanted.keys())
        if held.get(prefix) != wanted.get(prefix)
    )


def is_served(speaker: Speaker) -> bool:
    """Tell whether the neighbor was sent the route of the others."""
    return any(
        octets.SERVED in decode_update(body).announced
        for kind, body in speaker.received
        if kind == octets.UPDATE
    )


def _show(attributes: Attributes | None) -> str:
    if attributes is None:
        return "no route"
    return " ".join(
        f"{code}:{flags:02x}:{value.hex()}" for code, (flags, value) in sorted(attributes.items())
    )
