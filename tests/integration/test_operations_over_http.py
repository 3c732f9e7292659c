"""The operators' routes work over HTTP with no more database rights than the service has."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from buurtsein_chassis.jobs import Every, Job, job_runs
from buurtsein_chassis.manifest import Manifest
from buurtsein_chassis.operations.direct import direct_app
from buurtsein_contracts import uuid7
from buurtsein_contracts.events import BeAlertJoined
from harness.by_hand import TOPIC, Bench, record
from harness.databases import FreshDatabase, opened

TIDYING = Job("tidying", Every(3600))
MANIFEST = Manifest(name="registry", package="buurtsein_registry", jobs=(TIDYING,))
WHY = "the cause is mended"


class Operations:
    """Sends requests with an operator's token and returns the answers."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, **asked: Any) -> Any:
        answer = await self._client.get(f"/v1/operations/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def act(self, path: str, *, dry_run: bool = False, **body: Any) -> Any:
        answer = await self._post(path, dry_run=dry_run, **({"reason": WHY} | body))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, **body: Any) -> tuple[int, str]:
        answer = await self._post(path, dry_run=False, **body)
        return answer.status_code, answer.json()["code"]

    async def _post(self, path: str, *, dry_run: bool, **body: Any) -> httpx.Response:
        return await self._client.post(f"/v1/operations/{path}", params={"dry_run": dry_run}, json=body)


@pytest.fixture
async def client(ledger_database: FreshDatabase) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        direct_app(MANIFEST, ledger_database.app, "p1234") as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry") as opened_client,
    ):
        yield opened_client


@pytest.fixture
def operations(client: httpx.AsyncClient) -> Operations:
    return Operations(client)


def joined(network: str) -> BeAlertJoined:
    content = {"network_id": network, "agreement_version": "1", "actor": "p" + "0" * 32}
    return BeAlertJoined.model_validate(content | {"joined_at": "2026-11-24T08:00:00Z"})


async def test_dead_letters_are_listed_page_by_page(bench: Bench, operations: Operations) -> None:
    await bench.deliver(*[(b"?", [("number", str(n).encode())]) for n in range(3)])
    first = await operations.get("dead-letters", limit=2)
    rest = await operations.get("dead-letters", limit=2, cursor=first["next"])
    assert [letter["reason"] for letter in first["items"] + rest["items"]] == ["invalid_event"] * 3
    assert "next" not in rest
    ids = [letter["id"] for letter in first["items"]]
    assert [letter["id"] for letter in (await operations.get("dead-letters", id=ids))["items"]] == ids
    assert (await operations.get("dead-letters", consumer="another"))["items"] == []


async def test_the_value_of_a_dead_letter_is_shown_on_request_and_recorded(
    bench: Bench, operations: Operations
) -> None:
    await bench.deliver((b"somebody's words", [("number", b"one")]))
    [letter] = (await operations.get("dead-letters"))["items"]
    shown = await operations.get(f"dead-letters/{letter['id']}")
    assert (shown["headers"], "value" in shown) == ({"number": "one"}, False)
    assert await bench.audit() == []
    shown = await operations.get(f"dead-letters/{letter['id']}", payload=True)
    assert shown["value"] == "somebody's words"
    assert await bench.audit() == [("p1234", "dead-letters payload", None)]


async def test_dead_letters_are_redriven_and_discarded(bench: Bench, operations: Operations) -> None:
    keys = [uuid7(), uuid7()]
    await bench.refuse_second()
    await bench.deliver(*[record(key, version) for key in keys for version in (1, 2, 3)])
    again, given_up = [letter["id"] for letter in (await operations.get("dead-letters"))["items"]]
    would = await operations.act("redrives", ids=[again], dry_run=True)
    assert would == {"outcomes": [{"id": again, "outcome": "would-be"}]}
    assert await bench.audit() == []

    await bench.accept_second()
    done = await operations.act("redrives", ids=[again, 987654])
    assert [one["outcome"] for one in done["outcomes"]] == ["redriven", "settled"]
    done = await operations.act("discards", ids=[given_up])
    assert [one["outcome"] for one in done["outcomes"]] == ["discarded"]
    await bench.sweep()
    assert [await bench.versions(key) for key in keys] == [[1, 2, 3], [1, 3]]
    assert await bench.audit() == [("p1234", "dead-letters redrive", WHY), ("p1234", "dead-letters discard", WHY)]


async def test_a_parked_stream_that_did_not_change_is_released(bench: Bench, operations: Operations) -> None:
    keys = sorted([uuid7(), uuid7()], key=str)
    await bench.deliver(*[record(key, version) for key in keys for version in (1, 4)])
    first = await operations.get("parked", limit=1)
    rest = await operations.get("parked", limit=1, cursor=first["next"])
    streams = first["items"] + rest["items"]
    assert [stream["key"] for stream in streams] == [str(key) for key in keys]
    seen = {name: streams[0][name] for name in ("consumer", "topic", "key", "position", "first")}

    assert await operations.act("parked/release", **seen, dry_run=True) == {"outcome": "would-be"}
    assert await operations.act("parked/release", **seen | {"position": 0}) == {"outcome": "moving"}
    assert await operations.act("parked/release", **seen) == {"outcome": "released"}
    await bench.sweep()
    assert await bench.versions(keys[0]) == [1, 4]
    assert await operations.refused("parked/release", **seen, reason=WHY) == (404, "not_parked")
    assert await bench.audit() == [("p1234", "parked release", WHY)]


async def test_a_frozen_stream_goes_back_to_the_outbox(
    bench: Bench, operations: Operations, ledger_database: FreshDatabase
) -> None:
    key = str(uuid7())
    async with opened(ledger_database.app) as database, database.unit_of_work() as uow:
        await uow.record(joined(key), joined(key))
    await bench.connection.execute(
        """with moved as (delete from outbox_pending returning id)
           insert into outbox_frozen (id, topic, key, reason)
           select id, topic, key, 'MessageSizeTooLargeError' from moved join event_log using (id)"""
    )
    assert (await operations.get("outbox"))["frozen_streams"] == 1
    [stream] = (await operations.get("outbox/frozen"))["items"]
    named = {"topic": stream["topic"], "key": stream["key"]}
    assert await operations.act("outbox/unfreeze", **named, dry_run=True) == {"events": 2}
    assert await operations.act("outbox/unfreeze", **named) == {"events": 2}
    after = await operations.get("outbox")
    assert (after["pending"], after["frozen_streams"]) == (2, 0)
    assert await operations.refused("outbox/unfreeze", **named, reason=WHY) == (404, "not_frozen")


async def test_the_log_is_published_again(bench: Bench, operations: Operations, ledger_database: FreshDatabase) -> None:
    key, other = str(uuid7()), str(uuid7())
    async with opened(ledger_database.app) as database, database.unit_of_work() as uow:
        await uow.record(joined(key), joined(other))
    await bench.connection.execute("delete from outbox_pending")
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    assert await operations.act("replays/log", topic=TOPIC, since=since, dry_run=True) == {"events": 2}
    assert await operations.act("replays/log", topic=TOPIC, since=since, key=key) == {"events": 1}
    assert (await operations.get("outbox"))["pending"] == 1
    foreign = {"topic": "bin.alerts", "since": since, "reason": WHY}
    assert await operations.refused("replays/log", **foreign) == (404, "topic_not_owned")


async def test_a_job_is_listed_before_it_ever_ran_and_can_be_run_now(bench: Bench, operations: Operations) -> None:
    [job] = (await operations.get("jobs"))["jobs"]
    assert (job["name"], job["schedule"], job["runs"]) == ("tidying", "every 3600 s", 0)
    assert await operations.act("jobs/tidying/run", dry_run=True) == {"outcome": "would-be"}
    assert await operations.act("jobs/tidying/run") == {"outcome": "queued"}
    assert await job_runs.claim_due(bench.connection, [TIDYING], uuid7()) == {"tidying"}
    assert await operations.act("jobs/tidying/run") == {"outcome": "running"}
    assert await operations.refused("jobs/unknown/run", reason=WHY) == (404, "job_unknown")
    assert await bench.audit() == [("p1234", "jobs run", WHY)] * 2


async def test_an_act_after_its_dry_run_with_the_same_key_is_not_taken_for_the_dry_run(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A request without a query has the same stored hash as in an earlier release, and gets its stored answer again."""
    key, path = {"Idempotency-Key": "one-key"}, "/v1/operations/jobs/tidying/run"
    dry = await client.post(path, params={"dry_run": True}, json={"reason": WHY}, headers=key)
    again = await client.post(path, params={"dry_run": True}, json={"reason": WHY}, headers=key)
    assert (dry.json(), again.json()) == ({"outcome": "would-be"}, {"outcome": "would-be"})
    assert again.headers["Idempotent-Replayed"] == "true"
    refused = await client.post(path, json={"reason": WHY}, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert await bench.audit() == []

    for _ in range(2):
        assert (await client.post(path, json={"reason": WHY}, headers={"Idempotency-Key": "2"})).status_code == 200
    assert len(await bench.audit()) == 1
    digest = hashlib.sha256(b'{"reason":"the cause is mended"}').hexdigest()
    stored = await bench.connection.fetchval("select request_sha256 from idempotency where key = '2'")
    assert stored == digest


async def test_a_summary_counts_what_may_need_an_operator(bench: Bench, operations: Operations) -> None:
    await bench.deliver((b"?", []), record(uuid7(), 3))
    told = await operations.get("summary")
    assert (told["service"], told["dead_letters"], told["parked_streams"]) == ("registry", 1, 1)
    assert (told["failed_jobs"], told["outbox"]["pending"]) == ([], 0)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("discards", {"ids": [1]}),
        ("discards", {"ids": [1], "reason": "  "}),
        ("discards", {"ids": [], "reason": WHY}),
        ("discards", {"ids": list(range(1, 102)), "reason": WHY}),
        ("discards", {"ids": [2**63], "reason": WHY}),
        ("jobs/tidying/run", {}),
        ("replays/log", {"topic": TOPIC, "since": "2026-01-01T00:00:00", "reason": WHY}),
    ],
)
async def test_a_request_with_a_wrong_field_is_refused(operations: Operations, path: str, body: dict[str, Any]) -> None:
    assert await operations.refused(path, **body) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["dead-letters?limit=201", "parked?limit=201", "outbox/frozen?limit=0"])
async def test_a_page_has_a_maximum_size(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/v1/operations/{path}")).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "[]", '["a"]', "[1,2,3]", "{}"])
async def test_a_made_up_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/v1/operations/parked", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unknown")
