"""Whatever a file holds, it is a configuration or its problems are said; nothing else happens."""

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bgpd.config import Configuration, ConfigurationError, build, print_config, validate
from bgpd.config.fields import keys_of, section_of
from bgpd.config.section import Section


def keys() -> Iterator[str]:
    """Yield every key that some table has."""
    sections: list[type[Section]] = [Configuration]
    for section in sections:
        yield from section.planned
        for key, field in keys_of(section).items():
            yield key
            inner = section_of(field.annotation)
            if inner and inner not in sections:
                sections.append(inner)


KEYS = st.sampled_from(sorted(set(keys()))) | st.text(max_size=3)
ADDRESSES = ["192.0.2.1", "192.0.2.1/24", "10.0.0.0/8", "::1", "fe80::1", "fe80::1%eth0", "2001:db8::/32"]
WORDS = st.sampled_from(
    [
        *ADDRESSES,
        "all",
        "none",
        "auto",
        "self",
        "ipv4",
        "ipv6",
        "withdraw",
        "master",
        "eth0",
        "a",
        "b",
        "65000.1",
        "%",
        "/",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-1, 70000) | st.integers() | st.floats() | st.text() | WORDS
) | st.just(date(1979, 5, 27))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
NAMES = st.sampled_from(["a", "b", "c"])
GROUPS = st.dictionaries(NAMES, st.fixed_dictionaries({}, optional={"group": NAMES, "asn": VALUES}) | VALUES)
NEIGHBORS = st.lists(
    st.fixed_dictionaries(
        {"address": WORDS, "asn": st.integers(1, 9)}, optional={"group": NAMES, "name": NAMES}
    )
    | st.dictionaries(KEYS, VALUES),
    max_size=4,
)
ROUTERS = st.fixed_dictionaries(
    {},
    optional={
        "tables": st.lists(NAMES, max_size=3),
        "confederation": st.fixed_dictionaries(
            {"id": st.integers(1, 9)}, optional={"members": st.lists(st.integers(1, 9), max_size=3)}
        ),
        "cluster_id": VALUES,
    },
)
PIPES = st.lists(
    st.fixed_dictionaries({"peer_table": NAMES}, optional={"table": NAMES, "name": NAMES})
    | st.dictionaries(KEYS, VALUES),
    max_size=3,
)
KERNELS = st.fixed_dictionaries({"family": WORDS}, optional={"table": st.integers(0, 3), "rib_table": NAMES})
FILES = st.dictionaries(KEYS, VALUES) | st.fixed_dictionaries(
    {},
    optional={
        "router": ROUTERS,
        "groups": GROUPS,
        "neighbors": NEIGHBORS,
        "static": st.lists(st.dictionaries(KEYS, VALUES)),
        "pipes": PIPES,
        "kernel": st.dictionaries(KEYS, KERNELS | VALUES),
        "kernels": st.dictionaries(NAMES, KERNELS | VALUES),
    },
)


@example({"neighbors": [{"error_wait": [None]}]})
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(FILES)
def test_any_data_is_a_configuration_or_a_configuration_error(data: dict[str, Any]) -> None:
    with contextlib.suppress(ConfigurationError):
        configuration = validate(data)
        build(configuration)
        print_config(configuration)
