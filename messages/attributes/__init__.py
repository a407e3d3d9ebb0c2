"""The registry of path attributes: one attribute a file, one line here.

Attributes that are not listed need nothing: they are kept or dropped by their flags (RFC 4271 §5) and shown
in hex.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from messages.attributes.aggregator import AGGREGATOR, Aggregator
from messages.attributes.aigp import AIGP, Aigp
from messages.attributes.as4_aggregator import AS4_AGGREGATOR
from messages.attributes.as4_path import AS4_PATH
from messages.attributes.as_path import AS_PATH, AsPath, Segment
from messages.attributes.atomic_aggregate import ATOMIC_AGGREGATE
from messages.attributes.attribute import Attribute
from messages.attributes.cluster_list import CLUSTER_LIST
from messages.attributes.communities import COMMUNITIES
from messages.attributes.extended_communities import EXTENDED_COMMUNITIES
from messages.attributes.ipv6_extended_communities import IPV6_EXTENDED_COMMUNITIES
from messages.attributes.large_communities import LARGE_COMMUNITIES, LargeCommunity
from messages.attributes.local_pref import LOCAL_PREF
from messages.attributes.mp_reach_nlri import MP_REACH_NLRI, MpReach
from messages.attributes.mp_unreach_nlri import MP_UNREACH_NLRI, MpUnreach
from messages.attributes.multi_exit_disc import MULTI_EXIT_DISC
from messages.attributes.next_hop import NEXT_HOP
from messages.attributes.only_to_customer import ONLY_TO_CUSTOMER
from messages.attributes.origin import ORIGIN
from messages.attributes.originator_id import ORIGINATOR_ID

__all__ = [
    "AGGREGATOR",
    "AIGP",
    "AS4_AGGREGATOR",
    "AS4_PATH",
    "AS_PATH",
    "ATOMIC_AGGREGATE",
    "ATTRIBUTES",
    "CLUSTER_LIST",
    "COMMUNITIES",
    "EXTENDED_COMMUNITIES",
    "IPV6_EXTENDED_COMMUNITIES",
    "LARGE_COMMUNITIES",
    "LOCAL_PREF",
    "MP_REACH_NLRI",
    "MP_UNREACH_NLRI",
    "MULTI_EXIT_DISC",
    "NEXT_HOP",
    "ONLY_TO_CUSTOMER",
    "ORIGIN",
    "ORIGINATOR_ID",
    "Aggregator",
    "Aigp",
    "AsPath",
    "Attribute",
    "LargeCommunity",
    "MpReach",
    "MpUnreach",
    "Segment",
]

ATTRIBUTES: Final[Mapping[int, Attribute[Any]]] = MappingProxyType(
    {
        row.code: row
        for row in (
            ORIGIN,
            AS_PATH,
            NEXT_HOP,
            MULTI_EXIT_DISC,
            LOCAL_PREF,
            ATOMIC_AGGREGATE,
            AGGREGATOR,
            COMMUNITIES,
            ORIGINATOR_ID,
            CLUSTER_LIST,
            MP_REACH_NLRI,
            MP_UNREACH_NLRI,
            EXTENDED_COMMUNITIES,
            AS4_PATH,
            AS4_AGGREGATOR,
            IPV6_EXTENDED_COMMUNITIES,
            AIGP,
            LARGE_COMMUNITIES,
            ONLY_TO_CUSTOMER,
        )
    }
)
