"""The command ``bgpd``: the daemon in the foreground, or a look at its configuration."""

import argparse
import asyncio
import dataclasses
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from bgpd import logs
from bgpd.bird.conversion import convert
from bgpd.bird.loading import BirdError, LoadedBird, load_bird
from bgpd.calico.loading import load_calico
from bgpd.capabilities import take_up
from bgpd.config import Configuration, ConfigurationError, DaemonSettings, build, load, print_config
from bgpd.config.faults import NotYetError
from bgpd.config.loading import configuration_of, read_configuration
from bgpd.daemon import Daemon
from bgpd.filter_tests import report
from bgpd.kernel.flush import add_options, check_options, flush_kernel
from bgpd.kubernetes.loading import load_kubernetes
from bgpd.kubernetes.resources import ClusterResources
from bgpd.logs.about import LogEvent, about
from bgpd.programs.installation import install
from bgpd.restart.environment import as_wished
from bgpd.sources.source import Source
from bgpd.sources.sources import Sources, watched_paths
from bgpd.startup import StartupError
from bgpd.version import VERSION

_log = logging.getLogger("bgpd")
Read = Callable[[str | None], DaemonSettings]
"""Reads a file, or for None those of the start. Raises ConfigurationError."""
_INSTALL = "install-bird-names"

EXAMPLE = """examples:
  bgpd -c /etc/bgpd/bgpd.toml            run in the foreground
  bgpd -c /etc/bgpd/bgpd.toml --check    report every problem of the file, start nothing
  bgpd -c bird.cfg -c bird6.cfg          run with BIRD's files, one for each family, in one process
  bgpd -c /etc/bird/bird.cfg -p          check a file in BIRD's language; run its eval and print
  bgpd --calico-resources /etc/calico    run with Calico's resources, as JSON
  bgpd --convert bird.cfg bird6.cfg      print BIRD's files as one .toml file
  bgpd install-bird-names /usr/local/bin write the commands bird, bird6, birdcl and birdcl6
  bgpd --print-config                    show the defaults
  bgpd --test-filters tests.toml         try filters on routes, and compare what comes of them
  bgpd --flush-kernel --dry-run          show what is left in the kernel of a daemon that is gone

BGPD_STOP=graceful or BGPD_STOP=withdraw in the environment goes before [router] stop of the file.
Exit status: 0 done, 1 the daemon could not start or a test failed, 2 wrong usage or configuration."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == [_INSTALL]:
        return _install(words[1:])
    parser = command_line()
    options = parser.parse_args(words)
    check_options(parser, options)
    take_up()
    if options.test_filters is not None:
        return _test_filters(options.test_filters, options.node)
    if options.convert:
        return _convert(options)
    files: list[Path] = options.config
    if any(file.suffix not in (".toml", ".json") for file in files):
        if options.calico_resources is not None:
            parser.error("beside --calico-resources the file must be in our own format, .toml or .json")
        return _bird_files(files, options)
    if len(files) > 1:
        parser.error("only files in BIRD's language may be two, one for each family")
    options.config = files[0] if files else None
    return _own_file(options)


def _install(words: list[str]) -> int:
    """Write ``bird``, ``bird6``, ``birdcl`` and ``birdcl6`` into a folder."""
    parser = argparse.ArgumentParser(
        prog=f"bgpd {_INSTALL}", description="Write the commands bird, bird6, birdcl and birdcl6."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where they are to be found")
    try:
        for path in install(parser.parse_args(words).folder):
            print(path)
    except OSError as error:
        print(f"bgpd: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _own_file(options: argparse.Namespace) -> int:
    """Do what is asked with our own configuration, which may be that of the defaults."""
    with closing(ClusterResources()) as resources:
        return _with_resources(options, resources)


def _with_resources(options: argparse.Namespace, resources: ClusterResources) -> int:
    sources = Sources(partial(_sources, resources))
    try:
        configuration, settings = _load(options, resources)
        settings = _with_options(settings, options)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, NotYetError) else 2
    if options.print_config:
        print(print_config(configuration), end="")
        return 0
    if options.flush_kernel:
        return _flush(settings, options)
    if options.parse:
        return 0
    if options.check:
        return _check(options.config or options.calico_resources, settings)
    read = partial(_settings, options, resources)
    file = str(options.config or options.calico_resources or "the defaults")
    return _run(settings, read, file, options, sources)


def _run(
    settings: DaemonSettings,
    read: Read,
    files: str,
    options: argparse.Namespace,
    sources: Sources | None = None,
) -> int:
    logs.set_up(options.log_format, debug=options.debug, dialect=settings.dialect)
    for notice in settings.notices():
        _log.warning("%s", notice, extra=about(LogEvent.CONFIGURATION_NOTICE))
    try:
        asyncio.run(_serve(settings, read, files, sources or Sources()))
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


def _test_filters(path: Path, node: str | None) -> int:
    try:
        lines, failed = report(path, node)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 1 if failed else 0


def _bird_files(paths: Sequence[Path], options: argparse.Namespace) -> int:
    """Do what is asked with files in BIRD's language, one or that of each family."""
    files, socket = _with_bits(paths, options), options.socket and str(options.socket)
    try:
        loaded = load_bird(files, socket)
    except BirdError as error:
        for line in error.lines:
            print(f"bird: {line}", file=sys.stderr)
        return 1
    for line in (*loaded.printed, *(loaded.settings.notices() if options.parse else ())):
        print(f"bird: {line}", file=sys.stderr)

    def read(file: str | None) -> DaemonSettings:
        again = files if file is None else _with_bits([Path(file)], options)
        return as_wished(load_bird(again, socket).settings)

    wished = loaded._replace(settings=as_wished(loaded.settings))
    return _with_bird(wished, read, ", ".join(file for file, _ in files), options)


def _with_bird(loaded: LoadedBird, read: Read, files: str, options: argparse.Namespace) -> int:
    """Do what is asked with what BIRD's files say."""
    if options.print_config:
        print(print_config(loaded.configuration), end="")
        return 0
    if options.parse:
        return 0
    if options.check:
        return _check(Path(files), loaded.settings)
    return (
        _flush(loaded.settings, options)
        if options.flush_kernel
        else _run(loaded.settings, read, files, options)
    )


def _with_bits(paths: Sequence[Path], options: argparse.Namespace) -> Sequence[tuple[str, int]]:
    """Return files with the bits of their addresses; the last one is bird6's with ``-6``."""
    last = paths[-1]
    is_ipv6 = [path.name.startswith("bird6") or (options.ipv6 and path is last) for path in paths]
    return [(str(path), 128 if each else 32) for path, each in zip(paths, is_ipv6, strict=True)]


def _convert(options: argparse.Namespace) -> int:
    """Print what files in BIRD's language say as a file of ours."""
    try:
        conversion = convert(_with_bits(options.convert, options))
    except BirdError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return 2
    print(conversion.text, end="")
    for line in (*conversion.printed, *conversion.complaints.splitlines()):
        print(line, file=sys.stderr)
    return 1 if conversion.complaints else 0


def _check(path: Path | None, settings: DaemonSettings) -> int:
    for notice in settings.notices():
        print(notice)
    number = len(settings.neighbors)
    neighbors = "1 neighbor" if number == 1 else f"{number} neighbors"
    print(f"{path or 'the default configuration'}: configuration OK, {neighbors}")
    return 0


def _settings(
    options: argparse.Namespace, resources: ClusterResources, file: str | None = None
) -> DaemonSettings:
    """Read a file, or the one of the start; the options go before it. Raises ConfigurationError."""
    return _with_options(_load(options, resources, file)[1], options)


def _sources(resources: ClusterResources, settings: DaemonSettings, read_at: float) -> Sequence[Source]:
    """Return what tells when what settings were made from has changed."""
    kubernetes = settings.cluster.kubernetes if settings.cluster else None
    return [*watched_paths(settings, read_at), *resources.sources(kubernetes)]


def _with_options(settings: DaemonSettings, options: argparse.Namespace) -> DaemonSettings:
    wished = as_wished(settings)
    return wished if options.socket is None else dataclasses.replace(wished, socket=str(options.socket))


def _load(
    options: argparse.Namespace, resources: ClusterResources, file: str | None = None
) -> tuple[Configuration, DaemonSettings]:
    """Read a file, or the one of the start, with what it is to be read beside. Raises ConfigurationError."""
    path = options.config if file is None else Path(file)
    if options.calico_resources is not None:
        return load_calico(options.calico_resources, options.node, path)
    if path is None:
        return (defaults := load(None)), build(defaults)
    contents = read_configuration(path)
    loaded = load_kubernetes(contents, str(path), options.node, resources)
    if loaded is not None:
        return loaded
    configuration = configuration_of(contents, path, options.node)
    return configuration, build(configuration)


async def _serve(settings: DaemonSettings, read: Read, files: str, sources: Sources) -> None:
    daemon = Daemon(settings, read, files)
    daemon.take_sources(sources)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.terminate)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    loop.add_signal_handler(signal.SIGUSR1, daemon.dump, "all")
    await daemon.run()


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
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
        action="append",
        default=[],
        help=".toml or .json file; without it the defaults hold; any other is in BIRD's language, "
        "and there may be two of those",
    )
    parser.add_argument(
        "--calico-resources",
        type=Path,
        metavar="PATH",
        help="file or folder with Calico's resources as JSON; the file of -c is read beside it",
    )
    parser.add_argument(
        "--node", metavar="NAME", help="which node of the cluster this host is; default: it finds itself"
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
        "--convert",
        type=Path,
        nargs="+",
        action="extend",
        metavar="FILE",
        help="print what BIRD's file says, or those of bird and bird6 together, as a .toml file, and exit",
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
