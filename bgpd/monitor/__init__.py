"""``bgpdcl monitor``: what changes, as it changes, until Ctrl-C.

The daemon keeps journals of best routes and of sessions in any case (``show journal``). ``journals`` reads on
in them, once a second, so nobody has to be told anything, and a reader that is too slow costs the daemon
nothing: it is told how much it has missed. ``text`` makes lines of what was read, ``program`` is the loop.
"""
