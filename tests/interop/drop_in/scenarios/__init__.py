"""The scenarios that both sides play."""

from typing import Final

from tests.interop.drop_in.scenario import Scenario
from tests.interop.drop_in.scenarios.calico import CALICO
from tests.interop.drop_in.scenarios.language import LANGUAGE

SCENARIOS: Final[tuple[Scenario, ...]] = (*CALICO, *LANGUAGE)
IN_SHORT: Final = tuple(
    each for each in SCENARIOS if each.name in {"mesh", "reflector", "tor", "ecmp", "states"}
)
"""Those that every run of all tests plays."""
