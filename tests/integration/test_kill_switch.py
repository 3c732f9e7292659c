"""On a real PostgreSQL, each use of the kill-switch is stored, and a person can hold back one alert alone."""

import asyncio

import asyncpg
import pytest
from integration.deliveries_scene import Scripted, alter, due, state, typed
from integration.notifier_scene import LIVE, read, released
from unit.notifier.notifier_deeds import by
from unit.notifier.notifier_memory import OFFICER, OTHER

from buurtsein_chassis.database import Database
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import commands, handlers, jobs
from buurtsein_notifier.adapters import Unknown
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.store import NotifierStore, queue
from buurtsein_notifier.views import KillSwitch, kill_switch


async def hold(database: Database, alert: Alert, *, on: bool) -> None:
    async with database.unit_of_work() as uow:
        store, command = NotifierStore(uow), commands.Hold(on=on, reason="eerst nagaan")
        await handlers.hold(alert.alert_id, command, await by(store, alert), LIVE, store)


async def test_each_use_of_the_kill_switch_stays_and_the_last_one_counts(notifier_database: Database) -> None:
    await released(notifier_database)
    assert await read(notifier_database, kill_switch) == (KillSwitch(on=False), 0)
    seen = 0
    uses = [(True, "een proef", OFFICER), (False, "proef voorbij", OTHER), (True, "storing", OTHER)]
    for on, reason, actor in uses:
        async with notifier_database.unit_of_work() as uow:
            command = commands.Switch(on=on, reason=reason)
            used = await handlers.switch(command, By(actor, str(seen)), LIVE, NotifierStore(uow))
        shown, seen = await read(notifier_database, kill_switch)
        assert used.version == seen
        assert (shown.on, shown.reason, shown.actor) == (on, reason, actor)
        assert shown.changed_at
        assert (await queue.claim(notifier_database.pool, 1, 0) == []) is on
    kept = await notifier_database.pool.fetch("select is_on, reason, actor from switch order by use_id")
    assert [tuple(row) for row in kept] == uses
    for statement in ("update switch set reason = 'x'", "delete from switch"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await notifier_database.pool.execute(statement)


async def test_one_alert_is_held_back_without_the_kill_switch_and_says_until_when_it_is_of_use(
    notifier_database: Database,
) -> None:
    stopped, other = await released(notifier_database), await released(notifier_database)
    await hold(notifier_database, stopped, on=True)
    adapter = Scripted()
    worker = Deliveries(typed(adapter), LIVE)
    await worker.step(notifier_database)
    assert adapter.sent == [other.cap_identifier]
    shown, _ = await read(notifier_database, kill_switch)
    assert (shown.on, shown.held) == (False, 1)
    (held,) = shown.expiring_first
    assert (held.alert_id, held.of_use_until, held.held_back) == (stopped.alert_id, stopped.valid_until, True)
    await hold(notifier_database, stopped, on=False)
    await worker.step(notifier_database)
    assert adapter.sent == [other.cap_identifier, stopped.cap_identifier]
    kept = await notifier_database.pool.fetch(
        "select kind, actor, why from alert_step where alert_id = $1 order by number", stopped.alert_id
    )
    steps = [tuple(row) for row in kept[2:4]]
    assert steps == [("held_back", OFFICER, "eerst nagaan"), ("let_go", OFFICER, "eerst nagaan")]
    with pytest.raises(DomainError, match="transition_refused"):
        await hold(notifier_database, stopped, on=True)


async def test_what_is_held_back_after_a_doubtful_attempt_is_not_tried_again_and_fails_when_its_time_is_over(
    notifier_database: Database,
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([Unknown("ReadTimeout")])
    worker = Deliveries(typed(adapter), LIVE)
    await worker.step(notifier_database)
    await hold(notifier_database, alert, on=True)
    await due(notifier_database)
    assert await worker.step(notifier_database) == 0
    await alter(notifier_database, "expires_at = now()")
    await worker.step(notifier_database)
    assert (len(adapter.sent), adapter.asked) == (1, [alert.cap_identifier])
    await jobs.expire(LIVE, notifier_database)
    assert await state(notifier_database, alert) == ("expired", "FAILED")


async def test_the_second_of_two_uses_of_the_same_kill_switch_version_is_refused(notifier_database: Database) -> None:
    async def use(actor: str) -> None:
        async with notifier_database.unit_of_work() as uow:
            command = commands.Switch(on=True, reason="een proef")
            await handlers.switch(command, By(actor, "0"), LIVE, NotifierStore(uow))

    outcomes = await asyncio.gather(use(OFFICER), use(OTHER), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, DomainError)]
    assert [one.code for one in refused] == ["version_changed"]
    assert await notifier_database.pool.fetchval("select count(*) from switch") == 1
