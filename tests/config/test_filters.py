"""Filters in the configuration: read from it and from files of their own, every mistake found at once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import ConfigurationError, DaemonSettings, Problem, build, load, print_config
from rib.filters.analysis.comparison import same_tree
from rib.filters.syntax import Filter, Function, SetAttribute

Write = Callable[[str], Path]
Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]

NEIGHBOR = '[[neighbors]]\nname = "tor1"\naddress = "192.0.2.2"\nasn = 65001\n'
STATIC = '[[static]]\nprefix = "10.0.0.0/8"\nblackhole = true\n'


def messages(write: Write, text: str, **files: str) -> list[str]:
    """Return what is wrong with a file next to filter files, as it is printed but for the directory."""
    path = write(text)
    for name, content in files.items():
        (path.parent / f"{name}.filter").write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    return str(caught.value).replace(f"{path.parent}/", "").split("\n")


WRONG = [
    # the configuration, what is said of it
    (
        "[filters]\nx = 'accept; y'",
        ["2:15 syntax error: expected '=' or '(' after 'y', found the end of the text"],
    ),
    ("[filters]\nx = '''\naccept;\n  a = 1;'''", ["4:3 a is no variable or attribute"]),
    ("[filters]\nx = '''a = 1;\nb = 1;'''", ["2:8 a is no variable or attribute"]),
    ('[filters]\nx = """\nif 1 then accept; reject;"""', ["3:4 the condition of if must be bool, not int"]),
    ("[filters]\nx = ''", ["2:6 filter x can end without accept or reject; a route is then refused"]),
    (
        "[filters]\nx = 'f();'\ny = 'accept; accept;'\n[router]\nport = 0",
        [
            "2:6 f is no function",
            "3:14 this is never reached: what is before it never goes on",
            "5: router.port: 0 is not allowed; write a number from 1 to 65535",
        ],
    ),
    ("[filters]\nall = 'accept;'", ['2: filters.all: the filter "all" is always there; write another name']),
    (
        "[filters]\n'a b' = 'accept;'",
        ['2: filters."a b": "a b" is not the name of a filter; write up to 80 letters, digits and _-.:'],
    ),
    (
        "[filters]\nx = 1",
        ["2: filters.x: 1 is not allowed; write a text of statements in the filter language"],
    ),
    ("filters = 1", ['1: filters: 1 is not allowed; write names and statements, like from_tor = "accept;"']),
    (f"{STATIC}set = 'krt_metric = ;'", ["4:21 syntax error: expected an expression after '=', found ';'"]),
    (f"{STATIC}set = 'accept;'", ["4:8 accept has no meaning here: a static route is always there"]),
    (f"{STATIC}set = 'net = 10.0.0.0/8;'", ["4:8 net can only be read"]),
    (
        "[filter_files]\npaths = ['no/*.filter', '']",
        [
            '2: filter_files.paths[#2]: "" is not the path of a file; write one like filters/*.filter',
            '2: filter_files.paths[#1]: no file is called "no/*.filter"; write the path of at least one',
        ],
    ),
    (
        f'{NEIGHBOR}import = "form_tor"\nexport = "x"\n[filters]\nfrom_tor = "accept;"',
        [
            '5: neighbors[tor1].import: unknown filter "form_tor"; did you mean "from_tor"?',
            '6: neighbors[tor1].export: unknown filter "x"; there are "all", "none" and "from_tor"',
        ],
    ),
    ('[groups.g]\nimport = "x"', ['2: groups.g.import: unknown filter "x"; there are "all" and "none"']),
    (
        '[kernel.ipv6]\nexport = "x"',
        ['2: kernel.ipv6.export: unknown filter "x"; there are "all" and "none"'],
    ),
    (
        '[router]\ntables = ["blue"]\n[[pipes]]\npeer_table = "blue"\nexport = "x"',
        ['5: pipes[#1].export: unknown filter "x"; there are "all" and "none"'],
    ),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_has_file_line_and_column(text: str, expected: list[str], write: Write) -> None:
    assert messages(write, text) == [f"bgpd.toml:{message}" for message in expected]


DEFINED_HERE = [
    # the text of [filter_files], what is said of it
    ("text = 'function f() { return 1 }'", ["2:33 syntax error: expected ';' after '1', found '}'"]),
    (
        "text = '''\nfunction f() {\n  return 1 + \"\"; }'''",
        ["4:12 int + string is not possible, only int + int"],
    ),
    ('text = """define a = 1;\ndefine a = 2;"""', ["3:8 Symbol already defined"]),
    ("text = 'filter none { accept; }'", ['2:16 the filter "none" is always there; write another name']),
    (
        "text = 3",
        ["2: filter_files.text: 3 is not allowed; write a text of definitions in the filter language"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), DEFINED_HERE)
def test_what_is_defined_here_has_its_place(text: str, expected: list[str], write: Write) -> None:
    assert messages(write, f"[filter_files]\n{text}") == [f"bgpd.toml:{message}" for message in expected]


def test_what_is_defined_here_comes_before_the_files(write: Write) -> None:
    path = write("""
        [filter_files]
        paths = ["a.filter"]
        text = "define one = 1; filter here { accept; }"
        [filters]
        "static1.import" = "if f() = one then accept; reject;"
        [statics.static1]
        import = "static1.import"
        [directs.d]
        import = "here"
    """)
    (path.parent / "a.filter").write_text("function f() { return one; }")
    told = build(load(path))
    assert [getattr(each, "name", None) for each in told.filters] == ["one", "here", "f", "static1.import"]
    assert [told.statics[0].import_filter, told.directs[0].import_filter] == ["static1.import", "here"]


def test_mistake_in_a_text_of_json_is_found(tmp_path: Path) -> None:
    path = tmp_path / "bgpd.json"
    path.write_text(json.dumps({"filter_files": {"text": "define a = 1;\ndefine b = c;"}}))
    with pytest.raises(ConfigurationError, match=r"filter_files\.text: line 2, column 12: c is no variable"):
        load(path)


USER = "filter user { if f() > 0 then accept; reject; }"
IN_FILES = [
    # the text of each file, what is said of them
    (
        ["function f() { return 1 }", USER],
        ["a.filter:1:25 syntax error: expected ';' after '1', found '}'"],
    ),
    (
        ['function f() { return 1 + ""; }', USER],
        ["a.filter:1:25 int + string is not possible, only int + int"],
    ),
    (
        [
            "define x = 1/0;\nfunction f() { return x; }\ndefine y = z;",
            f"function g() {{ return f(); }}\n{USER}",
        ],
        [
            "a.filter:1:8 Mother told me not to divide by 0",
            "a.filter:3:12 z is no variable, constant or attribute",
        ],
    ),
    (["filter f { accept; }", "filter f { accept; }"], ["b.filter:1:8 Symbol already defined"]),
    (["filter none { accept; }"], ['a.filter:1:8 the filter "none" is always there; write another name']),
    (["function f() { accept; }\neval f();"], ["a.filter:2:1 there is no route here to accept"]),
    (["roa table r { roa 10.0.0.0/40 max 24 as 1; }"], ["a.filter:1:28 Invalid prefix length 40"]),
]


@pytest.mark.parametrize(("files", "expected"), IN_FILES)
def test_who_uses_what_is_wrong_is_not_to_blame(files: list[str], expected: list[str], write: Write) -> None:
    text = "[filter_files]\npaths = ['*.filter']"
    assert messages(write, text, **dict(zip("abc", files, strict=False))) == expected


ONE_OF_EVERYTHING = """
define one = 1;
define two = one + one;
define several = [one, two..9];
define is_two = two = 2 && two ~ several;
define path = prepend(+empty+, one);
define pattern = [= * (one) * =];
define large = (one, two, 3);
define extended = (rt, one, two);
roa table origins { roa 10.0.0.0/8 max 24 as 65001; }
function f(int a) int set s; { s = [one..2]; return a ~ s; }
define called = f(two);
eval 1 ~ [1];
eval two ~ several;
eval f(two) && path ~ pattern;
filter everything { if f(two) && net ~ [10.0.0.0/8+] && bgp_path ~ pattern then accept; reject; }
"""


def test_everything_may_use_what_is_defined_before_it(write: Write) -> None:
    path = write(f"[filter_files]\npaths = ['a.filter']\n{NEIGHBOR}import = 'everything'\nexport = 'all'")
    (path.parent / "a.filter").write_text(ONE_OF_EVERYTHING)
    assert len(load(path).definitions) == ONE_OF_EVERYTHING.count("\n") - 1


def test_what_is_wrong_with_a_constant_is_found(write: Write) -> None:
    procedure = "function f() { print 1; }\ndefine one = 1;\ndefine x = one;\n"
    for use in ("define y = f();", "define y = x = 1 && f();"):
        (message,) = messages(write, "[filter_files]\npaths = ['*.filter']", a=f"{procedure}{use}")
        assert message.startswith("a.filter:4:")


def test_a_file_that_is_not_utf_8_or_not_there(write: Write) -> None:
    path = write("[filter_files]\npaths = ['a.filter', 'b.filter']\n")
    (path.parent / "a.filter").write_bytes(b"\xff")
    (path.parent / "b.filter").mkdir()
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    first, second = caught.value.problems
    assert f'"{path.parent}/a.filter" is not UTF-8' in first.message
    assert f'"{path.parent}/b.filter" cannot be read: Is a directory' in second.message


def test_a_group_is_blamed_once_for_its_filter(problems: Problems) -> None:
    """Two neighbors have it from there."""
    second = NEIGHBOR.replace("tor1", "tor2").replace("2.2", "2.3")
    group = 'group = "tor"\n'
    (problem,) = problems(f'[groups.tor]\nexport = "x"\n{NEIGHBOR}{group}{second}{group}')
    assert (problem.line, problem.key) == (2, "groups.tor.export")


def test_json_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "bgpd.json"
    static = {"prefix": "10.0.0.0/8", "blackhole": True, "set": "krt_metric = ;"}
    path.write_text(json.dumps({"filters": {"x": "accept;\nx = 1;"}, "static": [static]}))
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(caught.value).replace(f"{path}: ", "").split("\n") == [
        "filters.x: line 2, column 1: x is no variable or attribute",
        "static[10.0.0.0/8].set: line 1, column 14: "
        "syntax error: expected an expression after '=', found ';'",
    ]


FILE = "define high = 200;\nfunction is_ours() { return net ~ [10.0.0.0/8+]; }\nfilter out { accept; }\n"
RIGHT = f"""
[filter_files]
paths = ["filters/*.filter", "filters/a.filter"]
[filters]
from_tor = '''
  int pref;
  pref = high;
  if is_ours() then {{ bgp_local_pref = pref; accept; }}
  reject;
'''
"a-b.c:d" = "accept; # it's '''"
{NEIGHBOR}import = "from_tor"
export = "out"
{STATIC}set = "krt_metric = 5; bgp_community.add((65000, high));"
"""


@pytest.fixture
def right(write: Write) -> Path:
    path = write(RIGHT)
    (path.parent / "filters").mkdir()
    (path.parent / "filters" / "a.filter").write_text(FILE)
    return path


def test_definitions_come_in_the_order_in_which_they_can_be_used(right: Path) -> None:
    """Files first, each once; then the filters of the file itself."""
    settings = build(load(right))
    names = [each.name for each in settings.filters if isinstance(each, Filter | Function)]
    assert names == ["is_ours", "out", "from_tor", "a-b.c:d"]
    (neighbor,) = settings.neighbors
    assert (neighbor.import_filter, neighbor.export_filter) == ("from_tor", "out")


def test_places_are_those_of_the_configuration_file(right: Path) -> None:
    from_tor = build(load(right)).filters[3]
    assert isinstance(from_tor, Filter)
    lines = [statement.at.line for statement in from_tor.body.statements]
    assert lines == [6, 7, 8, 9]
    assert from_tor.at.file == str(right)


def test_a_static_route_has_its_statements(right: Path) -> None:
    ((static,),) = (protocol.routes for protocol in build(load(right)).statics)
    assert static.change is not None
    attributes = [
        statement.attribute
        for statement in static.change.body.statements
        if isinstance(statement, SetAttribute)
    ]
    assert attributes == ["krt_metric", "bgp_community"]


def test_what_is_printed_says_the_same(right: Path) -> None:
    """Texts keep their lines where TOML can have them as they are, and mean the same in any case."""
    configuration = load(right)
    printed = print_config(configuration)
    assert "from_tor = '''\n  int pref;\n" in printed
    again = right.parent / "again.toml"
    again.write_text(printed)
    copy = load(again)
    assert copy.filters == configuration.filters
    pairs = zip(copy.definitions, configuration.definitions, strict=True)
    assert all(same_tree(one, other) for one, other in pairs)


@pytest.mark.parametrize(
    "text",
    [
        "accept;",
        "accept; # '",
        "\naccept;",
        "accept;\r\n#\r\n",
        "accept; # '''\n# \\ \"\"\"",
        'print "\t"; accept;',
    ],
)
def test_any_text_survives_printing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bgpd.json"
    path.write_text(json.dumps({"filters": {"x": text}}))
    configuration = load(path)
    again = tmp_path / "bgpd.toml"
    again.write_bytes(print_config(configuration).encode())
    assert load(again).filters == {"x": text}
