"""A consumer's transaction ends at its time limit; the next transactions apply the rest of the batch once."""

import asyncpg
import pytest

from buurtsein_contracts import uuid7
from harness.by_hand import Bench, record

STREAMS = 12


async def transactions(bench: Bench) -> int:
    number: int = await bench.connection.fetchval("select count(distinct xmin::text) from applied")
    return number


@pytest.fixture
def hasty(bench: Bench) -> Bench:
    """Return a consumer whose time limit for a transaction suffices for one stream only."""
    bench.consumer._seconds = 0
    return bench


async def test_a_batch_within_the_time_limit_is_one_transaction(bench: Bench) -> None:
    bench.consumer._seconds = 3600
    await bench.deliver(*[record(uuid7(), 1) for _ in range(STREAMS)])
    assert await transactions(bench) == 1


async def test_a_batch_over_the_time_limit_is_applied_in_several_transactions_in_order(hasty: Bench) -> None:
    keys = [uuid7() for _ in range(STREAMS)]
    await hasty.deliver(*[record(key, version) for version in (1, 2) for key in keys])
    assert await transactions(hasty) >= STREAMS
    assert [await hasty.versions(key) for key in keys] == [[1, 2]] * STREAMS
    assert await hasty.connection.fetchval("select count(*) from inbox") == 2 * STREAMS


async def test_events_committed_before_a_failure_are_not_applied_again(hasty: Bench) -> None:
    keys = [uuid7() for _ in range(STREAMS)]
    batch = [record(key, 1) for key in keys]
    await hasty.connection.execute(f"alter table applied add constraint stop check (key <> '{keys[5]}')")
    await hasty.connection.execute("revoke insert on dead_letter from registry_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await hasty.deliver(*batch)
    assert await hasty.connection.fetchval("select count(*) from inbox") == 5
    await hasty.connection.execute("alter table applied drop constraint stop")
    hasty.offset = 0
    await hasty.deliver(*batch)
    assert [await hasty.versions(key) for key in keys] == [[1]] * STREAMS


async def test_a_transaction_stores_nothing_of_the_records_that_are_left(hasty: Bench) -> None:
    failing, fine, early = uuid7(), uuid7(), uuid7()
    await hasty.refuse_second()
    await hasty.deliver(record(failing, 1), record(failing, 2), record(early, 2), record(fine, 1))
    assert [await hasty.versions(key) for key in (failing, fine, early)] == [[1], [1], []]
    assert await hasty.parked(early) == [2]
    assert [letter["version"] for letter in await hasty.letters(failing)] == [2]
    await hasty.deliver(record(early, 1))
    assert await hasty.versions(early) == [1]
    assert await hasty.connection.fetchval("select count(*) from inbox") == 5
