"""The control socket: BIRD's line protocol, its server in the daemon and its client on the terminal.

A client sends a command as a line; the reply is lines that begin with a code of four digits, the last of
them marked by a blank after the code. ``interpreter`` turns a line into lines (bgpd/show has the commands),
``framing`` turns those into octets, ``connection`` is one client, ``server`` the socket. Answers are made in
slices, while they are sent, and all clients take turns (``turns``): however long an answer, nobody else has
to wait for it. A command after the word ``json`` is answered in JSON; ``document`` cuts it into lines of code
1900.

``client`` is the program bgpdcl: ``questions`` asks the daemon, ``node_status`` and ``decode`` do without
our commands. ``words`` has abbreviations, completion and help, ``prompt`` is the interactive use (with
``line_editor``, ``history``, ``pager``, and ``listener`` for log lines), ``dialog`` its end of the socket,
``terminal`` the other one. ``hints`` and ``remedies`` say what to do if that fails.

``birdcl`` is the program of that name, which says what BIRD's says: ``bird_commands`` is its table,
``abbreviations`` how it reads a line. It starts in a moment, since it imports little else.
"""
