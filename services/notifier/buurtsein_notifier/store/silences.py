"""Reads and writes silences."""

from datetime import datetime
from typing import override
from uuid import UUID

from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_kernel.problems import missing
from buurtsein_notifier.domain.silence import Silence
from buurtsein_notifier.handlers import silencing

_FIELDS = tuple(Silence.model_fields)
_ADD = f"""insert into silence ({", ".join(_FIELDS)})
    values ({", ".join(f"${place}" for place in range(1, 1 + len(_FIELDS)))})"""  # noqa: S608 - names in this project
MOST = 200
"""The most silences that are read at once, the newest ones."""


async def silences_on(connection: Connection, now: datetime) -> list[Silence]:
    """Return the silences that hold alerts at a moment."""
    rows = await connection.fetch(
        """select * from silence where ends_at > $1 and begins_at <= $1 and ended_at is null
           order by silence_id desc limit $2""",
        now,
        MOST,
    )
    return [Silence(**dict(row)) for row in rows]


async def newest(connection: Connection) -> list[Silence]:
    """Return the newest silences, also those that are over."""
    rows = await connection.fetch("select * from silence order by silence_id desc limit $1", MOST)
    return [Silence(**dict(row)) for row in rows]


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
        return Silence(**dict(row))

    @override
    async def save_silence(self, silence: Silence) -> None:
        await self._connection.execute(
            "update silence set ended_by = $2, ended_at = $3 where silence_id = $1",
            silence.silence_id,
            silence.ended_by,
            silence.ended_at,
        )
