"""The notifier's store on a real PostgreSQL passes the same tests as its store in memory."""

import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from integration.notifier_scene import keep, read
from unit.notifier.notifier_holding_suite import HoldingSuite
from unit.notifier.notifier_linking_suite import LinkingSuite
from unit.notifier.notifier_memory import NOW
from unit.notifier.notifier_store_suite import GIVEN, NotifierStoreSuite, proposed
from unit.notifier.test_notifier_store import ROWS

from buurtsein_chassis.database import Database
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.delivery import LeasedDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.store import NotifierStore, queue
from buurtsein_notifier.views import alert_file
from harness.stores import PostgresStore


class OnPostgres(PostgresStore[NotifierStore]):
    """The service's store on PostgreSQL, with the methods that the shared tests of stores need in addition."""

    async def know(self, *networks: Network) -> None:
        async with self.database.unit_of_work() as uow:
            await keep(uow, *networks)

    async def claim(self) -> Sequence[LeasedDelivery]:
        await self.database.pool.execute("update delivery set expires_at = now() + interval '1 hour'")
        return await queue.claim(self.database.pool, 10, 30)


@pytest.fixture
async def stored(notifier_database: Database) -> OnPostgres:
    return OnPostgres(notifier_database, NotifierStore)


class TestOnPostgres(NotifierStoreSuite, LinkingSuite, HoldingSuite):
    """Runs the shared store tests on PostgreSQL."""


async def test_a_row_of_every_schema_is_shown_and_written_anew_under_the_newest(stored: OnPostgres) -> None:
    alert_id = (await proposed(stored)).alert_id
    for schema, row in json.loads(ROWS.read_text()).items():
        await _put(stored, alert_id, int(schema), row)
        shown = await read(stored.database, lambda connection: alert_file(connection, alert_id, GIVEN))
        async with stored.unit_of_work() as store:
            await store.save_alert(await store.alert(alert_id))
        written = await stored.database.pool.fetchrow("select schema, version from alert")
        assert written
        assert (written["schema"], written["version"]) == (ALERTS.schema, shown.version + 1)


async def test_an_alert_that_release_0_1_0_wrote_counts_as_recent(stored: OnPostgres) -> None:
    alert = await proposed(stored)
    await stored.database.pool.execute("update alert set kind = null, purpose = null, words = null")
    async with stored.unit_of_work() as store:
        (recent,) = await store.recent(await store.networks(alert.network_ids), NOW - timedelta(hours=1))
    assert (recent.alert_id, recent.kind) == (alert.alert_id, alert.kind)


async def _put(stored: OnPostgres, alert_id: UUID, schema: int, row: dict[str, object]) -> None:
    document = json.dumps(row | {"alert_id": str(alert_id)})
    await stored.database.pool.execute("update alert set document = $1, schema = $2", document, schema)
