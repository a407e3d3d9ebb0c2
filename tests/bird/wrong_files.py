"""Files with one mistake each, or several, and the error that BIRD 1.6 tells of."""

from typing import Final

_LONG: Final = "x" * 65

ERRORS: Final[list[tuple[str, str]]] = [
    # Words that are not there, and marks that are missing.
    ("foo;", "1:1 syntax error"),
    ("router 5;", "1:8 syntax error"),
    ("protocol foo {}", "1:10 syntax error"),
    ("protocol static x y {}", "1:19 syntax error"),
    ("protocol static { scan time 2; }", "1:19 syntax error"),
    ("protocol static { route 10.0.0.0/8 blackhole }", "1:46 syntax error"),
    ("protocol static { route 10.0.0.0 blackhole; }", "1:34 syntax error"),
    ("protocol static {\n", "1:0 syntax error"),
    ("protocol static {", "1:17 syntax error"),
    ("define five = 5 protocol device {}", "1:17 syntax error"),
    ("log stderr { debug all };", "1:20 syntax error"),
    ("protocol device { debug {}; }", "1:26 syntax error"),
    ("protocol kernel { learn all; }", "1:25 syntax error"),
    ("protocol bfd { multihop { ; }; }", "1:27 syntax error"),
    ("define all = 5;", "1:8 syntax error"),
    ("define ms = 5;", "1:8 syntax error"),
    ("define 'table' = 5;", "1:8 syntax error"),
    ("protocol static { disabled maybe; }", "1:28 Number expected"),
    # What is no word at all.
    ("protocol device {}\n\"abc\n", "2:1 Unterminated string"),
    ("protocol device {}\n\"abc", "2:1 Unknown character"),
    ("protocol device {} $", "1:20 Unknown character"),
    ("protocol device { scan time 4294967296; }", "1:29 Number out of range"),
    (f"table {_LONG};", "1:7 Symbol too long"),
    ("protocol static { route 2001:db8::/32 blackhole; }",
     "1:25 This is an IPv4 router, therefore IPv6 addresses are not supported"),
    # Values.
    ("router id foo;", "1:11 Number or IPv4 address constant expected"),
    ("protocol device { scan time x; }", "1:29 Number expected"),
    ("protocol device { scan time (\"a\"); }", "1:33 Integer expression expected"),
    ("protocol device { preference 70000; }", "1:30 Invalid preference"),
    ("protocol device { description foo; }", "1:31 String expected"),
    ("protocol device { table t; }", "1:25 Table name expected"),
    ("protocol pipe { peer table t; }", "1:29 Routing table name expected"),
    ("protocol static { import filter f; }", "1:33 No such filter."),
    ("protocol static { route 10.0.0.1/8 drop; }", "1:34 Invalid prefix"),
    ("protocol static { route 10.0.0.0/33 drop; }", "1:34 Invalid prefix length 33"),
    ("protocol static { route 10.0.0.0:255.0.255.0 drop; }", "1:34 Invalid netmask 255.0.255.0"),
    ("protocol static { route 10.0.0.0/8 via foo; }", "1:40 IP address expected"),
    ("protocol static { route 10.0.0.0/8 multipath via 1.2.3.4 weight 0; }",
     "1:65 Weight must be in range 1-256"),
    ("protocol kernel { merge paths on limit 256; }", "1:40 Merge paths limit must be in range 1-255"),
    ("protocol bgp { multihop 256; }", "1:28 Multihop must be in range 1-255"),
    ("protocol bgp { neighbor 1.2.3.4 port 70000; }", "1:38 Invalid port number"),
    ("protocol bgp { neighbor 1.2.3.4; neighbor 1.2.3.5; }",
     "1:50 Only one neighbor per BGP instance is allowed"),
    ("protocol bfd { interface 10.0.0.0/8 {}; }", "1:37 Interface name/mask expected, not IP prefix"),
    ("protocol bfd { neighbor 1.2.3.4 multihop; }",
     "1:41 Multihop neighbor requires specified local address"),
    ("protocol bfd { neighbor 1.2.3.4%eth0 multihop; }",
     "1:46 Neighbor cannot set both interface and multihop"),
    # Names.
    ("define a = 5; define a = 6;", "1:27 Symbol already defined"),
    ("table a; table a;", "1:17 Symbol already defined"),
    ("define master = 5;", "1:18 Symbol already defined"),
    ("filter a { accept; } filter a foo", "1:29 Symbol already defined"),
    ("function a() { } function a() foo", "1:27 Symbol already defined"),
    ("protocol device a {} protocol static a {}", "1:40 Symbol already defined"),
    ("protocol static {} protocol static static1 {}", "1:44 Symbol already defined"),
    ("protocol device {} protocol device {}", "1:29 Kernel device protocol already defined"),
    ("template device {} protocol device {}", "1:29 Kernel device protocol already defined"),
    ("table t; protocol static from t {}", "1:31 Template or protocol name expected"),
    ("template bgp t {} protocol static from t {}",
     "1:40 Can't copy configuration from a different protocol type"),
    # Names in filters come before what is wrong behind them.
    ("define x = y;", "1:13 y: variable expected."),
    ("define x = y z;", "1:14 y: variable expected."),
    ("eval y;", "1:7 y: variable expected."),
    ("filter f { if y then accept; foo bar }", "1:17 y: variable expected."),
    ("function f(int a) { a = y + ; }", "1:27 y: variable expected."),
    ("function f(int a) { a = b 5 }", "1:27 b: variable expected."),
    ("function f(int a) { x = a; } foo", "1:26 You may set only variables."),
    ("function f(int a) { net = a; a 5 }", "1:28 This static attribute is read-only."),
    ("function f(int a; int a) { }", "1:23 Symbol already defined"),
    ("function f(int a) { return a; } foo", "1:33 syntax error"),
    ("function f(int a) { } eval f(1, 2);", "1:34 Wrong number of arguments for function f."),
    ("protocol static { import where net ~ foo; }", "1:41 foo: variable expected."),
    ("protocol static { route 10.0.0.0/8 drop { foo = 3; }; }", "1:50 You may set only variables."),
]  # fmt: skip
"""For ``bird``: the text, and line, column and message."""

ERRORS_OF_IPV6: Final[list[tuple[str, str]]] = [
    ("router id 2001:db8::1;", "1:11 Router IDs must be entered as hexadecimal numbers or IPv4 addresses"
     " in IPv6 version"),
    ("protocol static { route 10.0.0.0/8 drop; }", "1:25 syntax error"),
    ("protocol static { route 2001:db8::1/32 drop; }", "1:37 Invalid prefix"),
]  # fmt: skip
"""For ``bird6``."""

_FUNCTIONS: Final = """\
function divide(int a) { print "dividing ", a; return 10 / a; }
function quit() { print "bye"; quitbird; }
function decide() { accept; }
protocol device {}
"""

PRINTED: Final[list[tuple[str, list[str]]]] = [
    (_FUNCTIONS + text, lines)
    for text, lines in [
        ("eval divide(2) + divide(5);", ["dividing 2", "dividing 5"]),
        ("eval divide(0);", ["dividing 0", "filters, line 1: Mother told me not to divide by 0",
                             "bird.conf:5:15 Integer expression expected"]),
        ("define x = divide(0);", ["dividing 0", "filters, line 1: Mother told me not to divide by 0",
                                   "bird.conf:5:21 Runtime error"]),
        ("table t; router id (divide(0));", ["dividing 0",
                                             "filters, line 1: Mother told me not to divide by 0",
                                             "bird.conf:5:30 Integer expression expected"]),
        ("eval 1.2.3.4;", ["bird.conf:5:13 Integer expression expected"]),
        ("eval true;", ["bird.conf:5:10 Integer expression expected"]),
        ("eval decide();", ["bird.conf:5:14 Integer expression expected"]),
        ("define x = decide();", ["bird.conf:5:20 Runtime error"]),
        ("eval quit(); nonsense", ["bye", "Filter asked me to die"]),
        ("eval divide(1); nonsense", ["dividing 1", "bird.conf:5:17 syntax error"]),
    ]
]  # fmt: skip
"""What filters print while a file is read comes before the error."""
