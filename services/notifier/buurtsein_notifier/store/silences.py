"""Reads and writes silences."""

from datetime import datetime
from typing import override
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_kernel.problems import missing
from buurtsein_notifier.domain.silence import Silence
from buurtsein_notifier.handlers import silencing

_FIELDS = tuple(Silence.model_fields)
_ADD = f"""insert into silence ({", ".join(_FIELDS)})
    values ({", ".join(f"${place}" for place in range(1, 1 + len(_FIELDS)))})"""  # noqa: S608 - names in this project
IN_FORCE = "ends_at > {} and begins_at <= {} and ended_at is null"
"""The SQL condition for silences that hold alerts; both parameters are the moment."""
_ON = f"select * from silence where {IN_FORCE.format('$1', '$1')} order by silence_id desc limit 200"  # noqa: S608


async def silences_on(connection: Connection, now: datetime) -> list[Silence]:
    """Return the silences that are in force at a moment; of more than 200, only the newest."""
    return [silence_of(row) for row in await connection.fetch(_ON, now)]


def silence_of(row: asyncpg.Record) -> Silence:
    """Return the silence in a row, which may have other columns too."""
    return Silence(**{name: row[name] for name in _FIELDS})


class SilenceTable(silencing.Store):
    """The table of silences, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Take the unit of work on whose connection all statements run."""
        self._connection = uow.connection

    @override
    async def add_silence(self, silence: Silence) -> None:
        await self._connection.execute(_ADD, *dict(silence).values())

    @override
    async def silence(self, silence_id: UUID) -> Silence:
        row = await self._connection.fetchrow("select * from silence where silence_id = $1 for update", silence_id)
        if row is None:
            raise missing("silence_unknown", "Deze stilte bestaat niet.")
        return silence_of(row)

    @override
    async def save_silence(self, silence: Silence) -> None:
        await self._connection.execute(
            "update silence set ended_by = $2, ended_at = $3 where silence_id = $1",
            silence.silence_id,
            silence.ended_by,
            silence.ended_at,
        )
