# A host with neighbors and routes each of which is in some trouble, for docs/operations.md: this network is the
# host's; those who are its neighbors are other addresses of one daemon, in the namespace "there".

ip netns add there
ip link add eth0 type veth peer name eth0 netns there
ip address add 192.0.2.1/24 dev eth0
ip link set eth0 up
for last in 11 12 14 15 16 17 18 19 20 21 22 23 24 25; do
    ip -n there address add 192.0.2.$last/24 dev eth0
done
ip -n there link set lo up
ip -n there link set eth0 up
ip route add 10.5.0.0/24 via 192.0.2.25 proto static

grep -q ^bgpd: /etc/group || echo bgpd:x:10179: >> /etc/group
mkdir -p /etc/bgpd /run/bgpd /run/there
chmod 750 /etc/bgpd
cat > /etc/bgpd/bgpd.toml <<'END'
[router]
id = "192.0.2.1"
control_plane = ["10.8.0.1"]
asn = 64512

[direct]
interfaces = []

[kernel.ipv4]
export = "to_kernel"

[filters]
from_tor = '''
  if net = 10.2.0.0/24 then reject;
  accept;
'''
to_kernel = '''
  if net = 10.6.0.0/24 then krt_prefsrc = 10.66.66.66;
  accept;
'''
to_tor2 = '''
  if net ~ [ 10.42.0.0/16+ ] then accept;
  reject;
'''

[[static]]
prefix = "10.42.1.0/26"
blackhole = true

[[static]]
prefix = "10.8.0.1/32"
blackhole = true

[groups.tor]
asn = 65001
connect_delay = 1
connect_retry = 4
import = "from_tor"
export = "all"

[[neighbors]]
group = "tor"
name = "tor1"
address = "192.0.2.11"

[[neighbors]]
group = "tor"
name = "tor2"
address = "192.0.2.25"
export = "to_tor2"

[[neighbors]]
group = "tor"
name = "stopped"
address = "192.0.2.12"

[[neighbors]]
group = "tor"
name = "absent"
address = "192.0.2.13"

[[neighbors]]
group = "tor"
name = "bad_as"
address = "192.0.2.14"

[[neighbors]]
group = "tor"
name = "bad_key"
address = "192.0.2.15"
password = "open sesame"

[[neighbors]]
group = "tor"
name = "waiting"
address = "192.0.2.16"
passive = true

[[neighbors]]
group = "tor"
name = "no_caps"
address = "192.0.2.17"
require_capabilities = ["extended-messages"]

[[neighbors]]
group = "tor"
name = "bad_role"
address = "192.0.2.18"
role = "customer"

[[neighbors]]
group = "tor"
name = "unknown"
address = "192.0.2.19"

[[neighbors]]
group = "tor"
name = "too_many"
address = "192.0.2.20"
max_prefixes = { import = 2, action = "disable" }

[[neighbors]]
name = "silent"
address = "192.0.2.21"
asn = 65001
connect_delay = 1

[[neighbors]]
group = "tor"
name = "mute"
address = "192.0.2.22"

[[neighbors]]
group = "tor"
name = "too_far"
address = "192.0.2.23"
ttl_security = true
passive = true

[[neighbors]]
group = "tor"
name = "frozen"
address = "192.0.2.24"
hold_time = 3
END

cat > there.toml <<'END'
[router]
id = "192.0.2.25"
asn = 65001
listen = ["192.0.2.11", "192.0.2.14", "192.0.2.15", "192.0.2.16", "192.0.2.17", "192.0.2.18", "192.0.2.19",
          "192.0.2.20", "192.0.2.21", "192.0.2.23", "192.0.2.25"]

[metrics]
listen = ""

[direct]
interfaces = []

[kernel]

[filters]
as_tor1 = '''
  if net = 10.3.0.0/24 then bgp_next_hop = 10.99.0.1;
  if net = 10.4.0.0/24 then bgp_path.prepend(65001);
  if net = 10.7.0.0/24 then bgp_path.prepend(64512);
  accept;
'''
as_tor2 = '''
  if net = 10.4.0.0/24 then accept;
  reject;
'''

[[static]]
prefix = "10.1.0.0/24"
blackhole = true
[[static]]
prefix = "10.2.0.0/24"
blackhole = true
[[static]]
prefix = "10.3.0.0/24"
blackhole = true
[[static]]
prefix = "10.4.0.0/24"
blackhole = true
[[static]]
prefix = "10.5.0.0/24"
blackhole = true
[[static]]
prefix = "10.6.0.0/24"
blackhole = true
[[static]]
prefix = "10.7.0.0/24"
blackhole = true

[groups.host]
asn = 64512
connect_delay = 1
import = "all"
export = "none"

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "tor1"
source_address = "192.0.2.11"
export = "as_tor1"

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "tor2"
source_address = "192.0.2.25"
export = "as_tor2"

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "bad_as"
source_address = "192.0.2.14"
local_asn = 65009
passive = true

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "bad_key"
source_address = "192.0.2.15"
passive = true

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "waiting"
source_address = "192.0.2.16"
passive = true

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "no_caps"
source_address = "192.0.2.17"
passive = true
extended_messages = false

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "bad_role"
source_address = "192.0.2.18"
passive = true
role = "customer"

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "too_many"
source_address = "192.0.2.20"
passive = true
export = "all"

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "silent"
source_address = "192.0.2.21"

[[neighbors]]
group = "host"
address = "192.0.2.1"
name = "too_far"
source_address = "192.0.2.23"
END

ip netns exec there bgpd -c there.toml -s /run/there/bgpd.ctl 2> there.log &
ip netns exec there python -m tests.newcomer.odd_neighbors mute=192.0.2.22 frozen=192.0.2.24 2> odd.log &
setpriv --regid=bgpd --clear-groups bgpd -c /etc/bgpd/bgpd.toml 2> /run/bgpd/log &
until [ "$(bgpdcl show protocols 2>/dev/null | grep -cE '^(tor1|tor2|silent) .*Established')" = 3 ]; do sleep 1; done
