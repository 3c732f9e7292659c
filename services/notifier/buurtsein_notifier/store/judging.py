"""What judging reads and writes, besides: reports, judgements, new alerts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from buurtsein_kernel.places import metres_between
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Incident, KnownNetwork
from buurtsein_notifier.domain.judgement import Finding, Judgement
from buurtsein_notifier.domain.rule import Rule
from buurtsein_notifier.places import metres_to
from buurtsein_notifier.store.deciding import DecidingStore


class NotifierStore(DecidingStore):
    """All of it, in one unit of work."""

    async def keep_network(self, network: KnownNetwork) -> None:
        """What is known of a network."""
        await self._connection.execute(
            """insert into known_network (network_id, document) values ($1, $2)
               on conflict (network_id) do update set document = excluded.document""",
            network.network_id,
            network.model_dump_json(),
        )

    async def count_coordinators(self, network_id: UUID, more: int) -> None:
        """A network got a coordinator (1), or lost one (-1); appointments may come before the approval."""
        await self._connection.execute(
            """insert into network_coordinators as known (network_id, number) values ($1, greatest($2, 0))
               on conflict (network_id) do update set number = greatest(known.number + $2, 0)""",
            network_id,
            more,
        )

    async def networks_near(self, longitude: float, latitude: float, metres: int) -> list[KnownNetwork]:
        """The networks whose area is within so many metres of a place, nearest first; a municipality has dozens."""
        rows = await self._connection.fetch("select document from known_network order by network_id")
        every = [KnownNetwork.model_validate_json(row["document"]) for row in rows]
        distances = [(metres_to(network.area, longitude, latitude), network) for network in every]
        near = [(distance, network) for distance, network in distances if distance <= metres]
        return [network for _, network in sorted(near, key=lambda pair: pair[0])]

    async def keep_incident(self, incident: Incident) -> None:
        """A report's facts; the first ones stay."""
        await self._connection.execute(
            """insert into incident (report_id, category, severity, longitude, latitude, happened_from, network_id)
               values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""",
            *incident.model_dump().values(),
        )

    async def incidents_near(self, incident: Incident, rule: Rule, since: datetime) -> list[Incident]:
        """Other reports of the rule's categories within its metres and hours, since a moment."""
        hours = timedelta(hours=rule.within_hours)
        rows = await self._connection.fetch(
            """select * from incident where category = any($1) and happened_from between $2 and $3
               and report_id <> $4 and (not $5 or network_id = $6)""",
            sorted(rule.categories),
            max(since, incident.happened_from - hours),
            incident.happened_from + hours,
            incident.report_id,
            rule.needs_network,
            incident.network_id,
        )
        place = (incident.longitude, incident.latitude)
        others = map(_incident, rows)
        return [one for one in others if metres_between(place, (one.longitude, one.latitude)) <= rule.within_metres]

    async def without_network(self, network_id: UUID, since: datetime) -> list[Incident]:
        """Reports of a network that were judged when it was not recognised yet, oldest first."""
        rows = await self._connection.fetch(
            """select * from incident i where network_id = $1 and happened_from > $2 and exists (
                   select from judgement j where j.report_id = i.report_id and j.finding = $3)
               order by happened_from""",
            network_id,
            since,
            Finding.NO_NETWORK,
        )
        return list(map(_incident, rows))

    async def keep_judgement(self, made: Judgement) -> None:
        """In the place of an earlier one of the same report and rule."""
        await self._connection.execute(
            """insert into judgement (report_id, rule, finding, worthy, why, alert_id) values ($1, $2, $3, $4, $5, $6)
               on conflict (report_id, rule) do update set finding = excluded.finding, worthy = excluded.worthy,
                   why = excluded.why, alert_id = excluded.alert_id, judged_at = now()""",
            made.report_id,
            made.rule,
            made.finding,
            made.worthy,
            made.why,
            made.alert_id,
        )

    async def lock(self, rule: Rule, network_id: UUID | None) -> None:
        """Wait until nobody else judges by this rule for this network; held until the transaction ends."""
        key = f"{rule.id}:{network_id}"
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", key)

    async def open_alert(self, rule: Rule, network_ids: Sequence[UUID], now: datetime) -> Alert | None:
        """The newest alert, locked, that already tells these networks of the same."""
        rows = await self._connection.fetch(
            """select document from alert where rule = $1 and network_ids @> $2
               and state in ('PROPOSED', 'RELEASED', 'SENT', 'UNKNOWN') order by alert_id desc limit 5 for update""",
            rule.id,
            list(network_ids),
        )
        alerts = (Alert.model_validate_json(row["document"]) for row in rows)
        return next((alert for alert in alerts if alert.is_open(rule, now)), None)

    async def add_alert(self, alert: Alert) -> None:
        """A new one."""
        await self._connection.execute(
            """insert into alert (alert_id, rule, network_ids, state, proposed_at, expires_at, version, document)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            alert.alert_id,
            alert.rule,
            alert.network_ids,
            alert.state,
            alert.proposed_at,
            alert.expires_at,
            alert.version,
            alert.model_dump_json(),
        )


def _incident(row: asyncpg.Record) -> Incident:
    return Incident.model_validate(dict(row))
