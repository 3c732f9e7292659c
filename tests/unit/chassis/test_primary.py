"""With several PostgreSQL servers, a session is opened only on the server that was promoted last."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from buurtsein_chassis import primary
from buurtsein_chassis.database import commit
from buurtsein_chassis.primary import FormerPrimary

DSN = "postgresql://app:geheim@one:5432,two:5433/reports?target_session_attrs=read-write"


connect: Any = primary.connect


class FakeConnection:
    """A fake session on a server with a timeline number; it remembers whether it was closed."""

    def __init__(self, timeline: int) -> None:
        self.timeline, self.given_up = timeline, False

    async def fetchval(self, _query: str) -> int:
        return self.timeline

    def terminate(self) -> None:
        self.given_up = True


class Servers:
    """Fake PostgreSQL servers: each host gives a session, or an error for a connection."""

    def __init__(self, answers: Mapping[str, FakeConnection | Exception]) -> None:
        self.answers = answers

    async def connect(self, dsn: str, **_options: Any) -> FakeConnection:
        answer = self.answers[str(urlsplit(dsn).hostname)]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(primary, "_highest", {})


def answering(monkeypatch: pytest.MonkeyPatch, **answers: FakeConnection | Exception) -> None:
    monkeypatch.setattr(asyncpg, "connect", Servers(answers).connect)


@pytest.mark.parametrize(("one", "two"), [(1, 2), (2, 1)])
async def test_of_two_servers_that_take_writes_the_one_promoted_last_is_used(
    monkeypatch: pytest.MonkeyPatch, one: int, two: int
) -> None:
    servers = [FakeConnection(one), FakeConnection(two)]
    answering(monkeypatch, one=servers[0], two=servers[1])
    latest, former = sorted(servers, key=lambda server: -server.timeline)
    assert await connect(DSN) is latest
    assert former.given_up
    assert not latest.given_up


@pytest.mark.parametrize("away", [ConnectionRefusedError(), TimeoutError(), asyncpg.TargetServerAttributeNotMatched()])
async def test_a_server_that_is_away_or_a_standby_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, away: Exception
) -> None:
    left = FakeConnection(1)
    answering(monkeypatch, one=away, two=left)
    assert await connect(DSN) is left


async def test_a_former_primary_is_refused_although_it_alone_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, one=ConnectionRefusedError(), two=FakeConnection(2))
    await connect(DSN)
    former = FakeConnection(1)
    answering(monkeypatch, one=former, two=ConnectionRefusedError())
    with pytest.raises(FormerPrimary):
        await connect(DSN)
    assert former.given_up


async def test_a_server_that_never_answers_costs_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    left = FakeConnection(1)

    async def silent_or_not(dsn: str, **_options: Any) -> FakeConnection:
        if "two" not in dsn:
            await asyncio.Event().wait()
        return left

    monkeypatch.setattr(asyncpg, "connect", silent_or_not)
    assert await connect(DSN, timeout=0.05) is left


async def test_what_a_server_said_is_told_rather_than_that_the_other_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, one=asyncpg.InvalidPasswordError("no"), two=ConnectionRefusedError())
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(DSN)


async def test_one_host_is_asked_for_no_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    only = FakeConnection(-1)
    answering(monkeypatch, one=only)
    assert await connect("postgresql://app:geheim@one/reports") is only
    assert primary._highest == {}


class Waits:
    """A fake session whose commit waits for a standby until the session is closed."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.cancelled = False

    async def commit(self) -> None:
        try:
            await self.ended.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        raise asyncpg.ConnectionDoesNotExistError("given up")

    def terminate(self) -> None:
        self.ended.set()


async def test_a_commit_that_takes_too_long_is_given_up_and_not_cancelled() -> None:
    waits: Any = Waits()
    with pytest.raises(TimeoutError):
        await commit(waits, waits, 0.01)
    assert waits.ended.is_set()
    assert not waits.cancelled


async def test_a_commit_is_not_cancelled_with_the_request_either() -> None:
    waits: Any = Waits()
    request = asyncio.create_task(commit(waits, waits, 60))
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert waits.ended.is_set()
    assert not waits.cancelled
