"""Which filters of a protocol a reload has changed."""

from collections.abc import Sequence

from bgpd.protocols.protocol import Channel


def what_changed(before: Sequence[Channel], after: Sequence[Channel]) -> str:
    """Return in words which filters are others now; empty if none is."""
    pairs = [*zip(before, after, strict=True)]
    changed = {
        "import": any(old.import_policy is not new.import_policy for old, new in pairs),
        "export": any(old.export_policy is not new.export_policy for old, new in pairs),
    }
    names = " and the ".join(name for name, has_changed in changed.items() if has_changed)
    return f"the {names} filter changed" if names else ""
