"""Builds an image: plays the steps of a Containerfile in throw-away copies of its base image.

COPY is that of the builder that keeps least: neither owners nor extended attributes.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from tests.containers.containerfile import Containerfile, Instruction
from tests.containers.image import Image
from tests.installation.root import Root
from tests.installation.wheels import offline

_WHEELS: Final = "/wheels"
_SECONDS: Final = 900.0


class Builder:
    """Builds what is in a context; a context manager."""

    def __init__(self, context: Path, bases: Mapping[str, Path], wheels: Path) -> None:
        self.file = Containerfile(context / "Containerfile")
        self._context = context
        self._bases = bases
        self._wheels = wheels
        self._roots: dict[str, Root] = {}
        """The files of the stages that are built."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def build(self, target: str, folder: Path) -> Image:
        """Make the image of a target in a folder."""
        image = Image(folder)
        for name in self.file.needed(target):
            image = self._build_stage(name, folder)
        _save(self._roots[target], folder)
        return image

    def _build_stage(self, name: str, folder: Path) -> Image:
        """Play a stage, and before it the one that it is based on, from an image on."""
        stage = self.file.stages[name]
        steps = stage.instructions
        while stage.base in self.file.stages:
            stage = self.file.stages[stage.base]
            steps = [*stage.instructions, *steps]
        root = self._roots[name] = self._stack.enter_context(Root(self._bases[stage.base]))
        root.run("umount", "/run")
        root.put(self._wheels, _WHEELS)
        image = Image(folder)
        for step in steps:
            image.take(step)
            if step.word == "RUN":
                environment = {**image.environment, **offline(_WHEELS)}
                root.run(*step.command, environment=environment, within=_SECONDS)
            elif step.word == "COPY":
                self._copy(root, step)
        root.run("rm", "-r", _WHEELS)
        return image

    def _copy(self, root: Root, step: Instruction) -> None:
        *names, target = step.words
        stage = step.options.get("from")
        for name in names:
            source = self._roots[stage].file(name) if stage else self._context / name
            _copy(source, root.file(target + (source.name if target.endswith("/") else "")))


def context(repository: Path, folder: Path) -> Path:
    """Make the folder that a builder is sent: what ``.dockerignore``, exceptions all, does not leave out."""
    lines = (repository / ".dockerignore").read_text().splitlines()
    for name in ("Containerfile", *(line[1:] for line in lines if line.startswith("!"))):
        _copy(repository / name, folder / name, "__pycache__")
    return folder


def _copy(source: Path, target: Path, *left_out: str) -> None:
    """Copy a file, or what is in a folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignore = shutil.ignore_patterns(*left_out)
        shutil.copytree(source, target, True, ignore, _copy_file, dirs_exist_ok=True)
    else:
        _copy_file(source, target)


def _copy_file(source: str | Path, target: str | Path) -> None:
    facts = os.lstat(source)
    shutil.copyfile(source, target, follow_symlinks=False)
    if not os.path.islink(target):
        os.chmod(target, facts.st_mode & 0o7777)
        os.utime(target, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def _save(root: Root, folder: Path) -> None:
    """Write the files into a folder, as an image that is loaded from an archive."""
    root.run("umount", "--lazy", "/dev", "/tmp", "/sys", "/proc")
    kept = ("tar", "--one-file-system", "--xattrs", "--xattrs-include=*", "--numeric-owner")
    pack = root.entering([*kept, "--create", "--directory=/", "."])
    unpack = [*kept, "--extract", f"--directory={folder}"]
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as packing:
        subprocess.run(unpack, stdin=packing.stdout, check=True)
    assert packing.returncode == 0
