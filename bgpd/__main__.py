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
from bgpd.config import ConfigurationError, DaemonSettings, build, load, print_config
from bgpd.daemon import Daemon
from bgpd.startup import StartupError
from bgpd.version import VERSION

_log = logging.getLogger("bgpd")

EXAMPLE = """examples:
  bgpd -c /etc/bgpd/bgpd.toml            run in the foreground
  bgpd -c /etc/bgpd/bgpd.toml --check    report every problem of the file, start nothing
  bgpd --print-config                    show the defaults

Exit status: 0 done, 1 the daemon could not start, 2 wrong usage or configuration."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        configuration = load(options.config)
        settings = _settings(options)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    if options.print_config:
        print(print_config(configuration), end="")
        return 0
    if options.check:
        return _check(options.config, settings)
    logs.set_up(options.log_format, debug=options.debug)
    for notice in settings.notices():
        _log.warning("%s", notice)
    try:
        asyncio.run(_serve(settings, options))
    except StartupError as error:
        print(f"bgpd: {error}", file=sys.stderr)
        return 1
    return 0


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
        "-c", "--config", type=Path, metavar="FILE", help="TOML (or .json) file; without it the defaults hold"
    )
    parser.add_argument(
        "-s", "--socket", type=Path, metavar="SOCKET", help="control socket, instead of the file's"
    )
    parser.add_argument("--check", action="store_true", help="check the configuration and exit")
    parser.add_argument(
        "--print-config", action="store_true", help="print the effective configuration and exit"
    )
    parser.add_argument("--log-format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("-d", "--debug", action="store_true", help="log more")
    parser.add_argument("--version", action="version", version=f"bgpd {VERSION}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
