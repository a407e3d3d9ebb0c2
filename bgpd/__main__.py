"""The command ``bgpd``: the daemon in the foreground, or a look at its configuration."""

import argparse
import asyncio
import dataclasses
import logging
import signal
import sys
from functools import partial
from pathlib import Path

from bgpd import logs
from bgpd.bird.reading import read
from bgpd.config import ConfigurationError, DaemonSettings, build, load, print_config
from bgpd.daemon import Daemon
from bgpd.filter_tests import report
from bgpd.flush import add_options, check_options, flush_kernel
from bgpd.startup import StartupError
from bgpd.version import VERSION

_log = logging.getLogger("bgpd")

EXAMPLE = """examples:
  bgpd -c /etc/bgpd/bgpd.toml            run in the foreground
  bgpd -c /etc/bgpd/bgpd.toml --check    report every problem of the file, start nothing
  bgpd -c /etc/bird/bird.cfg -p          the same for a file in BIRD's language; run its eval and print
  bgpd --print-config                    show the defaults
  bgpd --test-filters tests.toml         try filters on routes, and compare what comes of them
  bgpd --flush-kernel --dry-run          show what is left in the kernel of a daemon that is gone

Exit status: 0 done, 1 the daemon could not start or a test failed, 2 wrong usage or configuration."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    check_options(parser, options)
    if options.test_filters is not None:
        return _test_filters(options.test_filters)
    if options.config is not None and options.config.suffix not in (".toml", ".json"):
        return _bird_file(options)
    return _own_file(options)


def _own_file(options: argparse.Namespace) -> int:
    """Do what is asked with our own configuration, which may be that of the defaults."""
    try:
        configuration = load(options.config)
        settings = _settings(options)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    if options.print_config:
        print(print_config(configuration), end="")
        return 0
    if options.flush_kernel:
        return _flush(settings, options)
    if options.parse:
        return 0
    return _check(options.config, settings) if options.check else _run(settings, options)


def _run(settings: DaemonSettings, options: argparse.Namespace) -> int:
    logs.set_up(options.log_format, debug=options.debug)
    for notice in settings.notices():
        _log.warning("%s", notice)
    try:
        asyncio.run(_serve(settings, options))
    except StartupError as error:
        print(f"bgpd: {error}", file=sys.stderr)
        return 1
    return 0


def _flush(settings: DaemonSettings, options: argparse.Namespace) -> int:
    try:
        for line in flush_kernel(options, settings):
            print(line)
    except StartupError as error:
        print(f"bgpd: {error}", file=sys.stderr)
        return 1
    return 0


def _test_filters(path: Path) -> int:
    try:
        lines, failed = report(path)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 1 if failed else 0


def _bird_file(options: argparse.Namespace) -> int:
    """Check a file in BIRD's language, and say what ``bird -p`` says."""
    if options.flush_kernel or not (options.parse or options.check):
        remedy = "check it with -p; to run bgpd, write a .toml file"
        print(
            f"bgpd: {options.config}: running with BIRD's file is not supported yet; {remedy}",
            file=sys.stderr,
        )
        return 2
    is_ipv6 = options.ipv6 or Path(sys.argv[0]).name == "bird6"
    result = read(str(options.config), bits=128 if is_ipv6 else 32)
    for line in result.lines:
        print(f"bird: {line}", file=sys.stderr)
    return 0 if result.error is None else 1


def _check(path: Path | None, settings: DaemonSettings) -> int:
    for notice in settings.notices():
        print(notice)
    print(f"{path or 'the default configuration'}: configuration OK, {len(settings.neighbors)} neighbors")
    return 0


def _settings(options: argparse.Namespace) -> DaemonSettings:
    """Read the file; the options go before it. Raises ConfigurationError."""
    settings = build(load(options.config))
    return settings if options.socket is None else dataclasses.replace(settings, socket=str(options.socket))


async def _serve(settings: DaemonSettings, options: argparse.Namespace) -> None:
    daemon = Daemon(settings, partial(_settings, options), str(options.config or "the defaults"))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.shutdown)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    await daemon.run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bgpd",
        description="A BGP speaker for servers and Kubernetes nodes.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-c",
        "--config",
        type=Path,
        metavar="FILE",
        help=".toml or .json file; without it the defaults hold; any other is in BIRD's language",
    )
    parser.add_argument(
        "-s", "--socket", type=Path, metavar="SOCKET", help="control socket, instead of the file's"
    )
    parser.add_argument("--check", action="store_true", help="check the configuration and exit")
    parser.add_argument(
        "-p", "--parse", action="store_true", help="parse the configuration, be quiet if it is good, and exit"
    )
    parser.add_argument(
        "-6", "--ipv6", action="store_true", help="read BIRD's file as bird6 does; the default is IPv4"
    )
    parser.add_argument(
        "--print-config", action="store_true", help="print the effective configuration and exit"
    )
    parser.add_argument(
        "--test-filters", type=Path, metavar="FILE", help="run the tests of filters in a file and exit"
    )
    add_options(parser)
    parser.add_argument("--log-format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("-d", "--debug", action="store_true", help="log more")
    parser.add_argument("--version", action="version", version=f"bgpd {VERSION}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
