"""Which arm of a ``case`` is for a value where they overlap: rows are what BIRD 1.6.8 prints."""

import pytest

from rib.filters.errors import FilterError
from rib.filters.running.run import Run
from tests.rib.filters.houses import program


def taken(subject: str, arms: str) -> str:
    """Return what the arm prints that is taken."""
    run = Run()
    made = program(f"define P = 10.0.0.0/8; filter f {{ case {subject} {{ {arms} }} accept; }}")
    made.compile(made.symbols.filters["f"])(run)
    return "".join(run.printed)


@pytest.mark.parametrize(
    ("arms", "expected"),
    [
        ('1..9: print "a"; 5: print "b";', {"5": "b", "9": ""}),
        ('1..9: print "a"; 5: print "b"; else: print "-";', {"5": "a", "0": "-", "9": "a"}),
        ('1..5: print "a"; 5..9: print "b";', {"5": "b", "4": "a", "0": ""}),
        ('1..5: print "a"; 5..9: print "b"; else: print "-";', {"5": "a", "6": "b", "77": "-"}),
        ('5: print "a"; 1..9: print "b"; 4..6: print "c";', {"5": "c", "4": "c", "1": "b"}),
        (
            'else: print "-"; 5: print "a"; else: print "--"; 1..9: print "b"; else: print "---";',
            {"5": "a", "7": "---", "77": "---"},
        ),
        ('else: 5: print "a"; else: print "-";', {"1": "-", "5": "a"}),
        ('else: else: print "-";', {"1": "-"}),
        (
            '(1..3,5): print "a"; (2,*): print "b"; else: print "-";',
            {"(2,5)": "b", "(2,6)": "b", "(3,5)": "a", "(1,5)": "a", "(4,5)": "-"},
        ),
        (
            '10.0.0.0..10.0.0.9: print "a"; 10.0.0.0..10.0.0.255: print "b"; 10.0.0.4: print "c";',
            {"10.0.0.4": "b", "10.0.0.1": "b", "10.0.0.0": "b"},
        ),
    ],
)
def test_an_arm_is_found_by_a_search_among_all_of_them(arms: str, expected: dict[str, str]) -> None:
    assert {subject: taken(subject, arms) for subject in expected} == expected


def test_of_several_types_the_first_is_taken_that_fits() -> None:
    """In BIRD that has no rule."""
    arms = '1..9: print "a"; (1,2): print "b"; 5: print "c"; else: print "-";'
    assert [taken(subject, arms) for subject in ("5", "(1,2)", "7.7.7.7")] == ["a", "b", "-"]


def test_no_arm_is_for_prefixes() -> None:
    with pytest.raises(FilterError, match="Set-incompatible type"):
        taken("5", 'P: print "a"; 5: print "b";')


def test_arms_with_very_many_pairs_stay_as_they_are() -> None:
    arms = "".join(f"(*,{number}): print {number};" for number in range(9))
    assert [taken(subject, arms) for subject in ("(1,0)", "(65000,8)", "(1,9)")] == ["0", "8", ""]
