"""``roa_check``: whether an AS may originate a prefix (RFC 6811)."""

from messages.attributes import AS_PATH
from rib.filters.algebra.roa import RoaTable
from rib.filters.errors import RunError
from rib.filters.running.run import Run
from rib.filters.running.work import look_through
from rib.filters.values import EnumValue, Prefix


def roa_check(run: Run, table: RoaTable, *arguments: object) -> EnumValue:
    """Check a prefix and its origin, those of the route if there are no arguments. Raises RunError."""
    if not arguments:
        prefix = run.prefix()
        path = run.get(AS_PATH)
        if path is None:
            raise RunError("Missing AS_PATH attribute")
        look_through(run, path)
        return table.check(prefix, path.origin_as)
    given, origin = arguments
    if not isinstance(given, Prefix) or type(origin) is not int:
        raise RunError("Invalid argument to roa_check()")
    return table.check(given, origin)
