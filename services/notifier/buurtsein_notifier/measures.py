"""Gauges of the deliveries, refreshed with those of the chassis; the states are those of the queue."""

from prometheus_client import Gauge

from buurtsein_chassis.database import Connection
from buurtsein_notifier.queue import DeliveryState, last_switched

DELIVERIES = Gauge("buurtsein_delivery_states", "Deliveries by state.", ["state"])
WAITING = Gauge("buurtsein_delivery_oldest_seconds", "How long the delivery that is due longest has been due.")
HELD = Gauge("buurtsein_deliveries_held", "1 while the kill-switch holds all deliveries.")


async def measure_deliveries(connection: Connection) -> None:
    """Refresh them."""
    rows = await connection.fetch("select state, count(*) as number from delivery group by state")
    numbers = {row["state"]: row["number"] for row in rows}
    for state in DeliveryState:
        DELIVERIES.labels(state.value).set(numbers.get(state.value, 0))
    due = await connection.fetchval(
        """select coalesce(extract(epoch from now() - min(run_at))::float8, 0) from delivery
           where state = 'ready' and run_at <= now()"""
    )
    WAITING.set(due)
    last = await last_switched(connection)
    HELD.set(last is not None and last.is_on)
