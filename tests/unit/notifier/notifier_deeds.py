"""What people do with an alert as it is kept now, in any store; each returns the alert as it is kept afterwards."""

from uuid import uuid4

from unit.notifier.notifier_memory import OFFICER

from buurtsein_contracts.events.alert import CancelReason, RefusalReason
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import LeasedDelivery
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.handlers import By, Dependencies, deciding

ROLES = frozenset({"officer", "dispatcher", "mandated-officer"})


async def by(store: deciding.Store, alert: Alert, actor: str = OFFICER) -> By:
    """Somebody who may decide, and read the alert just now."""
    kept = await store.alert(alert.alert_id)
    return By(actor, ROLES, kept.tag(await store.networks(kept.network_ids)))


async def release(store: deciding.Store, alert: Alert, deps: Dependencies, actor: str = OFFICER) -> Alert:
    await handlers.release(alert.alert_id, await by(store, alert, actor), store, deps)
    return await store.alert(alert.alert_id)


async def refuse(
    store: deciding.Store,
    alert: Alert,
    deps: Dependencies,
    reason: RefusalReason = RefusalReason.INVESTIGATION,
    actor: str = OFFICER,
) -> Alert:
    command = commands.Refuse(reason=reason)
    await handlers.refuse(alert.alert_id, command, await by(store, alert, actor), store, deps)
    return await store.alert(alert.alert_id)


async def cancel(
    store: deciding.Store,
    alert: Alert,
    deps: Dependencies,
    reason: CancelReason = CancelReason.SOLVED,
    actor: str = OFFICER,
) -> Alert:
    command = commands.Cancel(reason=reason)
    await handlers.cancel(alert.alert_id, command, await by(store, alert, actor), store, deps)
    return await store.alert(alert.alert_id)


async def settle(
    store: deciding.Store, alert: Alert, deps: Dependencies, command: commands.Settle, actor: str = OFFICER
) -> Alert:
    await handlers.settle(alert.alert_id, command, await by(store, alert, actor), store, deps)
    return await store.alert(alert.alert_id)


def leased(alert: Alert, message: Message) -> LeasedDelivery:
    """The delivery of a message, as a worker holds it."""
    identifier, xml = message.identifier, message.xml
    return LeasedDelivery(uuid4(), alert.alert_id, identifier, "simulator", xml, 0, False, uuid4(), None, None)
