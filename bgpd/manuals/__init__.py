"""Man pages, the reference of commands and completion files, made of what the programs themselves know.

``python -m bgpd.manuals`` writes them into ``bgpd/share/`` and ``docs/``; a test says when they are stale.
"""
