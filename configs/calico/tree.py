"""``python tree.py SOURCE TREE``: make a folder with bgpd, a Python and all that both need, for calico/node.

That image has no Python, and which C library it has changes with its version. So the libraries come along,
and the dynamic loader, too: the folder runs wherever it is mounted as ``TREE``, which is written into it.
It takes ``ldd`` and ``patchelf``.
"""

import compileall
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

_NOT_NEEDED: Final = (
    "__pycache__",
    "config-*",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "site-packages",
    "test",
    "tests",
    "tkinter",
    "turtledemo",
    "_test*",
    "_tkinter*",
    "xxlimited*",
)
"""Files and folders of Python's library."""
_COMMANDS: Final = {"bgpd": "bgpd.__main__", "bgpdcl": "bgpd.control.client"}
_LAUNCHER: Final = """#!{python} -I
import sys

from {module} import main

sys.exit(main())
"""


def make(source: Path, tree: Path) -> None:
    """Make the folder anew."""
    shutil.rmtree(tree, ignore_errors=True)
    python = tree / "bin" / "python3"
    library = tree / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    python.parent.mkdir(parents=True)
    shutil.copy2(Path(sys.executable).resolve(), python)
    ignored = shutil.ignore_patterns(*_NOT_NEEDED)
    shutil.copytree(sysconfig.get_path("stdlib"), library, symlinks=True, ignore=ignored)
    packages = library / "site-packages"
    _run(sys.executable, "-m", "pip", "install", "--no-compile", "--target", packages, source)
    _bring_libraries(python, tree / "lib")
    compileall.compile_dir(library, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    for name, module in _COMMANDS.items():
        launcher = python.with_name(name)
        launcher.write_text(_LAUNCHER.format(python=python, module=module))
        launcher.chmod(0o755)
    _run(python, "-m", "bgpd", "install-bird-names", python.parent)


def _bring_libraries(python: Path, folder: Path) -> None:
    """Copy what the interpreter and the modules are linked with, and let them be found there first."""
    loader = Path(_run("patchelf", "--print-interpreter", python).strip())
    linked = {library for file in (python, *folder.rglob("*.so")) for library in _libraries(file)}
    for library in {loader, *linked}:
        shutil.copy2(library.resolve(), folder / library.name)
    for library in (*folder.rglob("*.so"), *(folder / library.name for library in linked)):
        if _run("patchelf", "--print-rpath", library).strip():
            _run("patchelf", "--remove-rpath", library)  # it would go before the one of the interpreter
    _run("patchelf", "--set-interpreter", folder / loader.name, python)
    _run("patchelf", "--force-rpath", "--set-rpath", folder, python)


def _libraries(file: Path) -> Iterator[Path]:
    """Yield the shared libraries that a file needs, directly or not."""
    for name, path in re.findall(r"^\t(\S+) => (\S+) \(0x", _run("ldd", file), re.MULTILINE):
        yield Path(path).with_name(name)


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def main(arguments: Sequence[str]) -> None:
    """Make the folder that the command line names."""
    source, tree = map(Path, arguments)
    make(source, tree.absolute())


if __name__ == "__main__":
    main(sys.argv[1:])
