"""Makes the response that shows the kill-switch."""

from datetime import datetime

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain.switch import KillSwitch as Switch
from buurtsein_notifier.store import queue


class KillSwitch(BaseModel):
    """The state of the kill-switch: whether deliveries are stopped, and the reason, person and time of its last use."""

    on: bool
    reason: str | None = None
    actor: str | None = None
    changed_at: datetime | None = None


def switch_of(switch: Switch) -> KillSwitch:
    """Convert the kill-switch to the form that the response shows."""
    return KillSwitch(on=switch.on, reason=switch.reason, actor=switch.actor, changed_at=switch.changed_at)


async def kill_switch(connection: Connection) -> tuple[KillSwitch, int]:
    """Return whether deliveries are stopped, and the version for the ETag."""
    found = await queue.kill_switch(connection)
    return switch_of(found), found.version
