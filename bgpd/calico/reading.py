"""Resources from files: what ``calicoctl get ... -o json`` and ``kubectl get ... -o json`` print.

A file has one JSON value or several after each other. A folder has any number of such files, and perhaps
Secrets as Kubernetes mounts them: ``secrets/NAME/KEY``.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from bgpd.calico.report import CalicoError
from bgpd.calico.resources import CORE, Resource, resources_of
from bgpd.config.regular_files import read_regular_file

_SUFFIX: Final = ".json"
_SECRETS: Final = "secrets"
_BLANKS: Final = " \t\r\n\ufeff"
_HINT: Final = "write what calicoctl get ... -o json or kubectl get ... -o json prints"


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)


def read_resources(path: Path) -> list[Resource]:
    """Return what a file or a folder has. Raises CalicoError with all that can't be read."""
    resources: list[Resource] = []
    faults: list[str] = []
    for file in _files(path):
        try:
            resources += _resources(file)
        except CalicoError as error:
            faults += error.faults
    if path.is_dir():
        resources += _mounted(path / _SECRETS, faults)
    if faults:
        raise CalicoError(*faults)
    return resources


def sources_of(path: Path) -> tuple[str, ...]:
    """Return what to watch: the file or folder, and the folders of Secrets that are mounted beside it."""
    mounted = sorted(str(key.absolute()) for key in _keys(path / _SECRETS))
    return (str(path.absolute()), *mounted)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        files = sorted(each for each in path.iterdir() if each.suffix == _SUFFIX and each.name[0] != ".")
    except OSError as error:
        raise CalicoError(f"{path}: cannot be read: {error.strerror}") from None
    if not files:
        raise CalicoError(f"{path}: there is no file *{_SUFFIX} in this folder; {_HINT} into one")
    return files


def _resources(file: Path) -> Iterator[Resource]:
    text = _text(file)
    position = _after_blanks(text, 0)
    if position == len(text):
        raise CalicoError(f"{file}: there is nothing in this file; {_HINT}")
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise CalicoError(f"{file}:{error.lineno}: not JSON: {error.msg}; {_HINT}") from None
        except (ValueError, RecursionError) as error:
            raise CalicoError(f"{file}: not JSON that can be read: {_reason(error)}") from None
        yield from resources_of(value, str(file))
        position = _after_blanks(text, position)


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BLANKS:
        position += 1
    return position


def _text(file: Path) -> str:
    try:
        return read_regular_file(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CalicoError(f"{file}:{line}: not UTF-8; save the file in that encoding") from None
    except OSError as error:
        raise CalicoError(f"{file}: cannot be read: {error.strerror}") from None


def _mounted(folder: Path, faults: list[str]) -> Iterator[Resource]:
    """Yield the Secrets of a folder; what is hidden there is how Kubernetes replaces all of it at once."""
    values: dict[str, dict[str, str]] = {}
    for key in _keys(folder):
        try:
            values.setdefault(key.parent.name, {})[key.name] = _text(key).rstrip("\n")
        except CalicoError as error:
            faults += error.faults
    for name, keys in values.items():
        content = {"kind": "Secret", "metadata": {"name": name}, "stringData": keys}
        yield Resource("Secret", "", name, CORE, content, str(folder / name))


def _keys(folder: Path) -> list[Path]:
    return [key for key in sorted(folder.glob("[!.]*/[!.]*")) if key.is_file()] if folder.is_dir() else []
