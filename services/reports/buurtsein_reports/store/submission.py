"""Writes new reports and counts of emergencies, and finds repeated reports and known networks."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, override
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import ConcurrentWrite
from buurtsein_contracts.events.incident import Route
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_contracts.known_network import Charter
from buurtsein_reports.commands import Contact, Source
from buurtsein_reports.domain.report import AcceptedReport, Candidate, Report
from buurtsein_reports.projections import known_networks
from buurtsein_reports.store.unit import Unit

_ADD_REPORT = """
with added as (
    insert into report (report_id, reference, tracking_sha256, category, severity, route_to, channel, status, text,
                        happened_from, happened_to, latitude, longitude, postcode, street, house_number, network_id,
                        reported_at, source_system, source_number, flags, language, due_on, on_city_topic,
                        box, address_id, place_description, neighbourhood, within_metres, answers, categories_edition,
                        counts_as, unit, unit_rule, unit_why, routing_edition, account)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $26, $27,
            $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41)
    returning report_id
), remembered as (
    insert into report_repeat (digest, report_id) select $22, report_id from added
)
insert into reporter (report_id, name, email, phone, language)
select report_id, $23, $24, $25, $26 from added where coalesce($23, $24, $25) is not null
"""
_CROSSING = frozenset({"report_reference_key", "report_source_key", "report_repeat_pkey"})
"""Unique indexes on which two requests can collide: the same reference by chance, or the same report."""
_SELECT_ACCEPTED = """
select report_id, reference, category, categories_edition, status, happened_from, network_id, flags from report
"""


class SubmittedTable(Unit):
    """Writes new reports and counts of emergencies, and reads the known networks, in one unit of work."""

    @override
    async def add_report(self, report: Report, tracking_sha256: bytes, contact: Contact) -> None:
        place = report.location
        try:
            await self._connection.execute(
                _ADD_REPORT,
                report.report_id,
                report.reference,
                tracking_sha256,
                report.category,
                report.severity,
                report.route_to,
                report.channel,
                report.status,
                report.text,
                report.happened_from,
                report.happened_to,
                place.latitude,
                place.longitude,
                place.postcode,
                report.street,
                report.house_number,
                report.network_id,
                report.reported_at,
                report.source_system,
                report.source_number,
                report.flags,
                report.repeat_digest,
                contact.name or None,
                contact.email or None,
                contact.phone or None,
                report.language,
                report.due_on,
                Route.CITY in report.route_to,
                report.box,
                report.address_id,
                report.place_description,
                report.neighbourhood,
                place.within_metres,
                json.dumps(report.answers),
                report.categories_edition,
                report.counts_as,
                report.unit,
                report.unit_rule,
                report.unit_why,
                report.routing_edition,
                report.account,
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name in _CROSSING:
                raise ConcurrentWrite from error
            raise

    @override
    async def report_of(self, source: Source) -> AcceptedReport | None:
        row = await self._connection.fetchrow(
            f"{_SELECT_ACCEPTED} where source_system = $1 and source_number = $2", source.system, source.number
        )
        return AcceptedReport.model_validate(dict(row)) if row else None

    @override
    async def same_report(self, digest: bytes) -> AcceptedReport | None:
        row = await self._connection.fetchrow(
            f"{_SELECT_ACCEPTED} join report_repeat using (report_id) where digest = $1", digest
        )
        return AcceptedReport.model_validate(dict(row)) if row else None

    @override
    async def count_emergency(self, day: date, category: str, *, asked: bool) -> None:
        await self._connection.execute(
            """insert into emergency_count (day, category, refused, asked) values ($1, $2, $3, $4)
               on conflict (day, category) do update set refused = emergency_count.refused + excluded.refused,
                   asked = emergency_count.asked + excluded.asked""",
            day,
            category,
            int(not asked),
            int(asked),
        )

    @override
    async def networks_around(
        self, longitude: float, latitude: float, day: date
    ) -> Sequence[tuple[Candidate, dict[str, Any]]]:
        box = "$1 between west and east and $2 between south and north"
        found = await known_networks.find(self._connection, box, longitude, latitude)
        recognised = [network for network in found if network.is_recognised_on(day)]
        return [
            (_candidate(network.network_id, charter), charter.area.model_dump())
            for network in recognised
            if (charter := network.charter)
        ]


def _candidate(network_id: UUID, charter: Charter) -> Candidate:
    return Candidate(network_id=network_id, code=charter.code, kind=NetworkKind(charter.kind))
