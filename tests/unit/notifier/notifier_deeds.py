"""Takes people's decisions on a stored alert with the handlers, and returns the alert as stored afterwards."""

from unit.notifier.notifier_alerts_memory import AlertMemory
from unit.notifier.notifier_memory import OFFICER

from buurtsein_contracts.events.alert import CancelReason, RefusalReason
from buurtsein_kernel.commands import By
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.binding import tag_of
from buurtsein_notifier.domain.delivery import LeasedDelivery
from buurtsein_notifier.handlers import Dependencies, deciding

ROLES = frozenset({"officer", "dispatcher", "mandated-officer"})


async def by(store: deciding.Store, alert: Alert, actor: str = OFFICER) -> By:
    """Return a person who may decide on the alert, together with the ETag that this person just read."""
    kept = await store.alert(alert.alert_id)
    return By(actor, tag_of(kept, await store.networks(kept.network_ids)), ROLES)


async def release(store: deciding.Store, alert: Alert, given: Dependencies, actor: str = OFFICER) -> Alert:
    await handlers.release(alert.alert_id, await by(store, alert, actor), given, store)
    return await store.alert(alert.alert_id)


async def refuse(
    store: deciding.Store,
    alert: Alert,
    given: Dependencies,
    reason: RefusalReason = RefusalReason.INVESTIGATION,
    actor: str = OFFICER,
) -> Alert:
    command = commands.Refuse(reason=reason)
    await handlers.refuse(alert.alert_id, command, await by(store, alert, actor), given, store)
    return await store.alert(alert.alert_id)


async def cancel(
    store: deciding.Store,
    alert: Alert,
    given: Dependencies,
    reason: CancelReason = CancelReason.SOLVED,
    actor: str = OFFICER,
) -> Alert:
    command = commands.Cancel(reason=reason)
    await handlers.cancel(alert.alert_id, command, await by(store, alert, actor), given, store)
    return await store.alert(alert.alert_id)


async def settle(
    store: deciding.Store, alert: Alert, given: Dependencies, command: commands.Settle, actor: str = OFFICER
) -> Alert:
    await handlers.settle(alert.alert_id, command, await by(store, alert, actor), given, store)
    return await store.alert(alert.alert_id)


async def leased(store: AlertMemory) -> LeasedDelivery:
    """Lease the delivery that is due, as a worker does, and return the delivery."""
    (held,) = await store.claim()
    return held
