"""The rules of the house, checked from the source: who may import whom, and how large a file may be."""

import ast
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYDANTIC = {"pydantic", "pydantic_core", "annotated_types"}
"""pydantic and the two parts of it that its documentation tells to import by name."""
MAY_IMPORT = {
    "messages": set[str](),
    "fsm": {"messages"},
    "rib": {"messages"},
    "kernel_sync": {"messages", "pyroute2"},
    "bgpd": {"messages", "fsm", "rib", "kernel_sync", "prometheus_client", *PYDANTIC},
}
IMPURE = {
    "asyncio",
    "datetime",
    "logging",
    "os",
    "random",
    "secrets",
    "select",
    "selectors",
    "signal",
    "socket",
    "subprocess",
    "threading",
    "time",
}
PURE = {"messages", "fsm", "rib"}
ONLY_IN = dict.fromkeys(PYDANTIC, "bgpd/config") | {"pyroute2": "kernel_sync"}
"""Packages that may be imported in one place only."""
TOP_LEVEL = {
    *MAY_IMPORT,
    "configs",
    "tests",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "Containerfile",
}
FILES = [path for package in MAY_IMPORT for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules_imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)


def modules_needed(tree: ast.AST, modules: Collection[str]) -> set[str]:
    """Return the modules of ours that are imported; ``from package import module`` needs only the module."""
    needed = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                needed |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                inside = {f"{module}.{alias.name}" for alias in names}
                needed |= inside if inside <= set(modules) else inside | {module}
    return needed & set(modules)


def top_level(names: Iterator[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_package_imports_only_what_it_may(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    standard = sys.stdlib_module_names - (IMPURE if package in PURE else set())
    allowed = MAY_IMPORT[package] | standard | {package}
    assert top_level(modules_imported(parsed(path))) <= allowed


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_pydantic_and_pyroute2_stay_in_their_rooms(path: Path) -> None:
    found = top_level(modules_imported(parsed(path)))
    for module, room in ONLY_IN.items():
        assert module not in found or name_of(path).startswith(room)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_stand_at_the_top(path: Path) -> None:
    """An import in a function, or one for type checkers only, hides a cycle."""
    tree = parsed(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert not list(modules_imported(node)), f"{name_of(path)}:{node.lineno} imports inside"
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "TYPE_CHECKING" not in names


def test_there_are_no_cycles() -> None:
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}
    modules = {name.removesuffix(".__init__"): path for name, path in known.items()}
    needs = {name: modules_needed(parsed(path), modules.keys()) - {name} for name, path in modules.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for needed in sorted(needs[name]):
                visit(needed, (*way, name))
            done.add(name)

    for name in sorted(needs):
        visit(name, ())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_stay_small(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 500


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(parsed(path))


def test_the_top_level_is_as_agreed() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in found if not name.endswith(".egg-info")} - {"build", "dist"} <= TOP_LEVEL
