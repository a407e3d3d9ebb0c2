"""``bgpdcl decode``, from its arguments to its exit status."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bgpd.control.client import main
from messages.framing import frame
from messages.iana import MessageType
from messages.keepalive import KEEPALIVE

ROOT = Path(__file__).parents[2]
WITHDRAWAL = frame(MessageType.UPDATE, bytes.fromhex("0002 080a 0000"))


@pytest.mark.parametrize(
    "spelled",
    [
        KEEPALIVE.hex(),
        KEEPALIVE.hex(" "),
        KEEPALIVE.hex(":").upper(),
        "0x" + KEEPALIVE.hex(" ").replace(" ", " 0x"),
        KEEPALIVE.hex("\n", 4) + "\n",
        KEEPALIVE.hex(",", 2),
    ],
)
def test_hexadecimal_may_be_spelled_in_many_ways(spelled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", spelled]) == 0
    assert capsys.readouterr().out.startswith("KEEPALIVE at offset 0, 19 octets\n")


def test_words_of_octets_are_joined(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", *KEEPALIVE.hex(" ").split()]) == 0
    assert "=> restarts the hold timer" in capsys.readouterr().out


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEEPALIVE.hex()}\n{WITHDRAWAL.hex()}\n"))
    assert main(["decode", "-"]) == 0
    assert "UPDATE at offset 19, 25 octets" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["-j", "decode"], ["decode", "-j"], ["decode", "--json"]])
def test_json_is_one_list_of_messages(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, KEEPALIVE.hex() + WITHDRAWAL.hex()]) == 0
    keepalive, update = json.loads(capsys.readouterr().out)
    assert (keepalive["type"], keepalive["offset"], keepalive["octets"]) == ("KEEPALIVE", 0, 19)
    assert update["verdict"] == "withdraws 1 ipv4 route"
    assert update["fields"][4] == {
        "offset": 40,
        "octets": 2,
        "name": "Prefix",
        "hex": "080a",
        "value": "10.0.0.0/8",
    }
    assert update["errors"] == []


def test_an_error_has_its_offset_its_rule_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    broken = frame(MessageType.UPDATE, bytes.fromhex("0002 21ff 0000"))
    assert main(["-j", "decode", KEEPALIVE.hex(), broken.hex()]) == 1
    (error,) = json.loads(capsys.readouterr().out)[1]["errors"]
    assert error == {
        "offset": 40,
        "reason": "prefix length 33 is more than 32",
        "rule": "RFC 4271 §6.3, RFC 7606 §5.3",
    }


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("ffxf", "'x' at character 3 is no hexadecimal digit"),
        ("ff\nf0\nf_", "'_' in line 3, column 2, is no hexadecimal digit"),
        ("fff", "3 hexadecimal digits are no whole number of octets"),
        (" ", "there are no octets to explain"),
    ],
)
def test_what_is_no_hexadecimal_is_wrong_usage(
    given: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", given]) == 2
    assert capsys.readouterr() == ("", f"{complaint}\n")


def test_a_binary_file_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(KEEPALIVE), encoding="utf-8"))
    assert main(["decode", "-"]) == 2
    assert capsys.readouterr().err.startswith("standard input is no text")


def test_other_commands_do_not_load_it() -> None:
    """Half of what it takes to start bgpdcl would be for nothing."""
    check = (
        "import sys, bgpd.control.client; sys.exit(bool({'bgpd.explain', 'pydantic'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_the_help_of_bgpdcl_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "bgpdcl decode HEX" in capsys.readouterr().out


def test_a_text_of_a_neighbor_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    message = frame(MessageType.NOTIFICATION, b"\x06\x02\x05\x1b[31m")
    assert main(["decode", message.hex()]) == 0
    assert "\x1b" not in capsys.readouterr().out
