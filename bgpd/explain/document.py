"""An explanation as plain values, for JSON."""

from collections.abc import Mapping

from bgpd.explain.field import Explanation, Field


def document(explanation: Explanation) -> Mapping[str, object]:
    """Return one message as an object; what is empty is left out."""
    return {
        "offset": explanation.offset,
        "octets": len(explanation.octets),
        "type": explanation.kind,
        "fields": list(map(_field, explanation.fields)),
        "errors": [_without_empty(fault._asdict()) for fault in explanation.faults],
        "verdict": explanation.verdict,
    }


def _field(field: Field) -> Mapping[str, object]:
    plain: dict[str, object] = {"offset": field.offset, "octets": len(field.octets), "name": field.name}
    if field.is_heading:
        return plain | {"parts": list(map(_field, field.parts))}
    plain |= {"hex": field.octets.hex(), "value": field.value, "meaning": field.meaning}
    return _without_empty(plain)


def _without_empty(plain: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in plain.items() if value not in (None, "")}
