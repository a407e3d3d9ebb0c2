"""BIRD's files as the daemon's configuration: filters, samples, mistakes, two files in one process."""

import dataclasses
from pathlib import Path

import pytest

from bgpd.bird.conversion import convert
from bgpd.bird.loading import BirdError, LoadedBird, load_bird
from bgpd.config import DaemonSettings, build, load
from bgpd.policies import Policies
from rib.filters.syntax import Filter, Function
from tests.bird.conftest import LoadText
from tests.bird.test_samples import FILES
from tests.filters_oracle.calico import SAMPLES

SESSION = "local as 64512; neighbor 192.0.2.2 as 64512;"
SESSION_IPV6 = "local as 64512; neighbor 2001:db8::2 as 64512;"


def said(settings: DaemonSettings) -> DaemonSettings:
    """Return settings without what only a file in BIRD's language gives."""
    return dataclasses.replace(settings, symbols={}, remarks=())


def converted(files: list[tuple[str, int]], folder: Path) -> DaemonSettings:
    conversion = convert(files)
    assert conversion.complaints == ""
    path = folder / "converted.toml"
    path.write_text(conversion.text, encoding="utf-8")
    return build(load(path))


@pytest.mark.parametrize(("path", "bits"), FILES, ids=lambda value: str(value).removeprefix(f"{SAMPLES}/"))
def test_a_sample_is_loaded_and_says_the_same_when_it_is_converted(
    path: Path, bits: int, tmp_path: Path
) -> None:
    loaded = load_bird([(str(path), bits)])
    assert loaded.settings.remarks == ()
    assert loaded.printed == ()
    assert said(loaded.settings) == converted([(str(path), bits)], tmp_path)
    Policies(
        loaded.settings.filters
    )  # the daemon makes them of the trees, which must be as they were written


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path, _ in FILES})[::5], ids=lambda path: path.name
)
def test_both_files_of_a_sample_in_one_process(folder: Path, tmp_path: Path) -> None:
    files = [(str(folder / "bird.cfg"), 32), (str(folder / "bird6.cfg"), 128)]
    loaded = load_bird(files)
    names = [protocol.name for protocol in loaded.settings.protocols]
    assert {"kernel1", "kernel1_v6", "direct1", "direct1_v6", "device1"} <= set(names)
    assert "device1_v6" not in names
    assert said(loaded.settings) == converted(files, tmp_path)
    Policies(loaded.settings.filters)


EVERYTHING = """
    router id 192.0.2.1; listen bgp port 5; table t1; table t2;
    log stderr all; timeformat route "%T" 60 "%F";
    define one = 1; define few = [one, 2..5]; roa table r { roa 10.0.0.0/8 max 16 as 5; }
    function 'my.f-1'(int a; prefix b) int c; { c = a * 2; if net ~ b then { accept; } return c; }
    filter ff int x; { x = 4; if 'my.f-1'(x, net) > 3 then bgp_med = 5;
      case x { 1..2: print "a'''b"; else: print "ü"; } accept; }
    protocol device { primary "eth*" 10.0.0.1; }
    protocol kernel { learn; persist; export filter ff; merge paths on limit 5; import where bgp_med < 7; }
    protocol pipe pp { peer table t1; export filter int q; { q = 1; # nothing
                                                             if q > 2 then reject; else accept; }; }
    protocol bgp { local as 64512; neighbor 192.0.2.2 as 65001; multihop 3; ttl security; password "s'3\\"; }
    protocol static { check link; route 10.0.0.0/8 via 192.0.2.1 { krt_metric = one; if net.len < 9 then {
        bgp_med = 7; } }; route 10.1.0.0/16 multipath via 192.0.2.1 weight 3 via 192.0.2.2; }
"""


def test_a_file_with_everything_is_converted(load_text: LoadText, tmp_path: Path) -> None:
    loaded = load_text(EVERYTHING)
    assert said(loaded.settings) == converted([("bird.conf", 32)], tmp_path)
    assert loaded.settings.neighbors[0].password == b"s'3\\"


def test_filters_are_those_of_the_file(load_text: LoadText) -> None:
    """What is told about them names the places of the file that is edited, not of anything made from it."""
    policies = "export filter { reject; }; import filter f;"
    text = f"filter f {{\n  accept;\n}}\nprotocol bgp {{ {SESSION}\n  {policies} }}"
    settings = load_text(text).settings
    named, unnamed = settings.filters
    assert isinstance(named, Filter)
    assert isinstance(unnamed, Filter)
    assert (named.name, str(named.body.statements[0].at)) == ("f", "bird.conf:2:9")
    assert (unnamed.name, unnamed.at.line) == ("bgp1.export", 5)
    neighbor = settings.neighbors[0]
    assert (neighbor.import_filter, neighbor.export_filter) == ("f", "bgp1.export")


def test_protocols_of_a_template_have_filters_of_their_own(load_text: LoadText) -> None:
    template = f"template bgp t {{ {SESSION} import filter {{ accept; }}; }}"
    settings = load_text(f"{template} protocol bgp a from t {{}} protocol bgp b from t {{}}").settings
    assert [neighbor.import_filter for neighbor in settings.neighbors] == ["a.import", "b.import"]
    assert [each.name for each in settings.filters if isinstance(each, Filter)] == ["a.import", "b.import"]


def test_filters_that_only_our_own_files_refuse_are_loaded(load_text: LoadText) -> None:
    """BIRD does not mind that a filter may end without a verdict, and neither do we in its files."""
    text = f"protocol bgp {{ {SESSION} import filter {{ if net.len > 24 then accept; }}; }}"
    Policies(load_text(text).settings.filters)
    assert "can end without accept or reject" in convert([("bird.conf", 32)]).complaints


def test_what_is_printed_while_a_file_is_read(load_text: LoadText) -> None:
    text = 'function f() { print "hello"; return 1; } eval f(); protocol device {}'
    assert load_text(text).printed == ("hello",)
    with pytest.raises(BirdError) as caught:
        load_text(f"{text} foo")
    assert caught.value.lines == ("hello", "bird.conf:1:72 syntax error")
    assert str(caught.value) == "bird.conf:1:72 syntax error"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("protocol bgp {\n  local as 23456; neighbor 192.0.2.2 as 5;\n}",
         "bird.conf:2:3 neighbors[bgp1].local_asn: 23456 is AS_TRANS"),
        ("protocol bgp {\n local as 5;\n  neighbor 224.0.0.5 as 5;\n}",
         'bird.conf:3:3 neighbors[bgp1].address: "224.0.0.5" is not the address of one host'),
        ("protocol static {\n  route 10.0.0.0/8 via \"a/b\";\n}",
         'bird.conf:2:3 statics.static1.routes[10.0.0.0/8].dev: "a/b" is not the name of an interface'),
        ("table t; protocol kernel {}\nprotocol kernel { table t; }",
         "bird.conf:2:1 kernels.kernel2.table: 254 is the table of [kernels.kernel1]"),
    ],
)  # fmt: skip
def test_what_only_our_models_refuse_has_a_place_too(load_text: LoadText, text: str, error: str) -> None:
    with pytest.raises(BirdError) as caught:
        load_text(text)
    assert str(caught.value).startswith(error)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BirdError, match=r"^Unable to open configuration file \S+/none.conf: No such file"):
        load_bird([(str(tmp_path / "none.conf"), 32)])


def test_the_socket_is_that_of_the_command(tmp_path: Path) -> None:
    path = tmp_path / "bird.conf"
    path.write_text("protocol device {}")
    assert load_bird([(str(path), 32)], socket="/run/bird.ctl").settings.socket == "/run/bird.ctl"


# Two files


def both(load_text: LoadText, first: str, second: str) -> LoadedBird:
    loaded: LoadedBird = load_text(f"router id 192.0.2.1; {first}", f"router id 192.0.2.1; {second}")
    return loaded


def test_names_that_both_files_have_are_others_in_the_second(load_text: LoadText) -> None:
    text = """define few = 5; function f(int few2) {{ return few2 + few; }}
              filter g {{ if f(1) > few then accept; reject; }}
              template bgp t {{ export filter g; }} protocol bgp from t {{ {} }} protocol static x {{}}"""
    settings = both(load_text, text.format(SESSION), text.format(SESSION_IPV6)).settings
    assert settings.order == ("bgp1", "x", "bgp1_v6", "x_v6")
    assert [neighbor.export_filter for neighbor in settings.neighbors] == ["g", "g_v6"]
    functions = [each for each in settings.filters if isinstance(each, Function)]
    assert [function.name for function in functions] == ["f", "f_v6"]
    assert [function.parameters[0].name for function in functions] == ["few2", "few2"]
    assert settings.remarks == ()
    Policies(settings.filters)


def test_a_new_name_is_none_that_is_there(load_text: LoadText) -> None:
    second = "protocol static x {} protocol static x_v6 {}"
    assert both(load_text, "protocol static x {}", second).settings.order == ("x", "x_v6_v6", "x_v6")


def test_tables_are_shared(load_text: LoadText) -> None:
    settings = both(
        load_text, "table t; protocol device {}", "table t; protocol static { table t; }"
    ).settings
    assert settings.tables == ("master", "t")
    assert settings.statics[0].table == "t"


def test_there_is_one_device(load_text: LoadText) -> None:
    first, second = "protocol device { primary 10.0.0.0/8; }", "protocol device { primary 2001:db8::/32; }"
    settings = both(load_text, first, second).settings
    assert settings.device is not None
    assert settings.device.primary == ("10.0.0.0/8", "2001:db8::/32")
    assert settings.order == ("device1",)


def test_both_families_are_listened_on(load_text: LoadText) -> None:
    device = "protocol device {}"
    assert both(load_text, device, f"listen bgp address 2001:db8::1; {device}").settings.listen == (
        "0.0.0.0",
        "2001:db8::1",
    )


@pytest.mark.parametrize(
    ("statement", "remark"),
    [
        ("router id 192.0.2.7;", "router id"),
        ("listen bgp port 5;", "listen bgp"),
        ("log stderr all;", "log"),
        ("timeformat log iso short;", "timeformat log"),
    ],
)
def test_what_the_second_file_says_otherwise_is_remarked(
    load_text: LoadText, statement: str, remark: str
) -> None:
    first = "log stderr { info }; timeformat log iso long; protocol device {}"
    settings = both(load_text, first, f"protocol static {{}}\n{statement}").settings
    assert settings.remarks == (
        f"bird6.conf:2 {remark}: the files differ, and what the first one says holds",
    )
    assert settings.router_id == 0xC0000201
    assert settings.port == 179
