"""Makes the response that shows the kill-switch, and which deliveries are held."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain.switch import KillSwitch as Switch
from buurtsein_notifier.store import queue

SHOWN = 50
"""The maximum number of held deliveries in the response."""


class HeldDelivery(BaseModel):
    """A delivery that is held, with the time until which its message is of use."""

    alert_id: UUID
    of_use_until: datetime
    held_back: bool
    """Whether police hold back this alert; otherwise only the kill-switch holds it."""


class KillSwitch(BaseModel):
    """The state of the kill-switch: whether deliveries are stopped, and the reason, person and time of its last use."""

    on: bool
    reason: str | None = None
    actor: str | None = None
    changed_at: datetime | None = None
    held: int = 0
    """How many deliveries are held, by the kill-switch or because police hold back an alert."""
    expiring_first: list[HeldDelivery] = []
    """The held deliveries that are of use for the shortest time, at most 50."""


async def switch_of(switch: Switch, connection: Connection) -> KillSwitch:
    """Convert the kill-switch to the form that the response shows, with the deliveries that are held."""
    number, rows = await queue.held(connection, SHOWN)
    return KillSwitch(
        on=switch.on,
        reason=switch.reason,
        actor=switch.actor,
        changed_at=switch.changed_at,
        held=number,
        expiring_first=[
            HeldDelivery(alert_id=row["alert_id"], of_use_until=row["expires_at"], held_back=row["held_back"])
            for row in rows
        ],
    )


async def kill_switch(connection: Connection) -> tuple[KillSwitch, int]:
    """Return whether deliveries are stopped, and the version for the ETag."""
    found = await queue.kill_switch(connection)
    return await switch_of(found, connection), found.version
