"""Which rule of which RFC is broken where the codec names none."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from messages.iana import AttributeCode, ErrorCode

_CITATION: Final = re.compile(r" \((RFC \d[^()]*)\)$")

ATTRIBUTE_RULES: Final[Mapping[int, str]] = {
    AttributeCode.ORIGIN: "RFC 7606 §7.1",
    AttributeCode.AS_PATH: "RFC 7606 §7.2",
    AttributeCode.NEXT_HOP: "RFC 7606 §7.3",
    AttributeCode.MULTI_EXIT_DISC: "RFC 7606 §7.4",
    AttributeCode.LOCAL_PREF: "RFC 7606 §7.5",
    AttributeCode.ATOMIC_AGGREGATE: "RFC 7606 §7.6",
    AttributeCode.AGGREGATOR: "RFC 7606 §7.7",
    AttributeCode.COMMUNITIES: "RFC 7606 §7.8",
    AttributeCode.ORIGINATOR_ID: "RFC 7606 §7.9",
    AttributeCode.CLUSTER_LIST: "RFC 7606 §7.10",
    AttributeCode.MP_REACH_NLRI: "RFC 7606 §7.11",
    AttributeCode.MP_UNREACH_NLRI: "RFC 7606 §7.12",
    AttributeCode.EXTENDED_COMMUNITIES: "RFC 7606 §7.14",
    AttributeCode.IPV6_EXTENDED_COMMUNITIES: "RFC 7606 §7.15",
    AttributeCode.AIGP: "RFC 7311 §3.2",
    AttributeCode.AS4_PATH: "RFC 6793 §6",
    AttributeCode.AS4_AGGREGATOR: "RFC 6793 §6",
    AttributeCode.LARGE_COMMUNITY: "RFC 8092 §6",
    AttributeCode.ONLY_TO_CUSTOMER: "RFC 9234 §5",
}
"""What says when the value of an attribute is malformed."""
_OTHER_ATTRIBUTE: Final = "RFC 7606 §3"

_SESSION_RULES: Final[Mapping[int, str]] = {
    ErrorCode.MESSAGE_HEADER: "RFC 4271 §6.1",
    ErrorCode.OPEN_MESSAGE: "RFC 4271 §6.2",
    ErrorCode.UPDATE_MESSAGE: "RFC 4271 §6.3",
    ErrorCode.ROUTE_REFRESH_MESSAGE: "RFC 7313 §5",
}


class Reason(NamedTuple):
    """What is wrong, and the rule it breaks."""

    text: str
    rule: str


def attribute_reason(code: int, reason: str) -> Reason:
    """Return the rule that a malformed value breaks."""
    return _cited(reason, ATTRIBUTE_RULES.get(code, _OTHER_ATTRIBUTE))


def session_reason(code: int, reason: str) -> Reason:
    """Return the rule behind a NOTIFICATION of this code."""
    return _cited(reason, _SESSION_RULES.get(code, "RFC 4271 §6"))


def _cited(reason: str, rule: str) -> Reason:
    """Prefer the rule that the codec names itself, at the end of what it says."""
    citation = _CITATION.search(reason)
    return Reason(reason, rule) if citation is None else Reason(reason[: citation.start()], citation[1])
