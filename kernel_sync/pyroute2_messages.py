"""The netlink messages that are read with pyroute2, without the rest of it.

``import pyroute2`` brings in the whole library: ten megabytes, as much as 50,000 routes take, and a tenth of
a second. Its modules of messages need little of that, so they are imported with the package not yet run.
Whoever asks the package for anything runs it after all.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, Final

_NAME: Final = "pyroute2"


def _decoders(*names: str) -> list[Callable[[bytes], Any]]:
    """Import what decodes some kinds of messages, and nothing that this does not need."""
    spec = find_spec(_NAME)
    if _NAME in sys.modules or spec is None:
        return [_decoder(name) for name in names]
    package = sys.modules[_NAME] = module_from_spec(spec)
    decoders = [_decoder(name) for name in names]
    package.__dict__["__getattr__"] = _run_when_asked(package, spec)
    return decoders


def _decoder(name: str) -> Callable[[bytes], Any]:
    return getattr(import_module(f"{_NAME}.netlink.rtnl.{name}"), name)  # type: ignore[no-any-return]


def _run_when_asked(package: ModuleType, spec: ModuleSpec) -> Callable[[str], Any]:
    """Return what is asked for attributes that a module does not have (PEP 562)."""

    def run(name: str) -> Any:  # noqa: ANN401 - whatever the package has by that name
        del package.__dict__["__getattr__"]
        assert spec.loader is not None
        spec.loader.exec_module(package)
        return getattr(package, name)

    return run


ifinfmsg, ifaddrmsg = _decoders("ifinfmsg", "ifaddrmsg")
"""A link, as RTM_NEWLINK has it, and an address, as RTM_NEWADDR has it."""
