"""Filters of the configuration at work between neighbors and the kernel, and changed while sessions last."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Announcement, Attributes, Bgpd, Bird2
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SOURCE, SINK = 65001, 65002
MARKED, PLAIN, ALIEN = "10.1.0.0/16", "10.2.0.0/16", "172.16.0.0/16"
ROUTES: Final = [
    Announcement(MARKED, Attributes(communities=("65001:200",))),
    Announcement(PLAIN),
    Announcement(ALIEN),
]
FUNCTIONS: Final = """
define marked = (65001, 200);
function is_ours() { return net ~ [ 10.0.0.0/8{8,24}MORE ]; }
"""
FILTERS: Final = """
[filter_files]
paths = ["filters/*.filter"]
[filters]
from_source = '''
if ! is_ours() then reject;
if marked ~ bgp_community then bgp_local_pref = {local_pref};
accept;
'''
to_sink = '''
bgp_path.prepend(64512);
bgp_large_community.add((64512, 1, {local_data}));
accept;
'''
to_kernel = '''
if net = 10.1.0.0/16 then krt_metric = {metric};
accept;
'''
[kernel.ipv4]
export = "to_kernel"
"""


class House:
    """Our daemon between a neighbor that sends routes and one that is sent them."""

    def __init__(self, lab: Lab) -> None:
        net = Segment(lab)
        self.bgpd = net.add(Bgpd, OURS)
        self.source = net.add(Bird2, SOURCE, *ROUTES)
        self.sink = net.add(Bird2, SINK)
        net.connect(self.bgpd, self.source, ours={"extra": ('import = "from_source"',)})
        net.connect(self.bgpd, self.sink, ours={"extra": ('export = "to_sink"',)})
        self._net = net
        (self.bgpd.directory / "filters").mkdir()

    def start(self) -> None:
        self._net.start().up()

    def write(self, more: str = "", **filters: int) -> None:
        """Write all filters, with these values in them."""
        (self.bgpd.directory / "filters" / "a.filter").write_text(FUNCTIONS.replace("MORE", more))
        self.bgpd.config.extra = (*NO_DIRECT, FILTERS.format(**filters))
        self.bgpd.write()

    def local_prefs(self) -> Mapping[str, int | None]:
        """Return the preference of each route that may be used."""
        views = self.bgpd.routes("ipv4", address(self.source))
        return {prefix: view.local_pref for prefix, view in views.items()}

    def paths(self) -> Mapping[str, tuple[int, ...]]:
        return {prefix: view.as_path for prefix, view in self.sink.routes("ipv4").items()}

    def large_communities(self) -> set[str]:
        """Return those of all routes that the sink has."""
        lines = self.sink.control(address(self.bgpd), "show route all protocol")
        return {line.partition(": ")[2] for line in lines if "large_community" in line}

    def metrics(self) -> Mapping[str, int | None]:
        return {prefix: row.get("metric") for prefix, row in kernel_routes(self.bgpd.host, "ipv4").items()}

    def channel(self) -> dict[str, Any]:
        """Return what ``show protocols all`` says of routes from the source."""
        channel: dict[str, Any] = self.bgpd.protocol(address(self.source))["channels"][0]
        return channel


def test_filters_decide_and_are_changed_live(lab: Lab) -> None:
    """What the import, export and kernel filters say is so everywhere, and so is what they say later."""
    house = House(lab)
    house.write(local_pref=200, local_data=2, metric=77)
    house.start()
    path = (OURS, OURS, SOURCE)
    eventually(house.paths, equals={MARKED: path, PLAIN: path})
    eventually(house.large_communities, equals={"(64512, 1, 2)"})
    eventually(house.metrics, equals={MARKED: 77, PLAIN: None})
    eventually(house.local_prefs, equals={MARKED: 200, PLAIN: None})
    assert house.channel()["input_filter"] == "from_source"
    eventually(lambda: house.channel()["routes"]["filtered"], equals=1)

    before = house.bgpd.log().count("BGP session established")
    house.write(", 172.16.0.0/12+", local_pref=300, local_data=3, metric=78)
    answer = house.bgpd.ask("configure")
    assert "to_192_0_2_2: the import filter changed" in "\n".join(answer)
    assert "to_192_0_2_3: the export filter changed" in "\n".join(answer)
    assert "kernel1: the export filter changed" in "\n".join(answer)
    eventually(house.paths, equals={MARKED: path, PLAIN: path, ALIEN: path})
    eventually(house.large_communities, equals={"(64512, 1, 3)"})
    eventually(house.metrics, equals={MARKED: 78, PLAIN: None, ALIEN: None})
    eventually(house.local_prefs, equals={MARKED: 300, PLAIN: None, ALIEN: None})
    assert house.bgpd.log().count("BGP session established") == before == 2
