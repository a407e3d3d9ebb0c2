"""A few filters, for the commands that try them."""

from bgpd.policies import Policies
from rib.filters.grammar.parser import definitions
from rib.filters.syntax import Definition

_TEXT = """\
define RACKS = [10.0.0.0/8{16,24}, 203.0.113.0/24];
function twice(int x) {
  print "twice ", x;
  return 2 * x;
}
function judge() { accept; }
filter from_tor {
  if net !~ RACKS || bgp_path.len > 2 then reject "no ", net;
  bgp_local_pref = twice(bgp_local_pref);
  accept;
}
filter fails {
  bgp_med = bgp_med + 1;
  accept;
}
filter 'to-tor' { accept; }
filter looks {
  print bgp_path, "|", bgp_next_hop, "|", defined(bgp_med);
  accept;
}
filter nowhere {
  bgp_next_hop = 0.0.0.0;
  accept;
}
filter arrival {
  print gw, "|", bgp_local_pref;
  reject;
}
roa table origins { roa 203.0.113.0/24 max 24 as 65001; }
"""


def policies() -> Policies:
    """Return the filters of a file."""
    trees: list[Definition] = []
    for tree in definitions(_TEXT, "tor.filter"):
        assert not isinstance(tree, Exception)
        trees.append(tree)
    return Policies(trees)
