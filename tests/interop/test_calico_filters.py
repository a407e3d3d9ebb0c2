"""The filters of all of Calico's configurations decide about routes as BIRD 1.6 does."""

import pytest

from rib.filters.grammar.lexer import Dialect
from tests.filters_oracle.calico import Sample, samples
from tests.filters_oracle.our_filters import program_of
from tests.filters_oracle.our_routes import judge, route_of, shown
from tests.filters_oracle.route_matrix import prefixes, variants
from tests.interop.lab import Lab
from tests.interop.matrix_bird import MatrixBird, Shown
from tests.interop.routers import Bird1

pytestmark = pytest.mark.interop

_IGNORED = {"Type", "BGP.origin", "Kernel.source", "Kernel.scope"}
"""What no filter changes."""
_EVERYTHING = Sample("everything", "filter everything { accept; }", ("everything",), frozenset())
_TUNNELS = {'krt_tunnel=""': "krt_realm = 1", 'krt_tunnel="tunl0"': "krt_realm = 2"}
"""Only Calico's fork has ``krt_tunnel``; another attribute, which no filter uses, takes its place."""


@pytest.mark.parametrize(("bits", "main_file"), [(32, "bird.cfg"), (128, "bird6.cfg")])
def test_verdicts_and_changes(lab: Lab, bits: int, main_file: str) -> None:
    Bird1.require()
    found = samples(main_file)
    networks = prefixes(frozenset().union(*(sample.prefixes for sample in found)))
    bird = MatrixBird(lab, bits, networks, variants(bits))
    bird.start()
    accepted = rejected = 0
    for sample in (_EVERYTHING, *found):
        bird.define(_for_bird(sample.definitions))
        program = program_of(sample.definitions, Dialect(bits))
        compiled = {name: program.compile(program.symbols.filters[name]) for name in sample.filters}
        for variant in variants(bits):
            route = route_of(variant, bird.gateway)
            for name in sample.filters:
                theirs = bird.accepted(variant, name)
                judged = {prefix: judge(compiled[name], route, prefix).accepted for prefix in networks}
                ours = {prefix: shown(made) for prefix, made in judged.items() if made}
                where = f"{sample.name}: filter {name} over {variant}"
                assert _comparable(ours) == _comparable(theirs), where
                accepted += len(theirs)
                rejected += len(networks) - len(theirs)
    assert accepted > 100_000
    assert rejected > 100_000


def _for_bird(definitions: str) -> str:
    for original, replacement in _TUNNELS.items():
        definitions = definitions.replace(original, replacement)
    return definitions


def _comparable(routes: Shown) -> Shown:
    return {
        prefix: {name: value for name, value in sorted(map(_item, said.items())) if name not in _IGNORED}
        for prefix, said in sorted(routes.items())
    }


def _item(item: tuple[str, str]) -> tuple[str, str]:
    """Return our ``krt_tunnel`` as what stands for it in BIRD."""
    name, value = item
    if name == "Kernel.tunnel":
        return "Kernel.realm", "2" if value else "1"
    return name, value
