"""The cluster: one file for all nodes, and what it comes to on each of them.

Pure: no file is read here, no socket asked. What a file says takes this way::

    model.py      the cluster as it is written: nodes, pools, blocks, and the mode
    identity.py   which of the nodes this host is
    peerings.py   who has a session with whom, in which role, who opens it, and what it is called
    document.py   the plain tables of a configuration that this makes on one node
    filters.py    the filters that pools come to; router_id.py: the BGP Identifier
    facts.py      what the daemon remembers of it

Both ends of a session work out the same from the same file, each for itself; nobody coordinates.
The models of ``[cluster]`` and the reading of ``nodes_file`` are in ``bgpd/config/cluster*.py``.
"""
