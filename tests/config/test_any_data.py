"""Whatever a file holds, it is a configuration or its problems are said; nothing else happens."""

import contextlib
import tomllib
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
        "route-reflector",
        "10.0.0.1/24",
        "127.0.0.1",
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
LOGS = st.lists(st.fixed_dictionaries({"to": WORDS}, optional={"name": NAMES, "classes": VALUES}), max_size=2)
DIRECTS = st.dictionaries(
    NAMES, st.fixed_dictionaries({}, optional={"table": NAMES, "import": NAMES}) | VALUES
)
ROUTES = st.lists(
    st.fixed_dictionaries(
        {"prefix": WORDS}, optional={"via": WORDS, "blackhole": st.booleans(), "set": WORDS}
    )
    | st.dictionaries(KEYS, VALUES),
    max_size=3,
)
STATICS = st.dictionaries(NAMES, st.fixed_dictionaries({}, optional={"routes": ROUTES | VALUES}) | VALUES)
CONTROLS = st.fixed_dictionaries(
    {}, optional={"order": st.lists(NAMES | st.just("device1")), "timeformats": st.dictionaries(KEYS, VALUES)}
)
KERNELS = st.fixed_dictionaries({"family": WORDS}, optional={"table": st.integers(0, 3), "rib_table": NAMES})
CLUSTERS = st.fixed_dictionaries(
    {
        "nodes": st.lists(
            st.fixed_dictionaries(
                {"name": NAMES, "address": WORDS},
                optional={"cluster_id": st.just(1), "group": NAMES, "reflects": NAMES | VALUES},
            )
            | st.dictionaries(KEYS, VALUES),
            max_size=4,
        )
    },
    optional={"mode": WORDS, "range": WORDS, "export": NAMES, "hold_time": VALUES, "nodes_file": VALUES},
)
FILES = st.dictionaries(KEYS, VALUES) | st.fixed_dictionaries(
    {},
    optional={
        "router": ROUTERS,
        "groups": GROUPS,
        "neighbors": NEIGHBORS,
        "control": CONTROLS,
        "logs": LOGS,
        "filter_files": st.fixed_dictionaries({"text": WORDS}),
        "device": st.fixed_dictionaries({}, optional={"name": NAMES, "present": st.booleans()}) | VALUES,
        "direct": VALUES,
        "directs": DIRECTS,
        "statics": STATICS,
        "static": st.lists(st.dictionaries(KEYS, VALUES)),
        "pipes": PIPES,
        "kernel": st.dictionaries(KEYS, KERNELS | VALUES),
        "kernels": st.dictionaries(NAMES, KERNELS | VALUES),
        "cluster": CLUSTERS | VALUES,
        "pools": st.lists(
            st.fixed_dictionaries({"prefix": WORDS}) | st.dictionaries(KEYS, VALUES), max_size=3
        ),
        "blocks": st.lists(
            st.fixed_dictionaries({"prefix": WORDS}, optional={"node": NAMES})
            | st.dictionaries(KEYS, VALUES),
            max_size=3,
        ),
    },
)

NOTES = {
    "description": st.text(st.characters(exclude_categories=["Cs"])).filter(str.isprintable),
    "disabled": st.booleans(),
    "debug": st.just("all") | st.lists(st.sampled_from(["states", "events"])),
}
PREFIXES = st.sampled_from(["10.0.0.0/8", "192.0.2.0/24", "::/0"])
RIGHT_ROUTES = st.lists(
    st.fixed_dictionaries(
        {"prefix": PREFIXES, "blackhole": st.just(True)}, optional={"set": st.just("krt_metric = 1;")}
    ),
    max_size=2,
)
RIGHT_FILES = st.fixed_dictionaries(
    {},
    optional={
        "device": st.fixed_dictionaries({}, optional={**NOTES, "present": st.booleans(), "name": NAMES}),
        "direct": st.fixed_dictionaries({}, optional=NOTES),
        "directs": st.dictionaries(NAMES, st.fixed_dictionaries({}, optional=NOTES), max_size=2),
        "kernel": st.just({}),
        "statics": st.dictionaries(
            NAMES, st.fixed_dictionaries({}, optional={**NOTES, "routes": RIGHT_ROUTES}), max_size=2
        ),
        "static": RIGHT_ROUTES,
        "logs": st.lists(
            st.sampled_from(
                [{"to": "stderr"}, {"to": "syslog", "name": "b"}, {"to": "/l", "classes": ["bug"]}]
            )
        ),
        "neighbors": st.lists(
            st.fixed_dictionaries(
                {"address": st.sampled_from(["192.0.2.1", "::1"]), "asn": st.integers(1, 9)},
                optional={
                    "password": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
                    "debug": NOTES["debug"],
                    "name": NAMES,
                },
            ),
            max_size=2,
        ),
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


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RIGHT_FILES)
def test_whatever_is_right_is_the_same_after_it_was_printed(data: dict[str, Any]) -> None:
    with contextlib.suppress(ConfigurationError):
        configuration = validate(data)
        again = validate(tomllib.loads(print_config(configuration, secrets=True)))
        assert again == configuration
        assert build(again) == build(configuration)
