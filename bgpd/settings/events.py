"""What is logged about a protocol, and which way routes go: words that all settings share."""

from typing import Literal

Direction = Literal["import", "export"]
Trace = Literal["states", "routes", "filters", "interfaces", "events", "packets"]
"""A kind of event of a protocol that can be logged."""
