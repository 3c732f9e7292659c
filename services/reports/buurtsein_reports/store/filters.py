"""Reads and writes the filters that clerks save for themselves."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from buurtsein_chassis.database import Connection
from buurtsein_kernel.problems import conflict

MOST = 50
_SAVE = """
insert into saved_filter (owner, name, query, saved_at) values ($1, $2, $3, $4)
on conflict (owner, name) do update set query = excluded.query, saved_at = excluded.saved_at
"""


async def save_filter(connection: Connection, owner: str, name: str, query: Mapping[str, Any], now: datetime) -> None:
    """Save a filter of a person, in place of one with the same name; raise DomainError `filters_full`."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 1))", owner)
    await connection.execute(_SAVE, owner, name, json.dumps(query), now)
    if await connection.fetchval("select count(*) from saved_filter where owner = $1", owner) > MOST:
        raise conflict("filters_full", f"U kunt {MOST} filters bewaren. Verwijder er eerst een.", most=MOST)


async def remove_filter(connection: Connection, owner: str, name: str) -> None:
    """Remove a filter of a person; do nothing when the person has none of that name."""
    await connection.execute("delete from saved_filter where owner = $1 and name = $2", owner, name)
