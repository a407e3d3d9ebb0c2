"""Attribute lines stay within what BIRD's clients read, and lose nothing."""

from bgpd.show.attributes import attribute_lines
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, COMMUNITIES, LARGE_COMMUNITIES, AsPath, LargeCommunity


def test_long_lists_go_on_in_further_lines() -> None:
    large = tuple(LargeCommunity(4200000000, number, 65535) for number in range(100))
    communities = tuple(65001 << 16 | number for number in range(200))
    path = AsPath.of(*range(4200000000, 4200000120))
    attributes = AttributeSet.of({AS_PATH: path, COMMUNITIES: communities, LARGE_COMMUNITIES: large})
    lines = list(attribute_lines(attributes))
    assert max(map(len, lines)) <= 500
    text = " ".join(line.strip() for line in lines)
    assert text == " ".join(
        (
            f"BGP.as_path: {AS_PATH.render(path)}",
            f"BGP.community: {COMMUNITIES.render(communities)}",
            f"BGP.large_community: {LARGE_COMMUNITIES.render(large)}",
        )
    )


def test_further_lines_are_indented_twice() -> None:
    attributes = AttributeSet.of({COMMUNITIES: tuple(range(200))})
    first, *further = attribute_lines(attributes)
    assert first.startswith("\tBGP.community: (0,0) ")
    assert further
    assert all(line.startswith("\t\t(0,") and not line.endswith(" ") for line in further)
