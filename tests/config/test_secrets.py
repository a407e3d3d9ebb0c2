"""Passwords never reach a message."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import ConfigurationError, load
from bgpd.config.build import build

NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 65001\n'
WRONG = [
    'password = ["hush"]',
    'password = { file = "hush" }',
    f'password = "{"hush" * 30}"',
    'passwort = "hush"',
    'password = "hush"\nhold_time = 1',
    'password = "hush"\npassword = "hush"',
    'password = "hush',
    "password = hush",
    'max_prefixes = "hush"',
    'tcp_ao = { password = "hush", send_id = 256 }',
    'tcp_ao = { passwort = "hush" }',
]


@pytest.mark.parametrize("line", WRONG)
def test_message_does_not_contain_the_password(line: str, write: Callable[[str], Path]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(NEIGHBOR + line))
    assert "hush" not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None


def test_settings_do_not_show_the_password(write: Callable[[str], Path]) -> None:
    settings = build(load(write(f'{NEIGHBOR}password = "hush"')))
    assert settings.neighbors[0].password == b"hush"
    assert "hush" not in repr(settings)


def test_settings_do_not_show_the_master_key(write: Callable[[str], Path]) -> None:
    settings = build(load(write(f'{NEIGHBOR}tcp_ao = {{ password = "hush" }}')))
    assert settings.neighbors[0].tcp_ao is not None
    assert settings.neighbors[0].tcp_ao.secret == b"hush"
    assert "hush" not in repr(settings)


def test_password_file_that_is_wrong_is_not_quoted(tmp_path: Path, write: Callable[[str], Path]) -> None:
    path = tmp_path / "tor1"
    path.write_text("hush" * 30)
    with pytest.raises(ConfigurationError) as caught:
        load(write(f'{NEIGHBOR}password_file = "{path}"'))
    assert "hush" not in str(caught.value)
