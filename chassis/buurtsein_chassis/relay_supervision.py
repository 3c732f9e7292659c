"""Reports the state of this process's relay to health and metrics."""

import asyncio

from buurtsein_chassis import metrics
from buurtsein_chassis.health import PROBE_SECONDS, Probe
from buurtsein_chassis.relay import Relay


async def watch_relay(relay: Relay, probe: Probe) -> None:
    """Update the relay's probe every few seconds until cancelled.

    The relay counts as behind while an event older than the last update is not published, also when this relay is on
    standby or cannot reach the broker.
    """
    probe.started = True
    while True:
        cut_off = not relay.active and not relay.standby
        waits = relay.oldest_pending_seconds > PROBE_SECONDS
        probe.behind(has_work=waits or cut_off, finished_at=relay.progressed_at, excused=cut_off)
        probe.standby = relay.standby
        metrics.STANDBY.set(relay.standby)
        await asyncio.sleep(PROBE_SECONDS)
