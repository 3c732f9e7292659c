"""The kill-switch."""

from typing import Protocol

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import require_seen
from buurtsein_notifier import commands
from buurtsein_notifier.domain.switch import KillSwitch
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(Protocol):
    """The kill-switch, in one transaction."""

    async def kill_switch(self) -> KillSwitch:
        """Return it as it was left, locked: one person uses it at a time."""

    async def save_kill_switch(self, switch: KillSwitch) -> KillSwitch:
        """Keep one more use; return the switch with its new version."""


async def switch(command: commands.Switch, by: By, given: Dependencies, store: Store) -> KillSwitch:
    """Somebody holds all deliveries, or lets them go again, on what they read of the switch."""
    found = await store.kill_switch()
    require_seen(by.seen, found.version)
    used = found.used(on=command.on, reason=command.reason, actor=by.actor, now=given.clock.now())
    return await store.save_kill_switch(used)
