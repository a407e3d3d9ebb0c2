"""BIRD 1.6's configuration files, read into the models that our own files are read into.

A file takes this way::

    includes.py      files -> tokens, with those of the files it includes in their places
    grammar.py       tokens -> statements (tree.py), with BIRD's checks and messages; reading.py runs it
    translation/     statements -> a document with the keys of a TOML file, and what is remarked about them
    loading.py       document -> the daemon's settings, for one file or for those of both families
    conversion.py    document -> text, for ``bgpd --convert``

A new statement is a row in a table of settings, as in ``bgp_settings.py``, and a line in the module of
``translation`` for the protocol. One that has none there is remarked as not supported.
"""
