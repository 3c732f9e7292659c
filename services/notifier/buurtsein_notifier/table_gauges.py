"""Refreshes the gauges of the deliveries and the kill-switch, each time that the chassis refreshes its gauges."""

from prometheus_client import Gauge

from buurtsein_chassis.database import Connection
from buurtsein_notifier.adapters import TURNED_AWAY
from buurtsein_notifier.domain.delivery import DeliveryState
from buurtsein_notifier.domain.holding import HeldFor
from buurtsein_notifier.store import queue
from buurtsein_notifier.store.rules import rules_on

DELIVERIES = Gauge("buurtsein_delivery_states", "Deliveries by state.", ["state"])
WAITING = Gauge("buurtsein_delivery_oldest_seconds", "Age of the oldest delivery that is not finished.")
TURNED_AWAY_NOW = Gauge(
    "buurtsein_deliveries_turned_away", "Open deliveries whose last attempt the peer rejected without reading it."
)
BLOCKED = Gauge("buurtsein_deliveries_blocked", "Deliveries of the last day that this installation may not send.")
FEEDBACK_OVERDUE = Gauge("buurtsein_feedback_overdue", "Hot alerts whose feedback to the members is overdue.")
AUDITS_OPEN = Gauge("buurtsein_emergency_releases_open", "Emergency releases that the korpschef has not judged yet.")
AUDIT_WAITS = Gauge(
    "buurtsein_emergency_releases_oldest_seconds", "Age of the oldest emergency release that nobody has judged yet."
)
HELD = Gauge("buurtsein_deliveries_held", "1 while the kill-switch holds all deliveries.")
UNTOLD = Gauge(
    "buurtsein_proposals_untold_oldest_seconds",
    "Age of the oldest proposed alert of which no duty contact could be told.",
)

RULES_FAILING = Gauge(
    "buurtsein_rules_failing",
    "Alert rules that cannot be read, and alerts of the last day of a rule that failed.",
)

FACTS_HELD = Gauge("buurtsein_facts_held", "Facts that wait for a digest, by why they wait.", ["reason"])


async def refresh_held(connection: Connection) -> None:
    """Count the facts (things that happened) that wait for a digest."""
    rows = await connection.fetch("select reason, count(*) as number from held_fact group by reason")
    numbers = {row["reason"]: row["number"] for row in rows}
    for reason in HeldFor:
        FACTS_HELD.labels(reason.value).set(numbers.get(reason.value, 0))


async def refresh_rules(connection: Connection) -> None:
    """Set the gauge of alert rules of which a part fails."""
    today = await connection.fetchval("select (now() at time zone 'Europe/Brussels')::date")
    book = await rules_on(connection, today)
    unread = sum(rule.fails for rule in book.rule) if book else 0
    failed = "select count(*) from judgement where finding = 'rule_failed' and judged_at > now() - interval '1 day'"
    RULES_FAILING.set(unread + await connection.fetchval(failed))


async def refresh_deliveries(connection: Connection) -> None:
    """Read the deliveries and the kill-switch, and set their gauges."""
    rows = await connection.fetch("select state, count(*) as number from delivery group by state")
    numbers = {row["state"]: row["number"] for row in rows}
    for state in DeliveryState:
        DELIVERIES.labels(state.value).set(numbers.get(state.value, 0))
    due = await connection.fetchval(
        """select coalesce(extract(epoch from now() - min(
               case attempts when 0 then greatest(created_at, run_at) else created_at end))::float8, 0) from delivery
           where state in ('ready', 'leased') and not held_back
             and (run_at <= now() or (attempts > 0 and reason is distinct from 'not_now'))"""
    )
    WAITING.set(due)
    TURNED_AWAY_NOW.set(
        await _count(connection, "state in ('ready', 'leased') and starts_with(reason, $1)", TURNED_AWAY)
    )
    BLOCKED.set(await _count(connection, "state = 'blocked' and finished_at > now() - interval '1 day'"))
    HELD.set((await queue.kill_switch(connection)).on)


async def refresh_owed(connection: Connection) -> None:
    """Set the gauges of what the police still owe: feedback to members, and verdicts on emergency releases."""
    overdue = "select count(*) from alert where feedback_due_at < now() and feedback_given_at is null"
    FEEDBACK_OVERDUE.set(await connection.fetchval(overdue))
    row = await connection.fetchrow(
        """select count(*) as number, coalesce(extract(epoch from
               now() - min((document -> 'break_glass' ->> 'at')::timestamptz))::float8, 0) as age
           from alert where audit_open"""
    )
    AUDITS_OPEN.set(row["number"] if row else 0)
    AUDIT_WAITS.set(row["age"] if row else 0)


async def refresh_untold(connection: Connection) -> None:
    """Set the gauge of the proposed alerts for which each attempt to tell a duty contact has failed."""
    age = await connection.fetchval(
        """select coalesce(extract(epoch from now() - min(proposed_at))::float8, 0) from alert a
           where state = 'PROPOSED' and expires_at > now()
             and (select max(number) from duty_call d where d.alert_id = a.alert_id) = 0"""
    )
    UNTOLD.set(age)


async def _count(connection: Connection, condition: str, *arguments: object) -> int:
    number: int = await connection.fetchval(f"select count(*) from delivery where {condition}", *arguments)  # noqa: S608
    return number
