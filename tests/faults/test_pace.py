"""A permanent failure is never retried; any other failure is retried with a growing delay (fault 12)."""

from datetime import datetime

import pytest

from buurtsein_contracts import uuid7
from harness.account import Account
from harness.kafka import good
from harness.ledger import Ledger
from harness.waiting import wait_until

ATTEMPTS_A_SECOND = 5
ENOUGH = 5
"""The number of attempts after which the test has seen enough of the delays between them."""


async def test_12_a_permanent_failure_is_a_dead_letter_after_one_attempt(ledger: Ledger, account: Account) -> None:
    key, value, headers = good(uuid7(), 1)
    poison = [(key, b"no json", headers), (key, None, headers), (key, value, []), good(uuid7(), 1, "poison")]
    places = await ledger.send(*poison, good(uuid7(), 1))
    await ledger.up("worker")
    await ledger.settled()
    await ledger.send(good(uuid7(), 1))
    await ledger.settled()
    told = [(entry["partition"], entry["offset"]) for entry in ledger.log_lines("consumer.dead_letter")]
    assert sorted(told) == sorted(places[: len(poison)])
    assert not ledger.log_lines("consumer.retry")
    account.times = len(poison)


@pytest.mark.thorough
async def test_12_a_temporary_failure_is_retried_with_growing_delays(ledger: Ledger, account: Account) -> None:
    """A table is missing until an operator creates it; the consumer retries the batch until then."""
    await ledger.connection.execute("alter table inbox rename to inbox_away")
    await ledger.send(good(uuid7(), 1), good(uuid7(), 1))
    ledger.start("worker")

    async def tried() -> bool:
        return len(ledger.log_lines("consumer.retry")) >= ENOUGH

    await wait_until(f"{ENOUGH} attempts", tried, 60)
    moments = [datetime.fromisoformat(entry["timestamp"]) for entry in ledger.log_lines("consumer.retry")]
    attempts, seconds = len(moments) - 1, (moments[-1] - moments[0]).total_seconds()
    assert attempts / seconds < ATTEMPTS_A_SECOND
    with account.recovery():
        await ledger.connection.execute("alter table inbox_away rename to inbox")
        await ledger.wait_until_applied(2)
    account.balance(await ledger.check())
    account.times = attempts
    account.bound = f"{attempts / seconds:.1f} attempts a second; under {ATTEMPTS_A_SECOND}, asserted"
