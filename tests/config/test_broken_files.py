"""The files people get wrong: each message names file, line, key and remedy."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import Configuration, ConfigurationError, Problem, load

NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 65001\n'
BROKEN = [
    pytest.param(
        "[router]\nholdtime = 90\nasm = 64512",
        ["2: router.holdtime: unknown key; the keys of this table are asn, cluster_id, confederation, "
         "control_plane, graceful_restart_wait, id, listen, port, state_file, stop, tables",
         '3: router.asm: unknown key; did you mean "asn"?'],
        id="unknown key",
    ),
    pytest.param(
        f'{NEIGHBOR}hold_time = "90"',
        ['4: neighbors[192.0.2.1].hold_time: "90" is not allowed; '
         "write 0, or a number of seconds from 3 to 65535"],
        id="wrong type",
    ),
    pytest.param(
        '[[static]]\nprefix = "192.0.2.0/33"\nblackhole = true',
        ['2: static[192.0.2.0/33].prefix: "192.0.2.0/33" is not a prefix; '
         'write one like "192.0.2.0/24" or "2001:db8::/32"'],
        id="bad prefix",
    ),
    pytest.param(
        '[[static]]\nprefix = "192.0.2.1/24"\nblackhole = true',
        ['2: static[192.0.2.1/24].prefix: "192.0.2.1/24" has host bits set; write "192.0.2.0/24"'],
        id="host bits set",
    ),
    pytest.param(
        NEIGHBOR + NEIGHBOR,
        ['5: neighbors[192.0.2.1].address: "192.0.2.1" is taken by number 1 of this list; '
         "remove one of the two, or give them different ports or source addresses"],
        id="duplicate neighbor",
    ),
    pytest.param(
        f'{NEIGHBOR}import = "from_tor"',
        ['4: neighbors[192.0.2.1].import: unknown filter "from_tor"; '
         'there are "all" and "none"'],
        id="unknown filter",
    ),
    pytest.param(
        "[router]\n\nasn = 0",
        ['3: router.asn: 0 is not allowed; write an AS number from 1 to 4294967295, or one like "65000.1"'],
        id="AS 0",
    ),
    pytest.param(
        '[[neighbors]]\nname = "tor1"\nasn = 65001',
        ['1: neighbors[tor1].address: missing; write an address like "192.0.2.1" or "2001:db8::1", '
         'or a link-local one as "fe80::1%eth0", or a range'],
        id="missing address",
    ),
    pytest.param(
        "[router]\nasn 64512",
        ["2: not TOML: Expected '=' after a key in a key/value pair (at line 2, column 5); "
         "strings need quotes, tables are headed by [name] or [[name]]"],
        id="not TOML",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "messages"), BROKEN)
def test_message_names_file_line_key_and_remedy(
    text: str, messages: list[str], write: Callable[[str], Path]
) -> None:
    path = write(text)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(caught.value).splitlines() == [f"{path}:{message}" for message in messages]


def test_file_that_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: cannot be read: No such file or directory; "
        "name a file this user may read, or none for the defaults"
    )


def test_directory_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Is a directory"):
        load(tmp_path)


def test_path_no_system_call_accepts() -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(Path("bgpd\0.toml"))


def test_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "bgpd.toml"
    path.write_bytes(b'[[neighbors]]\ndescription = "M\xfcnchen"')
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:2: not UTF-8; save the file in that encoding"


def test_toml_nested_without_end(problems: Callable[[str], tuple[Problem, ...]]) -> None:
    (problem,) = problems("a = " + "[" * 100_000)
    assert problem.message.startswith(("nested too deeply", "not TOML"))


def test_every_problem_is_reported_at_once_in_the_order_of_the_file(
    problems: Callable[[str], tuple[Problem, ...]],
) -> None:
    found = problems(
        f'[[static]]\nprefix = "10.0.0.0/8"\n{NEIGHBOR}{NEIGHBOR}hold_time = 1\n{NEIGHBOR}[router]\nport = 0'
    )
    assert [(problem.line, problem.key) for problem in found] == [
        (2, "static[10.0.0.0/8].prefix"),
        (9, "neighbors[192.0.2.1].hold_time"),
        (11, "neighbors[192.0.2.1].address"),
        (14, "router.port"),
    ]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "\ufeff"])
def test_empty_file_means_the_defaults(text: str, write: Callable[[str], Path]) -> None:
    assert load(write(text)) == load(None) == Configuration()


JSON = [
    ('{"router": {"asn": 1, "asn": 2}}', 'the key "asn" is there twice'),
    ('{"router": {"asn": NaN}}', "NaN is not a JSON number"),
    ("[1]", "a list where the whole file must be one object"),
    ('{"router"\n 1}', ":2: not JSON: Expecting ':' delimiter"),
    (r'{"\ud800": 1}', r": not JSON: the key '\ud800' has half of a character"),
    ('{"router": {"asn": "64512"}}', 'router.asn: "64512" is not allowed; write an AS number'),
    ('{"router": null}', "router: null is not allowed; write a table of keys and values"),
]


@pytest.mark.parametrize(("text", "message"), JSON)
def test_broken_json(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bgpd.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert message in str(caught.value)


def test_json_says_the_same_as_toml(tmp_path: Path, write: Callable[[str], Path]) -> None:
    path = tmp_path / "bgpd.json"
    neighbors = [{"address": "192.0.2.1", "asn": 65001, "families": ["ipv4"], "import": "all"}]
    path.write_text(json.dumps({"neighbors": neighbors}))
    assert load(path) == load(write(f'{NEIGHBOR}families = ["ipv4"]\nimport = "all"'))
