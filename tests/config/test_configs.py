"""The shipped files and the documentation follow the models."""

import tomllib
from pathlib import Path

import pytest

from bgpd.config import Configuration, build, load
from bgpd.config.fields import keys_of, values_of
from bgpd.config.reference import reference
from bgpd.config.section import Section

ROOT = Path(__file__).parents[2]
CONFIGS = sorted((ROOT / "configs").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_shipped_file_loads_without_a_notice(path: Path) -> None:
    assert build(load(path, "node1")).notices() == ()


def test_default_file_spells_the_defaults_out() -> None:
    path = ROOT / "configs" / "default.toml"
    assert load(path) == Configuration()
    assert_written(Configuration(), tomllib.loads(path.read_text()), "")


def assert_written(section: Section, data: dict[str, object], name: str) -> None:
    """Assert that all keys of a table are there, but those whose default is not a value."""
    for key, _, value in values_of(section):
        if value is None or value in ((), {}):
            continue
        assert key in data, f"{name}{key}"
        inner = data[key]
        if isinstance(value, Section) and isinstance(inner, dict):
            assert_written(value, inner, f"{name}{key}.")


def test_documentation_is_up_to_date() -> None:
    document = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert document == reference(), "run: python -m bgpd.config.reference > docs/configuration.md"


def test_documentation_has_every_table() -> None:
    for key in keys_of(Configuration):
        assert f"[{key}" in reference()


def test_configuration_of_a_mesh_node_has_three_internal_neighbors() -> None:
    settings = build(load(ROOT / "configs" / "mesh-node.toml"))
    assert [neighbor.external for neighbor in settings.neighbors] == [False] * 3


def test_configuration_of_a_route_reflector_has_clients_and_a_peer() -> None:
    settings = build(load(ROOT / "configs" / "route-reflector.toml"))
    assert settings.kernels == ()
    assert [
        (neighbor.name, neighbor.external, neighbor.route_reflector_client, neighbor.send_paths)
        for neighbor in settings.neighbors
    ] == [("rr2", False, False, 0), ("nodes", False, True, 2)]
    assert {neighbor.cluster_id for neighbor in settings.neighbors} == {settings.cluster_id}


def test_configuration_of_a_confederation_has_a_neighbor_of_each_kind() -> None:
    settings = build(load(ROOT / "configs" / "confederation.toml"))
    assert [
        (neighbor.name, neighbor.external, neighbor.confederation, neighbor.local_asn)
        for neighbor in settings.neighbors
    ] == [("inside", False, False, 65001), ("east", False, True, 65001), ("carrier", True, False, 64500)]


def test_configuration_of_a_route_server_has_clients_only() -> None:
    settings = build(load(ROOT / "configs" / "route-server.toml"))
    assert [neighbor.route_server_client for neighbor in settings.neighbors] == [True] * 3


def test_configuration_with_two_tables_uses_both() -> None:
    settings = build(load(ROOT / "configs" / "two-tables.toml"))
    assert settings.tables == ("master", "second")
    assert [kernel.rib_table for kernel in settings.kernels] == ["master", "second"]
    assert [neighbor.table for neighbor in settings.neighbors] == ["master", "second"]
    assert [(pipe.table, pipe.peer_table) for pipe in settings.pipes] == [("master", "second")]


def test_configuration_of_a_cluster_is_a_mesh_beside_a_switch() -> None:
    settings = build(load(ROOT / "configs" / "cluster.toml", "node2"))
    assert [(neighbor.name, neighbor.external) for neighbor in settings.neighbors] == [
        ("tor", True),
        ("Mesh_10_0_0_1", False),
        ("Mesh_2001_db8__1", False),
        ("Mesh_10_0_0_3", False),
        ("Mesh_2001_db8__3", False),
        ("Mesh_10_0_1_4", False),
        ("Mesh_2001_db8_1__4", False),
    ]
    assert [kernel.export_filter for kernel in settings.kernels] == ["cluster_kernel_ipv4", "all"]
    assert [len(static.routes) for static in settings.statics] == [1]
