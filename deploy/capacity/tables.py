"""Writes the results of the capacity model as Markdown tables for `docs/capacity.md`."""

from collections.abc import Iterator, Sequence

from buurtsein_contracts.topics import TOPICS
from capacity import known, model
from capacity.model import GB, Place

YEARS = known.YEARS.value


def sizes(places: Sequence[Place]) -> str:
    """Return a Markdown table of processes, memory and storage that a city, a province and Belgium need."""
    rows: list[tuple[str, list[str]]] = [
        ("networks, members, reports a year", [f"{p.networks:,}, {p.members:,}, {p.reports:,}" for p in places]),
        ("events a year", [f"{sum(model.events(p).values()):,.0f}" for p in places]),
        ("commands a second: average, busiest minute", [_commands(p) for p in places]),
        ("processes: api, relay, worker", [", ".join(map(str, model.processes(p).values())) for p in places]),
        ("their memory", [f"{model.memory(p) / GB:.1f} GB" for p in places]),
        ("nodes in three zones", [str(model.nodes(p)) for p in places]),
        ("connections to PostgreSQL", [str(model.connections(p)) for p in places]),
        ("PostgreSQL after 1 year", [_gb(sum(model.postgres_bytes(p, 1).values())) for p in places]),
        (f"PostgreSQL after {YEARS:.0f} years", [_gb(sum(model.postgres_bytes(p, YEARS).values())) for p in places]),
        ("WAL to archive, a day", [_gb(model.wal_a_day(p)) for p in places]),
        (f"topics on each broker, after {YEARS:.0f} years", [_gb(model.kafka_bytes(p, YEARS)) for p in places]),
        ("partitions of a topic", [str(max(topic.partitions for topic in TOPICS)) for _ in places]),
    ]
    return _table(["", *(place.name for place in places)], ([name, *cells] for name, cells in rows))


def storage(places: Sequence[Place]) -> str:
    """Return a Markdown table of the bytes that each kind of row takes in PostgreSQL."""
    kinds = [model.postgres_bytes(place, YEARS) for place in places]
    rows = ([name, *(_gb(kind[name]) for kind in kinds)] for name in kinds[0])
    return _table([f"after {YEARS:.0f} years", *(place.name for place in places)], rows)


def first(place: Place) -> str:
    """Return a Markdown table of the parts that reach their limit when an installation grows, the first on top."""
    rows = (
        [limit.what, f"{limit.bears:,.0f}", f"{limit.needs:,.2f}", f"{limit.multiple:,.1f}", limit.remedy]
        for limit in model.limits(place)
    )
    return _table(["what", "bears", f"{place.name} needs", "multiple", "then"], rows)


def constants() -> str:
    """Return a Markdown table of all constants of the capacity model with their sources."""
    rows = ([f"`{name}`", f"{one.value:,.10g}", one.unit, one.source] for name, one in known.constants().items())
    return _table(["name", "value", "unit", "source"], rows)


def _commands(place: Place) -> str:
    busiest = model.peak(place)
    return f"{busiest / known.PEAK.value:.4f}, {busiest:.2f}"


def _gb(size: float) -> str:
    return f"{size / GB:,.2f} GB"


def _table(head: Sequence[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
