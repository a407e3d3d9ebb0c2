"""What ``show status`` and ``cluster status`` say of a source of the configuration."""

from collections.abc import Iterator, Mapping

from bgpd.show.times import iso
from bgpd.sources.source import SourceStatus


def source_document(source: SourceStatus) -> Mapping[str, object]:
    """Return one as it is in JSON, where what there is not is left out."""
    return source._asdict() | {"since": iso(source.since), "problem": source.problem or None}


def source_lines(source: SourceStatus, since: str) -> Iterator[str]:
    """Yield the lines about one; ``since`` is when its state began, as times are written there."""
    count = "" if source.objects is None else f", {source.objects} objects"
    yield f"Source {source.kind} {source.name} is {source.state} since {since}{count}"
    yield from (f"  {line}" for line in source.problem.splitlines())
