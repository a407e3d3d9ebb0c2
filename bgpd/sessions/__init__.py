"""The asyncio shell around ``fsm``: sockets in, sessions out.

- ``Peer`` is one neighbor: its main machine, during a collision a rival one, and the one timer of both.
- ``Session`` is one TCP connection: bytes to messages to events, and messages to bytes.
- ``Listener`` accepts connections and hands each to the peer it comes from.
- ``ListeningSockets`` and ``ListeningKeys`` are what it listens on and which signatures it expects,
  ``Strangers`` who came in vain.
- ``socket_options.py``, ``tcp_md5.py`` and ``tcp_ao.py`` have what is particular to the sockets of BGP.
- ``History`` remembers what happened to a neighbor.

No protocol decision is made here: a session turns what it reads into events, the machine answers with
actions, the peer carries them out. A ``PeerHandler`` receives what remains: sessions that come and go, and
UPDATEs.
"""
