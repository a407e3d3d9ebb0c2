"""The strings under the fields of a model, which say what its keys mean."""

import ast
from collections.abc import Iterator, Mapping
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent

from bgpd.config.section import Section


def descriptions_of(section: type[Section]) -> Mapping[str, str]:
    """Return what each key of a table means, by the key as a user writes it; in one line.

    This reads the source, which is slow: it is for making the documentation.
    """
    texts = {
        name: text
        for model in reversed(section.__mro__)
        if issubclass(model, Section)
        for name, text in _strings_under_fields(model)
    }
    return {field.alias or name: texts.get(name, "") for name, field in section.model_fields.items()}


def _strings_under_fields(model: type[Section]) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(dedent(getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    for field, after in pairwise(definition.body):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(cleandoc(text).split())
