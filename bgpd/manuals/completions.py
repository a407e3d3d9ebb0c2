"""Completion files for bash, zsh and fish, made of the tables that the prompt completes by.

A table says what may follow which words; the shells look there for the words that were typed, and ask the
daemon for the names of protocols.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bgpd.__main__ import command_line as of_daemon
from bgpd.control.programs import PROGRAMS
from bgpd.control.questions import command_line as of_client
from bgpd.control.words import choices
from bgpd.show import COMMANDS

NAMES: Final = "@names"
"""Stands for the names of protocols."""

_NOTE: Final = "# Made by python -m bgpd.manuals of the commands that bgpd knows."
_ASK: Final = "bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'"


def following() -> Mapping[str, Sequence[str]]:
    """Return what may come after which words; after a whole command, in any order."""
    commands = [command.words.split() for command in COMMANDS] + [[*program.words] for program in PROGRAMS]
    begun = {tuple(words[:length]) for words in commands for length in range(len(words) + 1)}
    table = {" ".join(words): _next(words) for words in sorted(begun)}
    return {words: found for words, found in table.items() if found}


def _next(words: Sequence[str]) -> Sequence[str]:
    found: list[str] = []
    for choice in choices(words):
        found += [choice.text] if not choice.is_value else choice.literals
        found += [NAMES] if choice.is_value and choice.text.startswith("NAME") else []
    return list(dict.fromkeys(found))


def options(parser: ArgumentParser) -> Sequence[str]:
    """Return the options of a program."""
    return [word for action in parser._actions for word in action.option_strings]


def _deepest_first() -> Iterator[tuple[str, Sequence[str]]]:
    table = following()
    yield from sorted(table.items(), key=lambda row: (-len(row[0].split()), row[0]))


def _cases() -> Iterator[str]:
    """Write the table for shells that have ``case``; what stands first counts."""
    for words, found in _deepest_first():
        pattern = f'"{words}"|"{words} "*' if words else '""'
        plain = [word for word in found if word != NAMES]
        names = " names=1" if NAMES in found else ""
        yield f'    {pattern}) next="{" ".join(plain)}"{names} ;;'


def bash() -> str:
    """Return the file for bash."""
    cases = "\n".join(_cases())
    return f"""{_NOTE}
_bgpdcl_next() {{
  case "$1" in
{cases}
  esac
}}

_bgpdcl() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" typed="" socket="" next="" names="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="${{COMP_WORDS[index]}}"
    case "$word" in
      -s|--socket) ((index++)); socket="-s ${{COMP_WORDS[index]}}" ;;
      --color) ((index++)) ;;
      -*) ;;
      *) typed+="${{typed:+ }}$word" ;;
    esac
  done
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
    -s|--socket) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto never" -- "$current")); return ;;
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "{" ".join(options(of_client()))}" -- "$current"))
    return
  fi
  _bgpdcl_next "$typed"
  if [[ -n "$names" ]]; then
    next+=" $({_ASK})"
  fi
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}}

complete -F _bgpdcl bgpdcl
"""


def bash_of_daemon() -> str:
    """Return the file for bash that completes the options of the daemon, and files."""
    return f"""{_NOTE}
complete -o default -W "{" ".join(options(of_daemon()))}" bgpd
"""


def zsh() -> str:
    """Return the file for zsh."""
    cases = "\n".join(_cases())
    return f"""#compdef bgpdcl
{_NOTE}
_bgpdcl_next() {{
  case "$1" in
{cases}
  esac
}}

_bgpdcl() {{
  local typed="" next="" names="" word index
  local -a socket
  for ((index = 2; index < CURRENT; index++)); do
    word="${{words[index]}}"
    case "$word" in
      -s|--socket) ((index++)); socket=(-s "${{words[index]}}") ;;
      --color) ((index++)) ;;
      -*) ;;
      *) typed+="${{typed:+ }}$word" ;;
    esac
  done
  case "${{words[CURRENT-1]}}" in
    -s|--socket) _files; return ;;
    --color) compadd -- auto never; return ;;
  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- {" ".join(options(of_client()))}
    return
  fi
  _bgpdcl_next "$typed"
  compadd -- ${{=next}}
  if [[ -n "$names" ]]; then
    compadd -- $({_ASK})
  fi
}}

if [[ "$funcstack[1]" == _bgpdcl ]]; then
  _bgpdcl "$@"
else
  compdef _bgpdcl bgpdcl
fi
"""


def fish() -> str:
    """Return the file for fish."""
    cases = "\n".join(_fish_cases())
    return f"""{_NOTE}
function __bgpdcl_next
  set -l typed
  set -l socket
  set -l value ''
  for word in (commandline -opc)[2..]
    switch "$value"
      case -s --socket
        set socket -s $word
        set value ''
        continue
      case --color
        set value ''
        continue
    end
    switch "$word"
      case '-*'
        set value $word
      case '*'
        set value ''
        set -a typed $word
    end
  end
  switch "$typed"
{cases}
  end
end

complete -c bgpdcl -f -a '(__bgpdcl_next)'
complete -c bgpdcl -s s -l socket -r -F
complete -c bgpdcl -l color -x -a 'auto never'
complete -c bgpdcl -s j -l json
complete -c bgpdcl -s r -l restrict
complete -c bgpdcl -s h -l help
"""


def _fish_cases() -> Iterator[str]:
    for words, found in _deepest_first():
        yield f"    case '{words}'" + (f" '{words} *'" if words else "")
        plain = [word for word in found if word != NAMES]
        if plain:
            yield f"      printf '%s\\n' {' '.join(plain)}"
        if NAMES in found:
            yield f"      {_ASK}"
