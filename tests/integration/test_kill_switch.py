"""On a real PostgreSQL, each use of the kill-switch is stored: who used it, when and why."""

import asyncio

import asyncpg
import pytest
from integration.notifier_scene import LIVE, read, released
from unit.notifier.notifier_memory import OFFICER, OTHER

from buurtsein_chassis.database import Database
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.store import NotifierStore, queue
from buurtsein_notifier.views import KillSwitch, kill_switch


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


async def test_the_second_of_two_uses_of_the_same_kill_switch_version_is_refused(notifier_database: Database) -> None:
    async def use(actor: str) -> None:
        async with notifier_database.unit_of_work() as uow:
            command = commands.Switch(on=True, reason="een proef")
            await handlers.switch(command, By(actor, "0"), LIVE, NotifierStore(uow))

    outcomes = await asyncio.gather(use(OFFICER), use(OTHER), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, DomainError)]
    assert [one.code for one in refused] == ["version_changed"]
    assert await notifier_database.pool.fetchval("select count(*) from switch") == 1
