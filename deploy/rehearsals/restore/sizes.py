"""Measures how many bytes rows and records take, for the constants in `deploy/capacity/known.py`."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import asyncpg

from buurtsein_chassis.manifest import topics

FEWEST = 50
"""A table with fewer rows tells little, because it takes whole pages."""
_TABLES = "select tablename from pg_tables where schemaname = 'public'"


class Size(NamedTuple):
    """A table or a topic: its number of rows or records, and the bytes of each, including indexes."""

    what: str
    number: int
    each: float


async def of_tables(databases: Mapping[str, str]) -> list[Size]:
    """Return the sizes of those tables of all services that have enough rows to measure."""
    found = []
    for service, dsn in databases.items():
        connection = await asyncpg.connect(dsn)
        for table in [row["tablename"] for row in await connection.fetch(_TABLES)]:
            rows = await connection.fetchval(f"select count(*) from {table}")  # noqa: S608 # a name from the catalogue
            taken = await connection.fetchval("select pg_total_relation_size($1::regclass)", table)
            if rows >= FEWEST:
                found.append(Size(f"{service}: {table}", rows, taken / rows))
        await connection.close()
    return found


def of_topics(log: Path, events: Mapping[str, int]) -> list[Size]:
    """Return the sizes of topics in a broker's log directory; `events` has the number of records on each topic."""
    sizes = {
        topic.name: sum(file.stat().st_size for file in log.glob(f"{topic.name}-[0-9]*/*.log")) for topic in topics()
    }
    return [Size(name, number, sizes[name] / number) for name, number in sorted(events.items()) if number >= FEWEST]
