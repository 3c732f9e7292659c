"""The kill-switch on a real PostgreSQL: who used it, when and why stays."""

import asyncpg
import pytest
from integration.notifier_scene import read, released
from unit.notifier.notifier_memory import OFFICER, OTHER

from buurtsein_chassis.database import Database
from buurtsein_notifier import commands, handlers, queue
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import KillSwitch, kill_switch


async def test_each_use_of_the_kill_switch_stays_and_the_last_one_counts(notifier_database: Database) -> None:
    await released(notifier_database)
    assert await read(notifier_database, kill_switch) == KillSwitch(on=False)
    uses = [(True, "een proef", OFFICER), (False, "proef voorbij", OTHER), (True, "storing", OTHER)]
    for on, reason, actor in uses:
        async with notifier_database.unit_of_work() as uow:
            await handlers.switch(commands.Switch(on=on, reason=reason), actor, NotifierStore(uow))
        shown = await read(notifier_database, kill_switch)
        assert (shown.on, shown.reason, shown.actor) == (on, reason, actor)
        assert shown.changed_at
        assert (await queue.claim(notifier_database.pool, 1, 0) == []) is on
    kept = await notifier_database.pool.fetch("select is_on, reason, actor from switch order by use_id")
    assert [tuple(row) for row in kept] == uses
    for statement in ("update switch set reason = 'x'", "delete from switch"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await notifier_database.pool.execute(statement)
