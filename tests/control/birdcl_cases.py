"""What users type to birdcl, and answers that a server may give: for ours and for BIRD's own client."""

from tests.control.scripted_server import HANG_UP

ANSWERS = {
    "show status": b"1000-BIRD 9\n1011-one\n two\n0013 up\n",
    "show protocols": b"2002-name\n1002-a\n b\n0000 \n",
    "show memory": b"0000\n??\nabcd text\n 9001x\n+hello\n12\n12345 x\n0013-a\n b\n\n+\n0013 end\n",
    "show symbols": b"".join(b"1010-%03d%s\n" % (number, b"x" * (number * 17 % 90)) for number in range(30))
    + b"0000 \n",
    "show interfaces": HANG_UP,
    "restrict": b"0016 Access restricted\n",
    "down": b"8007 Access denied\n",
    "eval 1": b"0023 1\n",
}

COMMANDS = (
    "show status",
    "show  status ",
    "sh sta",
    "sh stat",
    "sh statu",
    "sh pr",
    "sh pr a",
    "sh pr   all   x",
    "show protocols tocols all",
    "sh mem",
    "show symbols",
    "sh ro",
    "sh roa",
    "sh rou all",
    "show",
    "sh",
    "show nonsense",
    "nonsense",
    "SHOW STATUS",
    "",
    "?",
    "show ?",
    "help",
    "quit",
    "ex",
    "c",
    "conf c",
    "conf so t 3",
    "configure nonsense",
    "dum",
    "dump ro",
    "dow",
    "down",
    "restric",
    "ev 1",
    "ad r 10.0.0.0/8 max 9 as 3",
    "fl r",
    "rel in x",
    "debug x { states, routes }",
    "show interfaces",
)
"""As they are after the options."""

SESSIONS = (
    "show status\nsh\nsh pr\n\nhelp\nexit\n",
    "show memory",
    "   \nquit now\n",
    "show interfaces\nshow status\n",
    "ex\nshow status\n",
)
"""What comes through a pipe."""
