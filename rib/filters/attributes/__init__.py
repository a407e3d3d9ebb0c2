"""What a filter may read of a route, and set: one row an attribute.

``static.py`` has what every route has, ``path.py`` what neighbors are told, ``notes.py`` what they are not.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rib.filters.attributes.notes import NOTES
from rib.filters.attributes.path import PATH_ATTRIBUTES
from rib.filters.attributes.row import FilterAttribute
from rib.filters.attributes.static import STATIC_ATTRIBUTES

__all__ = ["ATTRIBUTES", "FilterAttribute"]

ATTRIBUTES: Final[Mapping[str, FilterAttribute]] = MappingProxyType(
    {row.name: row for row in (*STATIC_ATTRIBUTES, *PATH_ATTRIBUTES, *NOTES)}
)
