"""Files with every statement there is."""

from typing import Final

GOOD: Final = (
    """\
router id 192.0.2.1; debug protocols all; debug protocols { states }; debug commands 2; debug latency on;
debug latency limit 5 ms; watchdog warning 5 s; watchdog timeout 10 us; timeformat base iso long;
timeformat log iso short; timeformat protocol old short; timeformat route "%T"; timeformat log "%T" 3600 "%F";
mrtdump protocols { states, messages }; graceful restart wait 5; listen bgp; listen bgp port 5 dual;
log stderr { debug, trace, info, remote, warning, error, auth, fatal, bug }; log syslog name "foo" all;
router id from "eth*", -"x"; protocol device { scan time 2; }
""",
    """\
define one = 1; router id one; table t1 table t2 sorted; table t3;
eval 1 eval one + 2;
/* of several
 * lines */ define set_of_all = [one, 2..5]; # and more
function f1(int a; prefix b) int c; { c = a * 2; if net ~ b then { accept; } else reject "x", c; return c; }
filter ff int x; { x = 4; if f1(x, net) > 3 then bgp_med = 5;
  case x { 1..2: print "a"; else: print "b"; } accept; }
protocol direct { interface -"cali*", "eth*", "*"; check link; disabled; }
protocol kernel { learn; persist; scan time 2; import all; export filter ff; graceful restart; metric 7;
  merge paths on limit 5; device routes; kernel table 5; preference (one + 4); import where bgp_med < 7; }
protocol pipe pp { peer table t1; mode transparent; import none; export all; vrf "x"; router id 5; }
""",
    """\
router id 5;
template bgp tb { local as 64512; debug { states, routes, filters, events, packets, interfaces };
  preference 50; description "x"; next hop self; error wait time 5,30; graceful restart time 5; }
function gg(bool b) { if b then print "hi"; return 1; }
eval gg(true);
table t1;
template bgp x from tb { neighbor port 179 as 64512; multihop 3; ttl security on;
  import limit 100 action warn;
  export limit 5; receive limit off; import keep filtered on; table t1; passive on; gateway recursive;
  password "x"; add paths on; allow local as 3; graceful restart; long lived graceful restart aware;
  disable after cease { prefix limit hit, out of resources }; rr client; default bgp_med 5; hold time 9;
  disable after error; path metric; med metric; igp metric; prefer older; route limit 5; secondary off;
  enable route refresh; enable as4; enable extended messages; capabilities; advertise ipv4; setkey off;
  interpret communities; missing lladdr ignore; long lived stale time 7; connect delay time 5; igp table t1;
  allow bgp_local_pref on; startup hold time 3; keepalive time 3; connect retry time 3; error forget time 3; }
template bgp from x { export where bgp_path.len < 5; }
protocol bfd { interface "eth*", -"x" { interval 5 ms; min rx interval 100 us; idle tx interval 3 s;
  multiplier 4; passive; }; multihop { interval 4 s; }; }
protocol static { check link; igp table master; description "x"; }
""",
)
"""For both families."""

GOOD_IPV4: Final = """\
roa table r1 { roa 10.0.0.0/8 max 16 as 5; roa 10.0.0.0:255.0.0.0 max 16 as 5; } roa table r2
filter f { if roa_check(r1, 10.0.0.0/8, 5) = ROA_VALID then accept; reject; }
protocol bfd { neighbor 192.0.2.1 dev "eth0"; neighbor 192.0.2.1 local 192.0.2.2 multihop;
  neighbor 192.0.2.1; }
protocol bgp { local 192.0.2.1 as 5; neighbor 192.0.2.2%eth0 port 179 as 6; direct; interface "x"; check link;
  bfd graceful; passive; rs client; add paths rx; source address 192.0.2.1; rr cluster id 192.0.2.1; }
protocol static st1 {
  route 10.0.0.0/8 via 192.0.2.1; route 10.0.0.0/8 via "eth0"; route 10.0.0.0/8 via 192.0.2.1%eth0;
  route 10.0.0.0/8 multipath via 192.0.2.1 weight 3 via 192.0.2.2 bfd via 192.0.2.3%eth0 weight 2 bfd on;
  route 10.0.0.0/8 recursive 192.0.2.1; route 10.0.0.0/8 unreachable; route 10.0.0.0/8 reject;
  route 10.0.0.0/8 drop; route 10.0.0.0/8 blackhole; route 10.0.0.0/8 prohibit;
  route 10.0.0.0/8 via 192.0.2.1 { bgp_med = 5; if net ~ 192.0.2.0/24 then accept; bfd; bfd on; };
}
protocol device { primary 10.0.0.0/8; } protocol direct { interface "a" 10.0.0.0/8, 10.0.0.1; }
"""
GOOD_IPV6: Final = """\
router id 192.0.2.1;
protocol static { route 2001:db8::/32 via fe80::1%eth0; route 2001:db8::/32 drop { bgp_med = 5; }; }
protocol bgp { local 2001:db8::1 as 5; neighbor fe80::1%eth0 as 6; neighbor port 5; rr cluster id 192.0.2.1; }
protocol bgp { local as 5; neighbor 2001:db8::2 as 5; source address 2001:db8::1; bfd; }
"""
