# One host with one interface, and a daemon's file that says nothing.
printf '[router]\nid = "192.0.2.10"\nasn = 64512\n' >/etc/bgpd/bgpd.toml
