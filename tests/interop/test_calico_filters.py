"""The filters of all of Calico's configurations decide about routes as BIRD 1.6 does."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice

import pytest

from rib.filters.grammar.lexer import Dialect
from rib.policy import Accepted
from tests.filters_oracle.calico import Sample, samples
from tests.filters_oracle.our_filters import program_of
from tests.filters_oracle.our_routes import judge, route_of, shown
from tests.filters_oracle.route_matrix import prefixes, variants
from tests.interop.lab import Lab
from tests.interop.matrix_bird import MatrixBird
from tests.interop.routers import Bird1

pytestmark = pytest.mark.interop

_IGNORED = {"Type", "BGP.origin", "Kernel.source", "Kernel.scope"}
"""What no filter changes."""
_EVERYTHING = Sample("everything", "filter everything { accept; }", ("everything",), frozenset())
_TUNNELS = {'krt_tunnel=""': "krt_realm = 1", 'krt_tunnel="tunl0"': "krt_realm = 2"}
"""Only Calico's fork has ``krt_tunnel``; another attribute, which no filter uses, takes its place."""


@pytest.mark.soak
@pytest.mark.parametrize(("bits", "main_file"), [(32, "bird.cfg"), (128, "bird6.cfg")])
def test_verdicts_and_changes(lab: Lab, soaking: bool, bits: int, main_file: str) -> None:
    """All filters of all files; in the short form each file has every third variant of a route.

    Which ones changes from file to file, and files have filters in common.
    """
    Bird1.require()
    share, enough = (1, 100_000) if soaking else (3, 30_000)
    found = samples(main_file)
    networks = prefixes(frozenset().union(*(sample.prefixes for sample in found)))
    bird = MatrixBird(lab, bits, networks, variants(bits))
    bird.start()
    routes = {variant: route_of(variant, bird.gateway) for variant in variants(bits)}
    accepted = rejected = 0
    for turn, sample in enumerate((_EVERYTHING, *found)):
        bird.define(_for_bird(sample.definitions))
        program = program_of(sample.definitions, Dialect(bits))
        compiled = {name: program.compile(program.symbols.filters[name]) for name in sample.filters}
        for variant, route in islice(routes.items(), turn % share, None, share):
            for name in sample.filters:
                theirs = bird.accepted(variant, name)
                judged = {prefix: judge(compiled[name], route, prefix).accepted for prefix in networks}
                ours = {prefix: _ours(made) for prefix, made in judged.items() if made}
                where = f"{sample.name}: filter {name} over {variant}"
                assert ours == {prefix: _theirs(*said.items()) for prefix, said in theirs.items()}, where
                accepted += len(theirs)
                rejected += len(networks) - len(theirs)
    assert accepted > enough
    assert rejected > enough


def _for_bird(definitions: str) -> str:
    for original, replacement in _TUNNELS.items():
        definitions = definitions.replace(original, replacement)
    return definitions


@lru_cache
def _ours(made: Accepted) -> Mapping[str, str]:
    """Return what is compared of our routes, many of which are alike."""
    return _comparable(shown(made).items())


@lru_cache
def _theirs(*said: tuple[str, str]) -> Mapping[str, str]:
    """Return what is compared of BIRD's routes, many of which are alike."""
    return _comparable(said)


def _comparable(said: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    return {name: value for name, value in map(_item, said) if name not in _IGNORED}


def _item(item: tuple[str, str]) -> tuple[str, str]:
    """Return our ``krt_tunnel`` as what stands for it in BIRD."""
    name, value = item
    if name == "Kernel.tunnel":
        return "Kernel.realm", "2" if value else "1"
    return name, value
