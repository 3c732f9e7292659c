"""On a real PostgreSQL, each step of an alert is shown, and a changed, removed or inserted step is found."""

import pytest
from integration.notifier_scene import LIVE, proposed, read
from unit.notifier.notifier_deeds import by, refuse
from unit.notifier.notifier_memory import incident

from buurtsein_chassis.database import Database
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import alert_file, checked_steps

INSERT = """insert into alert_step select alert_id, 4, kind, at, actor, why, tag, content, digest, digest
    from alert_step where number = 3"""


async def told(database: Database) -> None:
    """Store an alert with three steps: it was proposed, changed and refused."""
    alert = await proposed(database)
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        command = commands.Edit.model_validate({"valid_minutes": 90, "reason": "Het duurt langer."})
        await handlers.edit(alert.alert_id, command, await by(store, alert), LIVE, store)
        await refuse(store, alert, LIVE)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("update alert_step set why = 'anders' where number = 2", [(2, "changed")]),
        ("update alert_step set at = at + interval '1 minute' where number = 1", [(1, "changed")]),
        ("delete from alert_step where number = 2", [(2, "removed")]),
        ("delete from alert_step where number = 3", [(3, "removed")]),
        (INSERT, [(4, "inserted")]),
    ],
)
async def test_a_planted_step_is_found(notifier_database: Database, planted: str, found: list[tuple[int, str]]) -> None:
    await told(notifier_database)
    before = await read(notifier_database, lambda connection: checked_steps(connection, None, 10))
    assert (before.alerts, before.steps, before.faults) == (1, 3, [])
    await notifier_database.pool.execute(planted)
    after = await read(notifier_database, lambda connection: checked_steps(connection, None, 10))
    assert [(one.step, one.fault) for one in after.faults] == found


async def test_the_steps_are_shown_with_who_when_and_why(notifier_database: Database) -> None:
    await told(notifier_database)
    alert_id = await notifier_database.pool.fetchval("select alert_id from alert")
    shown = await read(notifier_database, lambda connection: alert_file(connection, alert_id, LIVE))
    assert [one.kind for one in shown.steps] == ["proposed", "edited", "refused"]
    assert (shown.steps[1].why, shown.steps[1].actor) == ("Het duurt langer.", shown.authors[0])


async def test_a_report_of_a_category_without_a_rule_can_be_the_start_of_an_alert(notifier_database: Database) -> None:
    told_of = incident(category="lawaaihinder")
    async with notifier_database.unit_of_work() as uow:
        await handlers.judge(told_of, LIVE, NotifierStore(uow))
    async with notifier_database.unit_of_work() as uow:
        found = await NotifierStore(uow).report(told_of.report_id)
    assert found
    assert (found[0], found[1].fact_id, found[1].reports) == (told_of, told_of.report_id, 1)
