"""Reads and writes the table of applications."""

from collections.abc import Sequence
from typing import override
from uuid import UUID

import asyncpg

from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.domain.application import Application
from buurtsein_funding.store.unit import Unit
from buurtsein_kernel.problems import conflict, missing


class ApplicationTable(Unit):
    """The table of applications, in one unit of work."""

    @override
    async def application(self, application_id: UUID) -> Application:
        row = await self._connection.fetchrow(
            "select document, schema from application where application_id = $1 for update", application_id
        )
        if row is None:
            raise missing("application_unknown", "Deze aanvraag bestaat niet.")
        return APPLICATIONS.read_row(row)

    @override
    async def applications_of(self, requester: str) -> Sequence[Application]:
        rows = await self._connection.fetch(
            "select document, schema from application where requester = $1 order by application_id for update",
            requester,
        )
        return [APPLICATIONS.read_row(row) for row in rows]

    @override
    async def add_application(self, application: Application) -> None:
        await self._write(
            application,
            """insert into application
                   (application_id, state, version, document, schema, requester, network_id, year, scheme_id)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            application.network_id,
            application.year,
            application.scheme_id,
        )

    @override
    async def save_application(self, application: Application) -> None:
        application.version += 1
        await self._write(
            application,
            """update application set state = $2, version = $3, document = $4, schema = $5, requester = $6
               where application_id = $1""",
        )

    async def _write(self, application: Application, statement: str, *rest: object) -> None:
        """Write the row of an application; raise DomainError `live_application_exists` when a unique index refuses it.

        The index also refuses the second of two applications that are written at the same time.
        """
        stored = (APPLICATIONS.write(application), APPLICATIONS.schema)
        try:
            await self._connection.execute(
                statement,
                application.application_id,
                application.state,
                application.version,
                *stored,
                application.requester,
                *rest,
            )
        except asyncpg.UniqueViolationError as error:
            detail = f"Voor dit netwerk loopt al een aanvraag voor {application.year}, of er is al steun toegekend."
            raise conflict("live_application_exists", detail) from error
