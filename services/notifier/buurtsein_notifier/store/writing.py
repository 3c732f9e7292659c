"""Reads what people need to write an alert: the networks in an area, the rules of a day, and a report."""

from datetime import date
from typing import override
from uuid import UUID

from buurtsein_contracts.events.geography import Area
from buurtsein_kernel.places import touch
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.handlers import calendar, following, writing
from buurtsein_notifier.projections import known_networks
from buurtsein_notifier.store.alerts import AlertTables
from buurtsein_notifier.store.linking import OWN_FACT, REPORT
from buurtsein_notifier.store.near import fact_of, own_of
from buurtsein_notifier.store.rules import rules_on


class WritingTables(AlertTables, writing.Store, following.Store, calendar.Store):
    """The tables that written alerts and follow-ups use, in one unit of work."""

    @override
    async def begin_campaign(self, campaign: str, day: date) -> bool:
        made = await self._connection.fetchval(
            "insert into campaign_run (campaign, day) values ($1, $2) on conflict do nothing returning 1", campaign, day
        )
        return made is not None

    @override
    async def forget_calls(self, alert: Alert) -> None:
        await self._connection.execute("delete from duty_call where alert_id = $1", alert.alert_id)

    @override
    async def all_networks(self) -> list[Network]:
        known = map(Network.of, await known_networks.find(self._connection, "true"))
        return sorted((one for one in known if one), key=lambda one: one.code)

    @override
    async def rules_on(self, day: date) -> RuleBook | None:
        return await rules_on(self._connection, day)

    @override
    async def networks_touching(self, area: Area) -> list[Network]:
        west, south, east, north = area.bounds
        known = await known_networks.find(
            self._connection, "west <= $1 and east >= $2 and south <= $3 and north >= $4", east, west, north, south
        )
        drawn = area.model_dump()
        found = (network for network in map(Network.of, known) if network)
        return sorted((one for one in found if touch(one.area.model_dump(), drawn)), key=lambda one: one.name)

    @override
    async def report(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        await self._connection.execute(OWN_FACT, report_id)
        row = await self._connection.fetchrow(REPORT, report_id)
        return (own_of(row), fact_of(row)) if row else None
