"""The filter language: BIRD 1.6's, with what BIRD 2 adds to it. Pure, as all of ``rib``.

The way of a filter through this package::

    text            Lexer, Parser                 grammar/     -> syntax.py, the tree
    names bound     Resolver                      binding/     constants in their places, sets made
    checked         check                         analysis/    types, ends, costs; in our own format
    Python          Unit                          compiler/    nodes of ``ast``, in three styles
    a verdict       FilterJudge                   running/     as a ``rib.policy.Policy``

Beside the way stand ``values.py`` (what values are), ``algebra/`` (what operators do with them),
``attributes/`` (what can be read and set of a route), ``errors.py``, and ``program.py``, which takes the
definitions of a configuration in order and leads them all that way.
"""
