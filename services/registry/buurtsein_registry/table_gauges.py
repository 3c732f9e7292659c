"""Refreshes gauges of what needs officials' attention, whenever the chassis refreshes its gauges."""

from collections import Counter
from collections.abc import Mapping

from prometheus_client import Gauge

from buurtsein_chassis.database import Connection
from buurtsein_chassis.table_gauges import Refresh
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_registry.domain.progress import WAITS_FOR, StepName
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.domain.tasks import TaskKind
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store.confirmations import late_erasures
from buurtsein_registry.store.continuity import at_risk

STALLED = Gauge("buurtsein_charters_stalled", "Charters that wait for a step longer than its setting allows.", ["step"])
OVERDUE = Gauge("buurtsein_tasks_overdue", "Open tasks whose last day is over.", ["kind"])
UNCONFIRMED = Gauge("buurtsein_erasures_unconfirmed", "Erasures that a consumer did not confirm in time.", ["consumer"])

AT_RISK = Gauge("buurtsein_networks_at_risk", "Recognised networks that may stop to work, by the reason.", ["risk"])


def refresh_at_risk(given: Dependencies) -> Refresh:
    """Return the function that sets the gauge of recognised networks at risk of ending, for each risk."""

    async def refresh(connection: Connection) -> None:
        found = await at_risk(connection, given.rules, given.today)
        numbers = Counter(risk for _, risks in found for risk in risks)
        for risk in NetworkRisk:
            AT_RISK.labels(risk.value).set(numbers[risk])

    return refresh


def refresh_unconfirmed(rules: Rules) -> Refresh:
    """Return the function that sets, for each consumer that must confirm erasures, the gauge of late confirmations."""

    async def refresh(connection: Connection) -> None:
        late = await late_erasures(connection, rules.erasure_consumers, rules.confirmation_days)
        for consumer, number in late.items():
            UNCONFIRMED.labels(consumer).set(number)

    return refresh


def refresh_waiting(step_days: Mapping[StepName, int]) -> Refresh:
    """Return the function that counts stalled charters and overdue tasks, and sets their gauges.

    `step_days` says for each step after how many days a charter that waits for it counts as stalled.
    """
    states = [(str(state), str(step), step_days[step]) for state, step in WAITS_FOR.items()]

    async def refresh(connection: Connection) -> None:
        stalled = await connection.fetch(
            """select w.step, count(n.network_id) as number
               from unnest($1::text[], $2::text[], $3::int[]) as w (state, step, days)
               left join network n on n.state = w.state
                   and coalesce(n.state_since, n.updated_at) < now() - make_interval(days => w.days)
               group by w.step""",
            *zip(*states, strict=True),
        )
        for row in stalled:
            STALLED.labels(row["step"]).set(row["number"])
        overdue = await connection.fetch(
            """select kind, count(*) as number from task
               where done_at is null and due_on < (now() at time zone 'Europe/Brussels')::date group by kind"""
        )
        numbers = {row["kind"]: row["number"] for row in overdue}
        for kind in TaskKind:
            OVERDUE.labels(kind.value).set(numbers.get(kind.value, 0))

    return refresh
