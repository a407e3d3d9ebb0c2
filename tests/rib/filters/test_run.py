"""A run that is on no host."""

from rib.filters.running.run import NOWHERE, Run


def test_nowhere_there_are_no_interfaces() -> None:
    assert Run().surroundings is NOWHERE
    assert NOWHERE.interface_name(1) == ""
    assert NOWHERE.interface_index("lo") == NOWHERE.interface_towards(bytes(4)) == 0
