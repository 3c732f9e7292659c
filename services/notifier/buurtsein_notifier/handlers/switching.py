"""Handles the kill-switch, which stops all deliveries."""

from typing import Protocol

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import require_seen
from buurtsein_notifier import commands
from buurtsein_notifier.domain.switch import KillSwitch
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(Protocol):
    """A Protocol: reads and writes the kill-switch, in one transaction."""

    async def kill_switch(self) -> KillSwitch:
        """Return the state of the kill-switch, which stops all deliveries; lock its row until the transaction ends."""

    async def save_kill_switch(self, switch: KillSwitch) -> KillSwitch:
        """Store one more use of the kill-switch, and return the kill-switch with its new version."""


async def switch(command: commands.Switch, by: By, given: Dependencies, store: Store) -> KillSwitch:
    """Stop or start all deliveries, if the kill-switch has not changed since the person read it."""
    found = await store.kill_switch()
    require_seen(by.seen, found.version)
    used = found.used(on=command.on, reason=command.reason, actor=by.actor, now=given.clock.now())
    return await store.save_kill_switch(used)
