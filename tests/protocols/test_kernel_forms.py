"""What filters note about the form of a kernel route."""

from typing import Any

import pytest

from bgpd.kernel.forms import Form, form_of
from kernel_sync.types import Metric
from rib.filters.attributes.notes import NOTES
from rib.filters.values import Address, Type

SOURCE = Address(bytes((10, 0, 0, 1)))
FORMS: list[tuple[dict[str, Any], Form]] = [
    ({}, Form()),
    ({"igp_metric": 7, "krt_source": 4, "krt_tunnel": "tunl0"}, Form()),
    ({"krt_metric": 512}, Form(512)),
    ({"krt_prefsrc": SOURCE, "krt_realm": 5}, Form(0, SOURCE, 5)),
    ({"krt_scope": 0}, Form(scope=0)),
    ({"krt_scope": 200}, Form(scope=200)),
    ({"krt_scope": 256 + 253}, Form(scope=253)),
    ({"krt_mtu": 1400}, Form(metrics=((Metric.MTU, 1400),))),
    ({"krt_advmss": 1360, "krt_mtu": 1400}, Form(metrics=((Metric.MTU, 1400), (Metric.ADVMSS, 1360)))),
    ({"krt_lock_mtu": True}, Form(metrics=((Metric.LOCK, 1 << 2),))),
    ({"krt_lock_mtu": True, "krt_lock_rto_min": True}, Form(metrics=((Metric.LOCK, 1 << 2 | 1 << 13),))),
    ({"krt_lock_mtu": False, "krt_lock_cwnd": True}, Form(metrics=((Metric.LOCK, 1 << 7),))),
    ({"krt_feature_ecn": True, "krt_feature_allfrag": True}, Form(metrics=((Metric.FEATURES, 9),))),
    ({"krt_feature_ecn": False}, Form()),
]


@pytest.mark.parametrize(("notes", "form"), FORMS, ids=lambda value: str(value) if value else "none")
def test_notes_are_forms(notes: dict[str, Any], form: Form) -> None:
    assert form_of(notes, 0) == form
    assert form_of(notes, 32) == form._replace(metric=32)
    assert form_of(dict(reversed(notes.items())), 0) == form


@pytest.mark.parametrize(
    "row", [row for row in NOTES if row.name.startswith("krt_")], ids=lambda row: row.name
)
def test_every_note_that_filters_can_make_counts(row: Any) -> None:
    """But for where a route came from, and the tunnel, which changes where it leads."""
    value = {Type.INT: 77, Type.BOOL: True, Type.IP: SOURCE, Type.STRING: "tunl0"}[row.assigned]
    is_no_form = row.name in {"krt_source", "krt_tunnel"}
    assert (form_of({row.name: value}, 0) == Form()) is is_no_form
