"""What docs/calico.md tells people to use: sample files, patches of the DaemonSet, images, commands."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from bgpd.bird.conversion import convert
from bgpd.bird.loading import load_bird
from bgpd.programs import NAMES
from bgpd.restart.environment import STOP, as_wished
from bgpd.show import COMMANDS

ROOT: Final = Path(__file__).parents[2]
CALICO: Final = ROOT / "configs" / "calico"
PATCH: Final = (CALICO / "daemonset-patch.yaml").read_text()
UNDO: Final = (CALICO / "daemonset-undo.yaml").read_text()
CONTAINERFILE: Final = (ROOT / "Containerfile").read_text()
PAGE: Final = (ROOT / "docs" / "calico.md").read_text()
TREE: Final = "/opt/bgpd"
SAMPLES: Final = ((str(CALICO / "confd" / "bird.cfg"), 32), (str(CALICO / "confd" / "bird6.cfg"), 128))


@pytest.mark.parametrize("sample", SAMPLES, ids=["bird", "bird6"])
def test_sample_is_followed_in_everything(sample: tuple[str, int]) -> None:
    settings = load_bird([sample]).settings
    assert settings.remarks == ()
    assert [neighbor.external for neighbor in settings.neighbors] == [False, False]
    assert all(neighbor.name.startswith("Mesh_") for neighbor in settings.neighbors)


def test_samples_become_one_file() -> None:
    conversion = convert(SAMPLES)
    assert conversion.complaints == ""
    assert len(tomllib.loads(conversion.text)["neighbors"]) == 4


def test_all_included_files_are_there() -> None:
    included = {
        name for file, _ in SAMPLES for name in re.findall(r'include "(.*)";', Path(file).read_text())
    }
    assert included | {Path(file).name for file, _ in SAMPLES} == {
        file.name for file in (CALICO / "confd").iterdir()
    }


def test_patch_mounts_the_folder_and_each_name() -> None:
    mounts = re.findall(r"- name: bgpd\n +mountPath: (\S+)(?:\n +subPath: (\S+))?", PATCH)
    expected = {(f"/bin/{name}", f"bin/{name}") for name in NAMES}
    assert set(mounts) == {("/target", ""), (TREE, ""), *expected}
    assert len(mounts) == len(set(mounts))


def test_patch_sets_how_to_stop() -> None:
    (wish,) = re.findall(r"- name: (\w+) #.*\n +value: (\w+)\n", PATCH)
    assert as_wished(load_bird([SAMPLES[0]]).settings, dict([wish])).stop == "graceful"
    assert re.search(rf"- name: {STOP}\n +\$patch: delete", UNDO)


def test_undo_deletes_what_the_patch_adds() -> None:
    added = set(re.findall(r"mountPath: (\S+)", PATCH)) - {"/target"}  # which goes with its container
    assert set(re.findall(r"- mountPath: (\S+)\n +\$patch: delete", UNDO)) == added
    initial, rest = UNDO.split("\n      containers:")
    for part in (initial, rest.partition("\n      volumes:")[2]):
        assert "- name: bgpd\n          $patch: delete" in part


def test_init_container_copies_the_folder(tmp_path: Path) -> None:
    command = re.findall(r"^ +- (from .*)$", PATCH, re.MULTILINE)
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "bin").mkdir(parents=True)
    (source / "bin" / "bird").write_text("#!")
    (source / "bin" / "bird").chmod(0o755)
    target.mkdir()  # as a volume is
    here = command[0].replace(f'"{TREE}"', repr(str(source))).replace('"/target"', repr(str(target)))
    subprocess.run([sys.executable, "-I", "-c", here], check=True)
    assert (target / "bin" / "bird").stat().st_mode & 0o111


def test_image_has_all_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    copied = set(re.findall(r"^COPY (\w+) /source/\1$", CONTAINERFILE, re.MULTILINE))
    assert copied == {name.rstrip("*") for name in packages}
    assert all((ROOT / name).exists() for line in _copied_files() for name in line)


def _copied_files() -> list[list[str]]:
    """Return the files that are copied from here, line by line."""
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.MULTILINE)
    return [line.split() for line in lines]


def test_image_of_calico_gets_each_name() -> None:
    replaced = re.findall(rf"{TREE}/bin/(bird\w*)", CONTAINERFILE.partition("AS calico-node")[2])
    assert set(replaced) == set(NAMES)


def test_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", CONTAINERFILE, re.MULTILINE))
    named = set(re.findall(r"--target ([a-z-]+) ", CONTAINERFILE + PAGE))
    assert named == {"calico", "calico-node"}
    assert named < targets


def test_paths_in_the_page_exist() -> None:
    paths = re.findall(r"\b((?:configs|tests)/[\w/.-]*[\w/])", PAGE)
    links = re.findall(r"\]\(([\w-]+\.md)\)", PAGE)
    assert {"configs/calico/daemonset-patch.yaml", "configs/calico/daemonset-undo.yaml"} <= set(paths)
    assert links
    for path in [*paths, *(f"docs/{link}" for link in links)]:
        assert (ROOT / path).exists(), path


def test_commands_in_the_page_exist() -> None:
    named = re.findall(r"`bgpdcl -s … (?:-j )?(.*?)`", PAGE)
    known = [command.words for command in COMMANDS]
    assert len(named) > 5
    for command in named:
        assert any(command.startswith(words) for words in known), command
