"""Whatever the octets are, they are explained, each of them once."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from bgpd.explain.document import document
from bgpd.explain.field import Field
from bgpd.explain.hexadecimal import read_hexadecimal
from bgpd.explain.stream import explain
from bgpd.explain.text import text_lines
from messages.context import Context
from messages.families import FAMILIES
from messages.framing import frame
from messages.iana import EXTENDED_MESSAGE_OCTETS
from tests.fuzz.mutation import Mutator
from tests.fuzz.seeds import vector_messages

FAMILY_SET = frozenset(FAMILIES.values())
CONTEXT = st.builds(
    Context,
    external=st.booleans(),
    as_number_octets=st.sampled_from([2, 4]),
    families=st.just(FAMILY_SET),
    message_octets=st.just(EXTENDED_MESSAGE_OCTETS),
    add_path_receive=st.sampled_from([frozenset(), FAMILY_SET]),
)
SEEDS = vector_messages()
MESSAGE = st.builds(frame, st.integers(1, 6), st.binary(max_size=60))
MUTATED = st.integers(0, 2**32 - 1).map(lambda seed: Mutator(seed, SEEDS).next())


def leaves(fields: list[Field]) -> list[Field]:
    """Return the fields that have octets of their own, in order."""
    return [leaf for field in fields for leaf in (leaves(field.parts) if field.is_heading else [field])]


@given(
    st.one_of(st.binary(max_size=80), st.lists(st.one_of(MESSAGE, MUTATED), max_size=3).map(b"".join)),
    CONTEXT,
)
@example(b"\xff" * 15, Context())
@example(b"\xff" * 19, Context())
def test_every_octet_is_in_one_field(octets: bytes, context: Context) -> None:
    explanations = list(explain(octets, context))
    fields = [leaf for explanation in explanations for leaf in leaves(explanation.fields)]
    assert b"".join(field.octets for field in fields) == octets
    position = 0
    for field in fields:
        assert field.offset == position
        position += len(field.octets)
    for explanation in explanations:
        assert explanation.verdict
        assert all(fault.reason and fault.rule.startswith("RFC ") for fault in explanation.faults)
        begin = explanation.offset
        assert all(begin <= fault.offset <= begin + len(explanation.octets) for fault in explanation.faults)


@given(st.one_of(MESSAGE, MUTATED), CONTEXT)
def test_text_and_json_show_the_octets(octets: bytes, context: Context) -> None:
    for explanation in explain(octets, context):
        shown = "".join(line[8:31] for line in text_lines(explanation) if line[:6].strip().isdecimal())
        assert bytes.fromhex(shown) == explanation.octets
        json.dumps(document(explanation))


@given(st.text(max_size=40))
def test_hexadecimal_is_read_or_complained_about(text: str) -> None:
    try:
        octets = read_hexadecimal(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017  # what is raised is declared; nothing else may be
    else:
        assert read_hexadecimal(octets.hex(":")) == octets
