"""Loads and saves applications for support, each as one JSON document in a row of the table `application`."""

from collections.abc import Sequence
from typing import override
from uuid import UUID

import asyncpg

from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.domain.application import Application, unknown
from buurtsein_funding.store.unit import Unit
from buurtsein_kernel.problems import conflict

_ADD = """insert into application (application_id, state, version, document, schema, requester, requested_cents,
    granted_cents, held_cents, requested_at, scheme_id, network_id, year)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"""
_SAVE = """update application set state = $2, version = $3, document = $4, schema = $5, requester = $6,
    requested_cents = $7, granted_cents = $8, held_cents = $9, requested_at = $10, scheme_id = $11,
    changed_at = now()
where application_id = $1"""
APPLICATIONS_OF = """select document, schema from application where requester = $1 or document -> 'writers' ? $1
order by application_id for update"""
HELD = """select (coalesce(sum(held_cents), 0)
    - coalesce((select held_cents from application where application_id = $3), 0))::bigint
from application where scheme_id = $1 and year = $2"""
"""The sum is read from an index alone. The index has no ids, so the application's own amount is subtracted."""


class ApplicationTable(Unit):
    """Reads and writes the table of applications, in one unit of work."""

    @override
    async def application(self, application_id: UUID) -> Application:
        row = await self._connection.fetchrow(
            "select document, schema from application where application_id = $1 for update", application_id
        )
        if row is None:
            raise unknown()
        return APPLICATIONS.read_row(row)

    @override
    async def applications_of(self, person: str) -> Sequence[Application]:
        rows = await self._connection.fetch(APPLICATIONS_OF, person)
        return [APPLICATIONS.read_row(row) for row in rows]

    @override
    async def held_by_others(self, application: Application) -> int:
        budget = f"budget {application.scheme_id} {application.year}"
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", budget)
        held: int = await self._connection.fetchval(
            HELD, application.scheme_id, application.year, application.application_id
        )
        return held

    @override
    async def add_application(self, application: Application) -> None:
        await self._write(_ADD, application, application.network_id, application.year)

    @override
    async def save_application(self, application: Application) -> None:
        application.next_version()
        await self._write(_SAVE, application)

    async def _write(self, sql: str, application: Application, *fixed: object) -> None:
        try:
            await self._connection.execute(sql, *_values(application), *fixed)
        except asyncpg.UniqueViolationError as error:
            detail = f"Voor dit netwerk loopt al een aanvraag voor {application.year}, of er is al steun toegekend."
            raise conflict("live_application_exists", detail, year=application.year) from error


def _values(application: Application) -> Sequence[object]:
    """Return the values of the columns that change with the application."""
    return (
        application.application_id,
        application.state,
        application.version,
        APPLICATIONS.write(application),
        APPLICATIONS.schema,
        application.requester,
        application.as_submitted().total_cents,
        application.granted_cents,
        application.held_cents,
        application.requested_at,
        application.scheme_id,
    )
