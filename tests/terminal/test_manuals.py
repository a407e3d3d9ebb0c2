"""What is made of the commands: man pages, docs/cli.md, completion files."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bgpd.control.client import main
from bgpd.control.programs import PROGRAMS, ClientProgram
from bgpd.manuals.__main__ import FILES
from bgpd.manuals.completions import following
from bgpd.manuals.roff import escaped, from_markdown
from bgpd.show import COMMANDS
from tests.requirements import skip_package_missing
from tests.terminal.tmux import served

ROOT = Path(__file__).parents[2]
PAGES = sorted(name for name in FILES if "/man/" in name)
COMPLETIONS = ROOT / "bgpd" / "share" / "bash-completion" / "completions"


@pytest.mark.parametrize("name", FILES)
def test_what_is_made_is_not_stale(name: str) -> None:
    found = (ROOT / name).read_text(encoding="utf-8")
    assert found == FILES[name](), f"{name} is stale: run python -m bgpd.manuals"


@pytest.mark.parametrize("page", PAGES)
def test_man_pages_are_rendered_without_warnings(page: str) -> None:
    if shutil.which("groff") is None:
        skip_package_missing("groff-base")
    found = subprocess.run(
        ["groff", "-man", "-ww", "-k", "-Tutf8", str(ROOT / page)], check=True, capture_output=True, text=True
    )
    assert found.stderr == ""
    assert "(1), " in found.stdout


def test_every_command_is_in_the_manual_and_the_reference() -> None:
    reference = FILES["docs/cli.md"]()
    page = FILES["bgpd/share/man/man1/bgpdcl.1"]()
    for command in COMMANDS:
        assert f"\n## `{command.words}`\n" in reference
        assert f"`bgpdcl {command.example}`" in reference
        assert escaped(f"bgpdcl {command.example}") in page
    for program in PROGRAMS:
        assert f"\n## `bgpdcl {' '.join(program.words)}`\n" in reference


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: " ".join(program.words))
def test_every_program_has_help(program: ClientProgram, capsys: pytest.CaptureFixture[str]) -> None:
    words = program.words
    with pytest.raises(SystemExit) as leaving:
        main([*words, "--help"])
    assert leaving.value.code == 0
    assert f"usage: bgpdcl {' '.join(words)}" in capsys.readouterr().out


def test_text_cannot_become_a_request() -> None:
    assert escaped(".TH x") == "\\&.TH x"
    assert escaped("'x \\n --y") == "\\&'x \\en \\-\\-y"


def test_a_table_becomes_terms() -> None:
    text = (
        "## `[x]`\n\n| key | value | default | meaning |\n|---|---|---|---|\n| `a` | a \\| b | `1` | Why. |\n"
    )
    assert [*from_markdown(text)] == ['.SH "[x]"', ".TP", "\\fBa\\fR", "A | b; default: 1.", "Why."]


def complete(socket: Path, *words: str) -> Sequence[str]:
    """Return what bash offers for the last of these words."""
    script = (
        f'source "{COMPLETIONS / "bgpdcl"}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
        "_bgpdcl; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    line = ["bgpdcl", "-s", str(socket), *words]
    folder = socket.parent / "bin"
    folder.mkdir(exist_ok=True)
    stand_in = folder / "bgpdcl"
    stand_in.write_text(f'#!/bin/sh\nexec "{_python()}" -m bgpd.control.client "$@"\n')
    stand_in.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    command = ["bash", "--norc", "-c", script, "bash", *line]
    return subprocess.check_output(command, text=True, env=environment).split()


def _python() -> str:
    found = shutil.which("python", path=str(ROOT / ".venv" / "bin")) or shutil.which("python3")
    assert found is not None
    return found


def test_bash_completes_words_options_and_names(tmp_path: Path) -> None:
    with served(tmp_path / "ctl") as path:
        assert complete(path, "show", "rou") == ["route"]
        assert complete(path, "mon", "") == []
        assert complete(path, "to") == ["top"]
        assert {"all", "for", "table"} <= {*complete(path, "show", "route", "")}
        assert complete(path, "show", "route", "all", "tabl") == ["table"]
        assert complete(path, "show", "protocols", "leaf3") == ["leaf3", "leaf30"]
        assert complete(path, "--js") == ["--json"]
        assert complete(path, "--color", "n") == ["never"]
        assert complete(path, "show", "nonsense", "x") == []


def test_bash_knows_the_completions() -> None:
    script = f'for each in bgpd bgpdcl; do source "{COMPLETIONS}/$each"; complete -p $each; done'
    shown = subprocess.check_output(["bash", "--norc", "-c", script], text=True)
    assert "complete -F _bgpdcl bgpdcl" in shown
    assert "--check" in shown


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", "bash-completion/completions/bgpdcl"),
        ("zsh", "zsh/site-functions/_bgpdcl"),
        ("fish", "fish/vendor_completions.d/bgpdcl.fish"),
    ],
)
def test_shells_can_read_the_files(shell: str, file: str) -> None:
    if shutil.which(shell) is None:
        skip_package_missing(shell)
    subprocess.run([shell, "-n", str(ROOT / "bgpd" / "share" / file)], check=True)


def test_fish_completes() -> None:
    if shutil.which("fish") is None:
        skip_package_missing("fish")
    file = ROOT / "bgpd" / "share" / "fish" / "vendor_completions.d" / "bgpdcl.fish"
    script = f'source {file}; complete -C "bgpdcl show "; complete -C "bgpdcl show route "'
    shown = subprocess.check_output(["fish", "--no-config", "-c", script], text=True).split()
    assert {"protocols", "route", "table", "all"} <= {*shown}


def test_every_command_can_be_completed_word_by_word() -> None:
    table = following()
    for words in [command.words.split() for command in COMMANDS] + [[*each.words] for each in PROGRAMS]:
        for position, word in enumerate(words):
            assert word in table[" ".join(words[:position])]
