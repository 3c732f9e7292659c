"""Reads and writes reports that are being handled, and their steps."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, override
from uuid import UUID

from buurtsein_contracts.events.geography import Location
from buurtsein_kernel.problems import conflict
from buurtsein_kernel.versions import version_in
from buurtsein_reports.domain.handled import HandledReport
from buurtsein_reports.domain.report import ReportedPlace, read_reference, unknown_report
from buurtsein_reports.domain.steps import Step
from buurtsein_reports.domain.tracking import is_right
from buurtsein_reports.store.unit import Unit

_COLUMNS = """
    report_id, reference, category, categories_edition, status, happened_from, network_id, flags, severity, route_to,
    channel, happened_to, coalesce(counts_as, category) as counts_as, answers,
    unit, unit_rule, unit_why, routing_edition, assignee, forwarding, answer_by,
    latitude, longitude, postcode, within_metres, reported_at, version, language, due_on, planned_on, forwarded_to,
    closing_reason, duplicate_of, closed_at, coalesce(on_city_topic, 'city' = any(route_to)) as on_city_topic
"""
_LINKED = "select duplicate_of, count(*) from report where duplicate_of = any($1) group by duplicate_of"
_CHANGED = (
    *("category", "severity", "route_to", "status", "version", "due_on", "planned_on", "forwarded_to"),
    *("closing_reason", "duplicate_of", "closed_at", "on_city_topic", "categories_edition", "counts_as"),
    *("unit", "unit_rule", "unit_why", "routing_edition", "assignee", "forwarding", "answer_by"),
)
_SAVE = f"update report set {', '.join(f'{name} = ${n}' for n, name in enumerate(_CHANGED, 2))} where report_id = $1"  # noqa: S608
_ADD_STEP = f"""
insert into report_step (report_id, {", ".join(Step.model_fields)})
values ($1, {", ".join(f"${number}" for number in range(2, 2 + len(Step.model_fields)))})
"""  # noqa: S608 - both are names in this file


_STEPS_SINCE = "select * from report_step where report_id = $1 and number > $2 order by number limit 20"
_LAST_MOVE = """
select * from report_step
where report_id = $1 and number = (select max(number) from earlier_place where report_id = $1)
"""
_PLACE = "street, house_number, box, address_id, place_description, neighbourhood"
_POINT = "latitude, longitude, postcode, within_metres"
_KEEP_PLACE = f"""
insert into earlier_place (report_id, number, {_PLACE}, {_POINT}, network_id)
select report_id, $2, {_PLACE}, {_POINT}, network_id from report where report_id = $1
"""  # noqa: S608 - both are names in this file
_RELOCATE = f"""
update report set network_id = $2, flags = $3, ({_PLACE}) = ($4, $5, $6, $7, $8, $9),
    ({_POINT}) = ($10, $11, $12, $13) where report_id = $1
"""  # noqa: S608 - both are names in this file


class HandledTable(Unit):
    """Reads and writes the reports that are being handled, in one unit of work."""

    @override
    async def report(self, report_id: UUID) -> HandledReport:
        rows = await self._locked("report_id = $1", report_id)
        if not rows:
            raise unknown_report()
        return self._handled(rows[0])

    @override
    async def report_and_original(self, report_id: UUID, original_id: UUID) -> tuple[HandledReport, HandledReport]:
        rows = {row["report_id"]: row for row in await self._locked("report_id = any($1)", [report_id, original_id])}
        if not {report_id, original_id} <= set(rows):
            raise unknown_report()
        return self._handled(rows[report_id]), self._handled(rows[original_id])

    @override
    async def own_report(self, reference: str, token: str | None) -> HandledReport:
        rows = await self._locked("reference = $1", read_reference(reference))
        if not is_right(token, rows[0]["tracking_sha256"] if rows else None):
            raise unknown_report()
        return self._handled(rows[0])

    @override
    async def report_with(self, reference: str) -> HandledReport:
        rows = await self._locked("reference = $1", read_reference(reference))
        if not rows:
            raise unknown_report()
        return self._handled(rows[0])

    @override
    async def steps_since(self, report_id: UUID, seen: str) -> Sequence[Step]:
        version = version_in(seen)
        rows = [] if version is None else await self._connection.fetch(_STEPS_SINCE, report_id, version)
        return [Step.model_validate(dict(row)) for row in rows]

    @override
    async def last_move(self, report_id: UUID) -> Step | None:
        row = await self._connection.fetchrow(_LAST_MOVE, report_id)
        return Step.model_validate(dict(row)) if row else None

    @override
    async def save_handling(self, report: HandledReport, step: Step) -> None:
        await self._connection.execute(_SAVE, report.report_id, *(getattr(report, name) for name in _CHANGED))
        values = (getattr(step, name) for name in Step.model_fields)
        await self._connection.execute(_ADD_STEP, report.report_id, *values)

    @override
    async def relocate(self, report: HandledReport, place: ReportedPlace) -> None:
        await self._connection.execute(_KEEP_PLACE, report.report_id, report.version)
        point = (getattr(place.location, name) for name in _POINT.split(", "))
        named = (getattr(place, name) for name in _PLACE.split(", "))
        own = (report.report_id, report.network_id, report.flags)
        await self._connection.execute(_RELOCATE, *own, *named, *point)

    @override
    async def keep_feedback(
        self, report_ids: Sequence[UUID], alert_id: UUID, given_at: datetime, *, exercise: bool
    ) -> None:
        await self._connection.execute(
            """insert into report_feedback (report_id, alert_id, exercise, given_at)
               select report_id, $2, $3, $4 from report where report_id = any($1) on conflict do nothing""",
            report_ids,
            alert_id,
            exercise,
            given_at,
        )

    async def _locked(self, condition: str, value: Any) -> list[dict[str, Any]]:
        """Return the matching rows, locked in the order of their ids to prevent deadlocks between clerks.

        A second statement counts the duplicates. The first statement may have waited for a lock while another clerk
        linked a duplicate, and it would not see this duplicate.
        """
        query = f"select {_COLUMNS}, tracking_sha256 from report where {condition} order by report_id for update"  # noqa: S608
        rows = await self._connection.fetch(query, value)
        counts = await self._connection.fetch(_LINKED, [row["report_id"] for row in rows])
        linked = {one["duplicate_of"]: one["count"] for one in counts}
        return [dict(row) | {"duplicates": linked.get(row["report_id"], 0)} for row in rows]

    def _handled(self, row: dict[str, Any]) -> HandledReport:
        if row["latitude"] is None:
            raise conflict("report_past_retention", "Van deze melding is de inhoud na de bewaartermijn verwijderd.")
        names = ("latitude", "longitude", "postcode", "within_metres")
        location = Location(nis=self._nis, **{name: row[name] for name in names})
        return HandledReport.model_validate(row | {"location": location, "answers": json.loads(row["answers"])})
