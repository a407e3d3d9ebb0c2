"""What is on a page is found, and what is printed otherwise is noticed."""

from pathlib import Path

import pytest

from tests.newcomer.page import Pasted, Shown, blocks_of, section_of
from tests.newcomer.terminal import CommandFailedError, Terminal
from tests.requirements import need_network_namespaces

PAGE = """\
# A page

```sh
make it
```

```toml
not = "this"
```

## More

```console
$ one
first
second
$ two \\
  words

$ three
third
```

# Another
"""


def test_blocks_are_found_in_their_order() -> None:
    assert blocks_of(PAGE) == [
        Pasted(3, "make it\n"),
        Shown(13, "one", "first\nsecond\n"),
        Shown(13, "two \\\n  words", "\n"),
        Shown(13, "three", "third\n"),
    ]


def test_a_section_ends_at_the_next_one_of_its_level() -> None:
    assert "three" in section_of(PAGE, "## More")
    assert "Another" in section_of(PAGE, "## More")
    with pytest.raises(LookupError):
        section_of(PAGE, "## Less")


@pytest.mark.parametrize(
    ("shown", "printed", "alike"),
    [
        ("tor1  up 18:50:21\n", "tor1 up    07:00:00  \n", True),
        ("tor1  up 18:50:21\n", "tor1 down  07:00:00\n", False),
        ("since 2026-11-23 18:50:21\n", "since 2027-01-02 00:00:00.123\n", True),
        ("after 4.2 s, 12 routes\n", "after 12 s, 12 routes\n", True),
        ("after 4.2 s, 12 routes\n", "after 4.2 s, 13 routes\n", False),
        ("Hold timer: 88/90\n", "Hold timer: 3/90\n", True),
        ("Hold timer: 88/90\n", "Hold timer: 88/9\n", False),
        ("longest callback 5 ms (a.b), 0 slow\n", "longest callback 31 ms (Task c), 1 slow\n", True),
        ("first\n...\nlast\n", "first\nin between\nas well\nlast\n", True),
        ("first\n...\nlast\n", "first\nlast\n", True),
        ("first\n...\nlast\n", "first\nlast\nmore\n", False),
        ("via 192.0.2.1\n", "via 192.0.2.2\n", False),
        ("a.b\n", "axb\n", False),
        ("", "a word\n", False),
        ("", "", True),
    ],
)
def test_only_times_and_widths_may_differ(shown: str, printed: str, alike: bool) -> None:
    assert Shown(1, "command", shown).is_like(printed) is alike


@pytest.mark.interop
def test_a_terminal_keeps_what_is_done_to_itself(tmp_path: Path) -> None:
    need_network_namespaces()
    with Terminal(tmp_path) as terminal:
        assert (
            terminal.type("cd /etc; word=kept; touch /etc/only-here /run/only-here; ip netns add only-here")
            == ""
        )
        assert terminal.type('pwd; echo "$word"') == "/etc\nkept\n"
        with pytest.raises(CommandFailedError, match="what it said"):
            terminal.type("echo what it said; false; echo not reached")
    for path in ("/etc", "/run", "/run/netns", "/var/run/netns"):
        assert not (Path(path) / "only-here").exists()
