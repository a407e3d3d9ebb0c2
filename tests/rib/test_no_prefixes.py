"""Announcements of which no prefix is left: all were multicast (RFC 4271 §6.3), or over a limit."""

from tests.rib.world import KEYS, SETS, World


def test_an_announcement_of_nothing_says_nothing() -> None:
    world = World(members=1)
    world.announce(world.sources[1], SETS[0])
    world.run()
    assert world.receivers[world.sources[0]].holds == {}
    world.announce(world.sources[1], SETS[0], KEYS[0])
    world.run()
    assert list(world.receivers[world.sources[0]].holds) == [KEYS[0]]
