# Resources of two nodes with peers and filters, and nothing in the file beside them.
mkdir /etc/bgpd/calico
sed 's/kube-master/node1/g' tests/calico_resources/samples/bgpfilter--single_filter--explicit_peer.json \
    >/etc/bgpd/calico/all.json
printf '[router]\nstop = "graceful"\n' >/etc/bgpd/bgpd.toml
export NODENAME=node1
