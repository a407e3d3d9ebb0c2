"""Which neighbors are asked when an interface changes."""

from bgpd.protocols.session_places import SessionPlaces


class Neighbor:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def interfaces_changed(self) -> None:
        self.asked += 1


def test_neighbors_are_found_by_the_interface_of_their_session() -> None:
    places = SessionPlaces()
    a, b, c = Neighbor(), Neighbor(), Neighbor()
    for neighbor, index in ((a, 2), (b, 2), (c, 3)):
        places.put(neighbor, index)
    assert {*places.on([2])} == {a, b}
    assert {*places.on([2, 3, 9])} == {a, b, c}
    assert [*places.on([9])] == []
    assert {*places.everybody()} == {a, b, c}


def test_a_session_may_move_and_end() -> None:
    places = SessionPlaces()
    neighbor = Neighbor()
    places.put(neighbor, 2)
    places.put(neighbor, 3)
    assert ([*places.on([2])], [*places.on([3])]) == ([], [neighbor])
    places.remove(neighbor)
    places.remove(neighbor)  # a session may end before it has a place
    assert [*places.everybody(), *places.on([2, 3])] == []
