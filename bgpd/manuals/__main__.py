"""Writes every generated file where it belongs: ``python -m bgpd.manuals``, in the project's folder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bgpd.manuals.completions import bash, bash_of_daemon, fish, zsh
from bgpd.manuals.pages import bgpd_page, bgpd_toml_page, bgpdcl_page, cli_reference

FILES: Final[Mapping[str, Callable[[], str]]] = {
    "docs/cli.md": cli_reference,
    "bgpd/share/man/man1/bgpd.1": bgpd_page,
    "bgpd/share/man/man1/bgpdcl.1": bgpdcl_page,
    "bgpd/share/man/man5/bgpd.toml.5": bgpd_toml_page,
    "bgpd/share/bash-completion/completions/bgpd": bash_of_daemon,
    "bgpd/share/bash-completion/completions/bgpdcl": bash,
    "bgpd/share/zsh/site-functions/_bgpdcl": zsh,
    "bgpd/share/fish/vendor_completions.d/bgpdcl.fish": fish,
}


def main() -> None:
    """Write them."""
    for name, text in FILES.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
