"""The man pages bgpd(1), bgpdcl(1) and bgpd.toml(5), and docs/cli.md."""

from collections.abc import Iterator

from bgpd.__main__ import command_line as of_daemon
from bgpd.config.reference import reference
from bgpd.control.programs import PROGRAMS
from bgpd.control.questions import command_line as of_client
from bgpd.manuals.commands import ALL, parser_of, spoken, syntax, usage
from bgpd.manuals.roff import entry, example, from_markdown, heading, paragraph, title


def bgpd_page() -> str:
    """Return bgpd(1)."""
    return _page(_bgpd())


def bgpdcl_page() -> str:
    """Return bgpdcl(1)."""
    return _page(_bgpdcl())


def bgpd_toml_page() -> str:
    """Return bgpd.toml(5)."""
    return _page(_bgpd_toml())


def _page(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _bgpd() -> Iterator[str]:
    yield from title("bgpd", 1, "a BGP speaker for servers and Kubernetes nodes")
    yield from heading("SYNOPSIS AND OPTIONS")
    yield from example(usage(of_daemon()).splitlines())
    yield from heading("SEE ALSO")
    yield "bgpdcl(1), bgpd.toml(5)"


def _bgpdcl() -> Iterator[str]:
    yield from title("bgpdcl", 1, "ask a running bgpd, and tell it what to do")
    yield from heading("SYNOPSIS AND OPTIONS")
    yield from example(usage(of_client()).splitlines())
    yield from heading("COMMANDS OF THE DAEMON")
    for command in ALL:
        yield from heading(syntax(command.words, command.arguments), level=2)
        yield from paragraph(f"{command.help}.")
        for argument in command.arguments:
            yield from entry(spoken(argument), argument.help)
        yield from example([f"bgpdcl {command.example}"])
    yield from heading("COMMANDS OF THE CLIENT")
    for program in PROGRAMS:
        yield from heading(" ".join(program.words), level=2)
        yield from example(usage(parser_of(program)).splitlines())
    yield from heading("SEE ALSO")
    yield "bgpd(1), bgpd.toml(5)"


def _bgpd_toml() -> Iterator[str]:
    yield from title("bgpd.toml", 5, "the configuration of bgpd")
    yield from heading("DESCRIPTION")
    yield from from_markdown(reference())
    yield from heading("SEE ALSO")
    yield "bgpd(1), bgpdcl(1)"


def cli_reference() -> str:
    """Return docs/cli.md."""
    return "\n".join(_cli()) + "\n"


def _cli() -> Iterator[str]:
    yield "# Commands"
    yield "\n<!-- Made from the programs by `python -m bgpd.manuals`; edit bgpd/show and bgpd/control. -->\n"
    yield "`bgpdcl` asks the daemon over its control socket. Words may be abbreviated, except those of"
    yield "commands that change something; `?` lists what may follow. With `-j` the answer is JSON."
    yield "\n## `bgpdcl`\n"
    yield from _block(usage(of_client()))
    for command in ALL:
        yield f"\n## `{command.words}`\n"
        yield f"{command.help}.{' It changes the daemon.' if command.changes else ''}\n"
        yield from _block(f"bgpdcl {syntax(command.words, command.arguments)}")
        if command.arguments:
            yield "\n| argument | meaning |\n|---|---|"
        for argument in command.arguments:
            typed = spoken(argument).replace("|", "\\|")
            meaning = argument.help.replace("|", "\\|")
            yield f"| `{typed}` | {meaning} |"
        yield f"\nFor example: `bgpdcl {command.example}`"
    for program in PROGRAMS:
        yield f"\n## `bgpdcl {' '.join(program.words)}`\n"
        yield from _block(usage(parser_of(program)))
    yield "\n## `bgpd`\n"
    yield from _block(usage(of_daemon()))


def _block(text: str) -> Iterator[str]:
    yield f"```text\n{text}\n```"
