"""Fixtures for the tests of the finite state machine."""

import pytest

from fsm.machine import Machine
from fsm.state import State
from tests.fsm.machines import machine_in


@pytest.fixture
def established() -> Machine:
    """An established session, with the hold time of 90 seconds."""
    return machine_in(State.ESTABLISHED)
