"""Reads and writes the tables for judging reports, such as those of networks, reports and judgements."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import override
from uuid import UUID

from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_kernel.places import Region, touch
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.joining import AlertNearby, Earlier
from buurtsein_notifier.domain.judgement import Finding, Judgement
from buurtsein_notifier.domain.rule import SEVERITIES, Rule, SameFact
from buurtsein_notifier.handlers import linking
from buurtsein_notifier.projections import known_networks
from buurtsein_notifier.store import steps
from buurtsein_notifier.store.holding import HoldingTables
from buurtsein_notifier.store.linking import FACT_OF, FORGET, HAS_REPEATS, LINK, UNLINK, merge
from buurtsein_notifier.store.near import CELLS, COLUMNS, IN_CELL, METRES, OWN, Around, fact_of, own_of

_LOCK = 0x6A756467
"""The number of the advisory lock that lets one report be judged at a time."""
_FEW = 10

_REFUSED = (
    "exists (select from alert_fact join alert a using (alert_id) where fact_id = f.fact_id and a.state = 'REFUSED'"
    " and not elsewhere"
)

# Stores a report with its fact (what happened): the stored fact of the same report, a fact nearby, or a new fact.
_KEEP_FACT = f"""
with known as (select fact_id from incident where report_id = $10),
same as (
    select f.fact_id from {CELLS} cross join lateral (
        select * from fact f where f.category = $9 and {IN_CELL}
        and f.happened_at between $11::timestamptz - $13::interval and $11::timestamptz + $13::interval
        and not {_REFUSED}) order by {METRES} limit 1) f
    where not exists (select from known) order by {METRES} limit 1),
raised as (
    update fact f set reports = f.reports + 1, severity = case
        when array_position($14::text[], $12) > coalesce(array_position($14::text[], f.severity), 0) then $12
        else f.severity end
    from same where f.fact_id = same.fact_id returning {COLUMNS}),
made as (
    insert into fact as f (fact_id, category, severity, longitude, latitude, happened_at)
    select $10, $9, $12, $1, $2, $11 where not exists (select from known) and not exists (select from same)
    returning {COLUMNS}),
kept as (
    insert into incident (report_id, category, severity, longitude, latitude, happened_at, channel, fact_id)
    select $10, $9, $12, $1, $2, $11, $15, coalesce((select fact_id from same), $10) on conflict do nothing)
select * from raised union all select * from made
union all select {COLUMNS} from fact f join known using (fact_id)"""  # noqa: S608 # constants of the program

_COUNTS = f"""f.category = kind and {IN_CELL} and f.fact_id <> $10 and f.severity = any($11::text[])
    and not {_REFUSED} and a.rule = $12)"""


def _nearest(span: str, order: str) -> str:
    """Return the SQL that reads at most `$16` incidents in a time span from nearby cells, nearest in time first."""
    return f"""(select {COLUMNS} from unnest($9::text[]) kind cross join {CELLS} cross join lateral (
        select * from fact f where {_COUNTS} and {span} order by f.happened_at {order} limit $16) f
        order by f.happened_at {order} limit $16)"""  # noqa: S608 # constants of the program


_BEFORE = _nearest("f.happened_at between $13::timestamptz and $14::timestamptz", "desc")
_AFTER = _nearest("f.happened_at > $14::timestamptz and f.happened_at <= $15::timestamptz", "asc")
_FACTS_NEAR = f"{_BEFORE} union all {_AFTER}"


class NotifierStore(HoldingTables, linking.Store):
    """All tables of the notifier, in one unit of work."""

    @override
    async def networks_near(self, places: Sequence[Fact], metres: int) -> list[Network]:
        margin = metres / METRES_PER_DEGREE * 2  # a degree to the east is more than half as long as one to the north
        known = await known_networks.find(
            self._connection,
            "west <= $1::float8 + $5 and east >= $2::float8 - $5 and south <= $3::float8 + $5 and north >= $4 - $5",
            max(one.longitude for one in places),
            min(one.longitude for one in places),
            max(one.latitude for one in places),
            min(one.latitude for one in places),
            margin,
        )
        approved = [network for network in map(Network.of, known) if network]
        distances = [(_distances(network, places), network) for network in approved]
        near = [(away, network) for away, network in distances if min(away) <= metres]
        return [network for _, network in sorted(near, key=lambda pair: pair[0][0])]

    @override
    async def open_alerts_for(self, network: Network, beyond: Mapping[str, int]) -> list[UUID]:
        drawn = await self._connection.fetch(
            """select alert_id, document -> 'area' as area from alert
               where state in ('PROPOSED', 'RETURNED') and follows is null and document -> 'area' <> 'null'"""
        )
        counted = await self._connection.fetch(
            """select a.alert_id, a.rule, f.longitude, f.latitude
               from alert a join alert_fact held using (alert_id) join fact f using (fact_id)
               where a.state in ('PROPOSED', 'RETURNED') and a.rule = any($1) and not held.elsewhere""",
            list(beyond),
        )
        mine = network.area.model_dump()
        area, touched = Region(mine), [row["alert_id"] for row in drawn if touch(mine, json.loads(row["area"]))]
        near = {
            row["alert_id"]
            for row in counted
            if area.metres_to(row["longitude"], row["latitude"]) <= beyond[row["rule"]]
        }
        return sorted(near.union(touched))

    @override
    async def lock(self) -> None:
        await self._connection.execute("select pg_advisory_xact_lock($1)", _LOCK)

    @override
    async def keep_incident(self, incident: Incident) -> None:
        await self._connection.execute(
            """insert into incident
               (report_id, category, severity, longitude, latitude, happened_at, channel, has_exact_place)
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing""",
            *incident.model_dump().values(),
        )

    @override
    async def keep_fact(self, incident: Incident, same: SameFact) -> Fact:
        row = await self._connection.fetchrow(
            _KEEP_FACT,
            *Around(incident.longitude, incident.latitude, same.metres).arguments,
            incident.category,
            incident.report_id,
            incident.happened_at,
            incident.severity,
            timedelta(minutes=same.minutes),
            list(map(str, SEVERITIES)),
            incident.channel,
        )
        if await self._connection.fetchval(HAS_REPEATS, incident.report_id):
            await merge(self._connection, incident.report_id)
            row = await self._connection.fetchrow(FACT_OF, incident.report_id)
        return fact_of(row)

    @override
    async def link(self, report_id: UUID, original_id: UUID) -> None:
        await self._connection.execute(LINK, report_id, original_id)
        await merge(self._connection, report_id)

    @override
    async def unlink(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        row = await self._connection.fetchrow(UNLINK, report_id)
        return (own_of(row), fact_of(row)) if row else None

    @override
    async def forget(self, report_id: UUID) -> Incident | None:
        row = await self._connection.fetchrow(FORGET, report_id)
        return Incident.model_validate(dict(row)) if row else None

    @override
    async def facts_near(self, fact: Fact, rule: Rule, since: datetime, limit: int) -> list[Fact]:
        hours = timedelta(hours=rule.within_hours)
        rows = await self._connection.fetch(
            _FACTS_NEAR,
            *Around(fact.longitude, fact.latitude, rule.within_metres).arguments,
            sorted(rule.categories),
            fact.fact_id,
            rule.severities,
            rule.id,
            max(since, fact.happened_at - hours),
            fact.happened_at,
            fact.happened_at + hours,
            limit,
        )
        return list(map(fact_of, rows))

    @override
    async def alerts_of(self, facts: Sequence[Fact], fact: Fact, rule: Rule) -> list[AlertNearby]:
        rows = await self._connection.fetch(
            """select a.alert_id, a.state, a.expires_at, (a.document ->> 'released_at')::timestamptz as released_at,
                      bool_or(held.fact_id = $3) as same_fact
               from alert_fact held join alert a using (alert_id)
               where held.fact_id = any($1::uuid[]) and a.rule = $2
                 and a.state in ('PROPOSED', 'RETURNED', 'RELEASED', 'SENT', 'UNKNOWN')
               group by a.alert_id order by a.alert_id desc limit $4""",
            [one.fact_id for one in facts],
            rule.id,
            fact.fact_id,
            _FEW,
        )
        return [AlertNearby.model_validate(dict(row)) for row in rows]

    @override
    async def decided_near(self, fact: Fact, rule: Rule) -> list[Earlier]:
        rows = await self._connection.fetch(
            f"""select a.alert_id, a.state, a.proposed_at, a.document ->> 'refusal' as refusal from alert a
                where a.rule = $5 and a.state not in ('PROPOSED', 'RETURNED', 'EXPIRED') and a.proposed_at > $6
                  and exists (select from alert_fact join fact f using (fact_id) where alert_id = a.alert_id
                    and {METRES} <= $4::float8)
                order by a.alert_id desc limit $7""",  # noqa: S608 # constants of the program
            *Around(fact.longitude, fact.latitude, rule.within_metres).arguments[:4],
            rule.id,
            fact.happened_at - timedelta(hours=rule.within_hours),
            _FEW,
        )
        return [Earlier.model_validate(dict(row)) for row in rows]

    @override
    async def reports_of(self, facts: Sequence[Fact], limit: int) -> list[UUID]:
        rows = await self._connection.fetch(
            """select report_id from unnest($1::uuid[]) held (fact_id) cross join lateral (
                   select report_id from incident where fact_id = held.fact_id order by report_id limit $2) i
               order by report_id <> held.fact_id, report_id limit $2""",
            [one.fact_id for one in facts],
            limit,
        )
        return [row["report_id"] for row in rows]

    @override
    async def waiting_for(self, network: Network, since: datetime, limit: int) -> list[tuple[Incident, Fact]]:
        rows = await self._connection.fetch(
            f"""select i.report_id, i.category, {OWN}, {COLUMNS}
                from incident i join fact f using (fact_id)
                where i.happened_at > $5 and i.longitude between $1 and $3 and i.latitude between $2 and $4 and exists (
                    select from judgement j where j.report_id = i.report_id and j.finding = $6)
                order by i.happened_at desc limit $7""",  # noqa: S608 # constants of the program
            *network.area.bounds,
            since,
            Finding.NO_NETWORK,
            limit,
        )
        return [(own_of(row), fact_of(row)) for row in reversed(rows)]

    @override
    async def keep_judgements(self, *made: Judgement) -> None:
        await self._connection.executemany(
            """insert into judgement (report_id, rule, finding, worthy, why, alert_id) values ($1, $2, $3, $4, $5, $6)
               on conflict (report_id, rule) do update set finding = excluded.finding, worthy = excluded.worthy,
                   why = excluded.why, alert_id = excluded.alert_id, judged_at = now()""",
            [(one.report_id, one.rule, one.finding, one.worthy, one.why, one.alert_id) for one in made],
        )

    @override
    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        await self._connection.execute(
            """insert into alert
                   (alert_id, rule, network_ids, state, proposed_at, expires_at, version, document, schema, kind,
                    purpose, follows, words)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, to_tsvector('simple', $13))""",
            alert.alert_id,
            alert.rule,
            alert.network_ids,
            alert.state,
            alert.proposed_at,
            alert.expires_at,
            alert.version,
            ALERTS.write(alert),
            ALERTS.schema,
            alert.kind,
            alert.purpose,
            alert.follows,
            alert.words,
        )
        await steps.add(self._connection, alert)
        for fact in facts:
            await self.join(alert.alert_id, fact, elsewhere=False)

    @override
    async def join(self, alert_id: UUID, fact: Fact, *, elsewhere: bool) -> None:
        await self._connection.execute(
            "insert into alert_fact (alert_id, fact_id, elsewhere) values ($1, $2, $3) on conflict do nothing",
            alert_id,
            fact.fact_id,
            elsewhere,
        )

    @override
    async def left_over(self, limit: int) -> list[tuple[Incident, Fact]]:
        rows = await self._connection.fetch(
            f"""with taken as (
                    delete from alert_fact using (
                        select alert_id, fact_id from alert_fact join alert a using (alert_id)
                        where elsewhere and a.state not in ('PROPOSED', 'RETURNED') limit $1) over
                    where alert_fact.alert_id = over.alert_id and alert_fact.fact_id = over.fact_id
                    returning alert_fact.fact_id)
                select i.report_id, i.category, {OWN}, {COLUMNS} from taken join fact f using (fact_id)
                join incident i on i.report_id = f.fact_id order by i.happened_at""",  # noqa: S608 # constants
            limit,
        )
        return [(own_of(row), fact_of(row)) for row in rows]


def _distances(network: Network, places: Sequence[Fact]) -> list[float]:
    area = Region(network.area.model_dump())
    return [area.metres_to(one.longitude, one.latitude) for one in places]
