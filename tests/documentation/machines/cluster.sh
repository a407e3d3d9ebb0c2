# A node of configs/cluster.toml, whose socket has two more names.
cp configs/cluster.toml /etc/bgpd/bgpd.toml
bgpd -c /etc/bgpd/bgpd.toml --node node1
ln -s /run/bgpd/bgpd.ctl a.ctl
ln -s /run/bgpd/bgpd.ctl b.ctl
