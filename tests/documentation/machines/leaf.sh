# A host between two switches; the second one knows nothing of graceful restart.
switch() {
    ip netns add "$1"
    ip link add "to-$1" type veth peer name eth0 netns "$1"
    ip link set "to-$1" up
    ip address add "$2.1/24" dev "to-$1"
    ip -n "$1" link set lo up
    ip -n "$1" link set eth0 up
    ip -n "$1" address add "$2.254/24" dev eth0
    cat >"/run/$1.toml" <<END
[router]
asn = $3
[control]
socket = "/run/$1.ctl"
[metrics]
listen = ""
[direct]
disabled = true
[[static]]
prefix = "$4"
blackhole = true
[[neighbors]]
name = "leaf"
address = "$2.1"
asn = 64512
passive = true
graceful_restart = "$5"
import = "all"
export = "all"
END
    ip netns exec "$1" bgpd -c "/run/$1.toml"
}

switch tor1 10.10.1 65001 203.0.113.0/24 full
switch tor2 10.10.2 65002 198.51.100.0/24 off
cat >/etc/bgpd/bgpd.toml <<END
[router]
asn = 64512
[direct]
disabled = true
[[static]]
prefix = "10.42.139.128/26"
blackhole = true
[[neighbors]]
name = "tor1"
address = "10.10.1.254"
asn = 65001
connect_delay = 1
graceful_restart = "full"
import = "all"
export = "all"
[[neighbors]]
name = "tor2"
address = "10.10.2.254"
asn = 65002
connect_delay = 1
graceful_restart = "full"
import = "all"
export = "all"
END
