"""After a restore, a service copies published events back into its event log and counts on from the last one."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from buurtsein_chassis.database import Database
from buurtsein_chassis.manifest import Manifest
from buurtsein_chassis.operations.direct import direct_app
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_kernel.problems import DomainError
from harness.by_hand import TOPIC
from harness.databases import FreshDatabase, opened

MANIFEST = Manifest(name="registry", package="buurtsein_registry")
WHY = "the database was restored"


def joined(network: str, version: str = "1", at: str = "2026-11-24T08:00:00Z") -> BeAlertJoined:
    content = {"network_id": network, "agreement_version": version, "actor": "p" + "0" * 32, "joined_at": at}
    return BeAlertJoined.model_validate(content)


def published(data: BeAlertJoined, sequence: int) -> dict[str, Any]:
    """Return a published record in the form in which `buurtsein log recover` sends it to the service."""
    record = to_kafka(Event(uuid7(), "urn:be:bin:test:registry", data.joined_at, sequence, data))
    return {"headers": {name: text.decode() for name, text in record.headers}, "value": record.value.decode()}


class Log:
    """Sends recovery requests to a service's operators' routes, and reads the service's database."""

    def __init__(self, client: httpx.AsyncClient, database: Database, connection: asyncpg.Connection) -> None:
        self._client = client
        self._database = database
        self.connection = connection

    async def recover(self, *records: dict[str, Any], dry_run: bool = False, topic: str = TOPIC) -> Any:
        body = {"topic": topic, "records": records, "reason": WHY}
        answer = await self._client.post("/v1/operations/log/recoveries", json=body, params={"dry_run": dry_run})
        return answer.json().get("outcomes") or answer.json()["code"]

    async def settle(self, subject: str, *, dry_run: bool = False) -> Any:
        body = {"topic": TOPIC, "subject": subject, "reason": WHY}
        answer = await self._client.post("/v1/operations/log/settlements", json=body, params={"dry_run": dry_run})
        return answer.json().get("events") or answer.json()["code"]

    async def lacking(self) -> list[tuple[str, int]]:
        """Return the subject and version of each recovered event that the service's state lacks, read page by page."""
        found, cursor = [], None
        while True:
            asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await self._client.get("/v1/operations/log/recovered", params=asked)).json()
            found += [(one["subject"], one["version"]) for one in page["items"]]
            cursor = page.get("next")
            if cursor is None:
                return found

    async def record(self, *events: BeAlertJoined) -> None:
        async with self._database.unit_of_work() as uow:
            await uow.record(*events)

    async def versions(self, key: str) -> list[int]:
        rows = await self.connection.fetch("select version from event_log where key = $1 order by id", key)
        return [row["version"] for row in rows]

    async def pending(self) -> int:
        return int(await self.connection.fetchval("select count(*) from outbox_pending"))


@pytest.fixture
async def log(ledger_database: FreshDatabase) -> AsyncIterator[Log]:
    connection = await asyncpg.connect(ledger_database.migrator)
    async with (
        direct_app(MANIFEST, ledger_database.app, "p1234") as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry") as client,
        opened(ledger_database.app) as database,
    ):
        yield Log(client, database, connection)
    await connection.close()


async def test_published_events_are_taken_back_as_they_were_and_are_not_published_again(log: Log) -> None:
    key = str(uuid7())
    await log.record(joined(key))
    await log.connection.execute("delete from outbox_pending")
    second, third = published(joined(key), 2), published(joined(key), 3)
    assert await log.recover(second, third, dry_run=True) == ["recovered", "recovered"]
    assert await log.versions(key) == [1]

    assert await log.recover(second, third) == ["recovered", "recovered"]
    assert await log.recover(second, third) == ["known", "known"]
    row = await log.connection.fetchrow("select *, data::text as text from event_log where version = 2")
    said = second["headers"]
    assert row is not None
    assert (str(row["event_id"]), row["text"], row["source"]) == (said["ce_id"], second["value"], said["ce_source"])
    assert (row["type"], row["data_schema"], row["subject"]) == (
        said["ce_type"],
        said["ce_dataschema"],
        said["ce_subject"],
    )
    assert await log.versions(key) == [1, 2, 3]
    assert await log.pending() == 0
    [audit] = await log.connection.fetch("select who, verb, target, reason from operator_action")
    assert (audit["who"], audit["verb"], audit["reason"]) == ("p1234", "log recover", WHY)


async def test_a_new_event_continues_the_sequence_once_the_recovered_ones_are_settled(log: Log) -> None:
    key, other = str(uuid7()), str(uuid7())
    await log.recover(published(joined(key), 1), published(joined(key), 2), published(joined(other), 1))
    assert await log.lacking() == [(key, 1), (key, 2), (other, 1)]
    with pytest.raises(DomainError) as refused:
        await log.record(joined(key, version="2"))
    assert (refused.value.code, refused.value.members) == ("state_behind_log", {"expected": BeAlertJoined.TYPE})
    assert (await log.versions(key), await log.pending()) == ([1, 2], 0)

    assert await log.settle(key, dry_run=True) == 2
    assert await log.settle(key) == 2
    assert await log.settle(key) == "not_recovered"
    await log.record(joined(key, version="2"))
    assert await log.lacking() == [(other, 1)]
    assert await log.versions(key) == [1, 2, 3]
    assert await log.pending() == 1


async def test_the_same_step_entered_again_settles_a_recovered_event_and_publishes_nothing(log: Log) -> None:
    key = str(uuid7())
    await log.recover(published(joined(key), 1), published(joined(key, version="2"), 2))
    await log.record(joined(key, at="2026-11-25T09:30:00Z"))
    assert await log.lacking() == [(key, 2)]
    with pytest.raises(DomainError):
        await log.record(joined(key, version="3"))
    await log.record(joined(key, version="2"), joined(key, version="3"))
    assert await log.lacking() == []
    assert (await log.versions(key), await log.pending()) == ([1, 2, 3], 1)


@pytest.mark.parametrize(
    ("entered", "same"),
    [
        ('{"id": 1, "reason": "x", "done_at": "later"}', True),
        ('{"id": 1}', True),
        ('{"id": 1, "reason": "y"}', False),
        ('{"id": 1, "reason": "x", "more": true}', False),
        ('{"id": [1], "reason": "x"}', False),
    ],
)
async def test_only_times_and_members_that_are_left_out_may_differ(log: Log, entered: str, same: bool) -> None:
    recorded = '{"id": 1, "reason": "x", "done_at": "then"}'
    assert await log.connection.fetchval("select says_the_same($1, $2)", entered, recorded) is same


async def test_an_event_that_does_not_fit_in_the_log_is_left_out_with_the_reason(log: Log) -> None:
    key, other = str(uuid7()), str(uuid7())
    await log.record(joined(key), joined(key))
    await log.connection.execute("delete from event_log where key = $1 and version = 1", key)
    garbage = published(joined(key), 3) | {"value": '{"network_id": 3}'}
    structured = published(joined(key), 3)
    structured["headers"]["content-type"] = "application/cloudevents+json"
    records = [published(joined(key), 1), published(joined(key), 2), garbage, structured, published(joined(key), 4)]
    outcomes = await log.recover(*records, published(joined(other), 2))
    assert outcomes == ["removed", "conflict", "unreadable", "unreadable", "gap", "gap"]
    assert await log.versions(key) == [2]
    await log.record(joined(other))
    assert await log.versions(other) == [1]


async def test_a_service_recovers_only_events_of_its_own_topics(log: Log) -> None:
    assert await log.recover(published(joined(str(uuid7())), 1), topic="bin.alerts") == "topic_not_owned"


async def test_a_command_that_waits_for_the_recovery_is_refused_too(log: Log, ledger_database: FreshDatabase) -> None:
    """The recovery locks the stream, so that a command that started during it sees the recovered events."""
    key = str(uuid7())
    async with opened(ledger_database.app) as database:
        async with database.unit_of_work() as uow:
            await uow.record(joined(key))
            assert await log.connection.fetchval("select count(*) from event_log") == 0
        assert await log.recover(published(joined(key), 1)) == ["conflict"]
        assert await log.recover(published(joined(key), 2)) == ["recovered"]
        with pytest.raises(DomainError, match="state_behind_log"):
            async with database.unit_of_work() as uow:
                await uow.record(joined(key, version="9"))
