"""The tables of reports."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_chassis.recording import Write, write
from buurtsein_contracts.events import NetworkApproved, NetworkRecognised, NetworkReinstated, NetworkSuspended
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_reports.commands import Contact, Source
from buurtsein_reports.domain.report import AcceptedReport, KnownNetwork, Report

_ADD_REPORT = """
insert into report (report_id, reference, tracking_sha256, category, severity, route_to, channel, status, text,
                    happened_from, happened_to, latitude, longitude, postcode, street, house_number, network_id,
                    reported_at, source_system, source_number, flags)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
"""
_ADD_REPORTER = "insert into reporter (report_id, name, email, phone, language) values ($1, $2, $3, $4, $5)"
_REMEMBER = "insert into report_repeat (digest, report_id) values ($1, $2)"
_TOLD = "select report_id, reference, category, status, happened_from, network_id, flags from report"
_KNOW_NETWORK = """
insert into known_network (network_id, code, kind, west, south, east, north, area)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (network_id) do update set code = excluded.code, kind = excluded.kind, west = excluded.west,
    south = excluded.south, east = excluded.east, north = excluded.north, area = excluded.area
"""


def rows_of(report: Report, tracking_sha256: bytes, contact: Contact, language: str) -> Sequence[Write]:
    """A new report, and how its reporter can be reached when they said so."""
    place = report.location
    added = write(
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
    )
    remembered = write(_REMEMBER, report.repeat_digest, report.report_id)
    if contact.is_empty():
        return [added, remembered]
    who = (contact.name, contact.email, contact.phone)
    return [added, remembered, write(_ADD_REPORTER, report.report_id, *who, language)]


def is_worth_another_try(error: asyncpg.UniqueViolationError) -> bool:
    """Whether another report has this reference, or the same was reported while this request worked."""
    return error.constraint_name in {"report_reference_key", "report_source_key", "report_repeat_pkey"}


class ReportsStore:
    """Known networks, and counts."""

    def __init__(self, connection: Connection) -> None:
        """What is written is part of the transaction on the connection."""
        self._connection = connection

    async def report_of(self, source: Source) -> AcceptedReport | None:
        """The report that was made from a record of another system."""
        row = await self._connection.fetchrow(
            f"{_TOLD} where source_system = $1 and source_number = $2", source.system, source.number
        )
        return AcceptedReport.model_validate(dict(row)) if row else None

    async def same_report(self, digest: bytes) -> AcceptedReport | None:
        """The report with this digest, of the last days."""
        row = await self._connection.fetchrow(f"{_TOLD} join report_repeat using (report_id) where digest = $1", digest)
        return AcceptedReport.model_validate(dict(row)) if row else None

    async def count_emergency(self, day: date, category: str, *, asked: bool) -> None:
        """One more of this category on this day: sent to 101 or 112, or asked about."""
        await self._connection.execute(
            """insert into emergency_count (day, category, refused, asked) values ($1, $2, $3, $4)
               on conflict (day, category) do update set refused = emergency_count.refused + excluded.refused,
                   asked = emergency_count.asked + excluded.asked""",
            day,
            category,
            int(not asked),
            int(asked),
        )

    async def networks_around(
        self, longitude: float, latitude: float, day: date
    ) -> Sequence[tuple[KnownNetwork, dict[str, Any]]]:
        """Networks that count on that day and whose bounding box holds the point, each with its area (GeoJSON)."""
        rows = await self._connection.fetch(
            """select network_id, code, kind, area from known_network
               where $1 between west and east and $2 between south and north
                   and $3 between recognised_from and coalesce(recognised_until, 'infinity')
                   and not ended
                   and (suspended_from is null or $3 >= reinstated_from
                        or $3 not between suspended_from and coalesce(suspended_until, 'infinity'))""",
            longitude,
            latitude,
            day,
        )
        return [
            (KnownNetwork(network_id=row["network_id"], code=row["code"], kind=row["kind"]), json.loads(row["area"]))
            for row in rows
        ]

    async def know_network(self, network: NetworkApproved) -> None:
        """A network was approved, for the first time or with another area."""
        place = (*_box(network.area), network.area.model_dump_json())
        await self._connection.execute(_KNOW_NETWORK, network.network_id, network.code, network.kind, *place)

    async def change_area(self, network_id: UUID, area: Area) -> None:
        """A new version of the charter has another area."""
        await self._connection.execute(
            """update known_network set west = $2, south = $3, east = $4, north = $5, area = $6
               where network_id = $1""",
            network_id,
            *_box(area),
            area.model_dump_json(),
        )

    async def mark_recognised(self, recognition: NetworkRecognised) -> None:
        """The FOD's register says whether a network is active, from when to when; this ends a suspension."""
        active = recognition.status == RecognitionStatus.ACTIVE
        await self._connection.execute(
            """update known_network set recognised_from = $2, recognised_until = $3,
                   suspended_from = null, suspended_until = null, reinstated_from = null
               where network_id = $1""",
            recognition.network_id,
            recognition.start if active else None,
            recognition.end if active else None,
        )

    async def suspend(self, suspension: NetworkSuspended) -> None:
        """From its first day to its last; without a last day until it is lifted."""
        await self._connection.execute(
            """update known_network set suspended_from = $2, suspended_until = $3, reinstated_from = null
               where network_id = $1""",
            suspension.network_id,
            suspension.start,
            suspension.end,
        )

    async def reinstate(self, lifted: NetworkReinstated) -> None:
        """The suspension is lifted from a day on."""
        await self._connection.execute(
            "update known_network set reinstated_from = $2 where network_id = $1",
            lifted.network_id,
            lifted.start,
        )

    async def end(self, network_id: UUID) -> None:
        """The network is no more."""
        await self._connection.execute("update known_network set ended = true where network_id = $1", network_id)


def _box(area: Area) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    corners = [position for polygon in area.polygons for position in polygon[0]]
    longitudes, latitudes = zip(*corners, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
