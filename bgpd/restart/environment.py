"""What the environment of the process says, and goes before the configuration: how the daemon is to stop.

A unit of systemd and a DaemonSet know what BIRD's language has no word for, and what a file need not repeat.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bgpd.restart.leaving import STOPS
from bgpd.settings import DaemonSettings

STOP: Final = "BGPD_STOP"
"""Has the values of the key ``stop`` in ``[router]``."""


def as_wished(settings: DaemonSettings, environment: Mapping[str, str] = os.environ) -> DaemonSettings:
    """Return the settings with what the environment says; a wish that nobody understands is a remark."""
    wish = environment.get(STOP, "")
    for how in STOPS:
        if wish == how:
            return replace(settings, stop=how)
    if not wish:
        return settings
    expected = " or ".join(f'"{how}"' for how in STOPS)
    remark = f"{STOP}={wish} in the environment is not followed: {expected} expected"
    return replace(settings, remarks=(*settings.remarks, remark))
