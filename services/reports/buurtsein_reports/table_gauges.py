"""Refreshes the gauge of late answers of other bodies, each time that the chassis refreshes its gauges."""

from prometheus_client import Gauge

from buurtsein_chassis.database import Connection

ANSWERS_OVERDUE = Gauge(
    "buurtsein_forwarded_overdue", "Forwarded reports about which the other body should have answered."
)
_OVERDUE = """
select count(*) from report
where status = 'FORWARDED' and answer_by < (now() at time zone 'Europe/Brussels')::date
"""


async def refresh_overdue(connection: Connection) -> None:
    """Count the forwarded reports without an answer in time, and set the gauge."""
    ANSWERS_OVERDUE.set(await connection.fetchval(_OVERDUE))
