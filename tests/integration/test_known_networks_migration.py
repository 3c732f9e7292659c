"""A migration converts the previous release's rows about networks, and marks them for a rebuild."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from buurtsein_chassis import migrations
from buurtsein_chassis.migrations import migrate, migrations_for
from buurtsein_chassis.projections import Projection
from buurtsein_contracts import KnownNetwork, uuid7
from buurtsein_contracts.known_network import NotRecognised
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.projections import known_networks as of_funding
from buurtsein_notifier.domain.facts import Network, Obstacle
from buurtsein_notifier.projections import known_networks as of_notifier
from buurtsein_reports.projections import known_networks as of_reports
from buurtsein_stack.servers import RunningServers
from harness.databases import in_database

KEY, OTHER = uuid7(), uuid7()
AREA = {"type": "Polygon", "coordinates": [[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]]}
SPRING, MAY = date(2026, 4, 1), date(2026, 5, 1)
MIGRATIONS = {"reports": "0006", "funding": "0003", "notifier": "0008"}


@asynccontextmanager
async def filled(
    servers: RunningServers, service: str, monkeypatch: pytest.MonkeyPatch, insert: str, *rows: Any
) -> AsyncIterator[asyncpg.Connection]:
    """Yield a migrated database whose rows were inserted before the migration `known_networks`."""
    name = f"{service}_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(servers.superuser_dsn)
    await admin.execute(f"create database {name} owner {service}_migrator")
    dsn = in_database(servers.dsn(service, "migrator"), name)
    before = [one for one in migrations_for(service) if f"{MIGRATIONS[service]}_known_networks" not in one.name]
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "migrations_for", lambda _: before)
        await migrate(dsn, service)
    connection = await asyncpg.connect(dsn)
    await connection.executemany(insert, rows)
    assert await migrate(dsn, service) == [f"buurtsein_{service}/{MIGRATIONS[service]}_known_networks.sql"]
    try:
        yield connection
    finally:
        await connection.close()
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


async def read(connection: asyncpg.Connection, projection: Projection[KnownNetwork]) -> dict[str, KnownNetwork]:
    version = await connection.fetchval("select version from projection where name = $1", projection.name)
    assert version < projection.version
    return await projection.load(connection, [str(KEY), str(OTHER)])


async def test_the_networks_of_reports_are_recognised_on_the_same_days(
    servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = """insert into known_network
        (west, south, east, north, network_id, code, kind, area, recognised_from, recognised_until, suspended_from,
         suspended_until, reinstated_from, ended)
        values (4.0, 50.9, 4.1, 51.0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
    rows = (
        (KEY, "BIN-A-0001", "BIN", json.dumps(AREA), date(2026, 1, 1), date(2026, 12, 31), SPRING, None, MAY, False),
        (OTHER, "BINZ-A-0002", "BIN-Z", json.dumps(AREA), date.min, None, None, None, None, True),
    )
    async with filled(servers, "reports", monkeypatch, insert, *rows) as connection:
        known = await read(connection, of_reports)
        boxes = await connection.fetch("select west, north from known_network")
    network, ended = known[str(KEY)], known[str(OTHER)]
    days = [date(2025, 12, 31), date(2026, 1, 1), SPRING, MAY, date(2027, 1, 1)]
    assert [network.is_recognised_on(day) for day in days] == [False, True, False, True, False]
    assert ended.why_not_recognised_on(MAY) is NotRecognised.ENDED
    assert network.charter is not None
    assert (network.charter.code, network.charter.area.bounds) == ("BIN-A-0001", (4.0, 50.9, 4.1, 51.0))
    assert [tuple(row) for row in boxes] == [(4.0, 51.0)] * 2


async def test_the_conditions_of_funding_have_the_same_answers(
    servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, coordinator = [str(uuid7()) for _ in range(5)], "p" + "c" * 32
    document = {
        "network_id": str(KEY),
        "kind": "BIN",
        "name": "Mijlbeek",
        "approval": {"event_id": ids[0], "decided_on": {"korpschef": "2026-01-02", "burgemeester": "2026-01-03"}},
        "recognition": {
            "event_id": ids[1], "status": "ACTIEF", "start": "2026-01-05", "end": None, "reference": "VP/417",
        },
        "suspension": {
            "event_id": ids[2], "start": "2026-04-01", "end": None, "reference": "VP/518", "lifted_on": "2026-05-01",
        },
        "ended": None,
        "coordinators": {coordinator: {"event_id": ids[3], "appointed_on": "2026-01-01"}},
        "be_alert": {"event_id": ids[4], "agreement_version": "2026-1", "joined_on": "2026-01-06"},
    }  # fmt: skip
    nothing: dict[str, Any] = {
        "network_id": str(OTHER),
        "kind": None,
        "name": None,
        "approval": None,
        "coordinators": {},
    }
    insert = "insert into known_network (network_id, document) values ($1, $2)"
    rows = (KEY, json.dumps(document)), (OTHER, json.dumps(nothing))
    async with filled(servers, "funding", monkeypatch, insert, *rows) as connection:
        known = await read(connection, of_funding)
    answers = conditions_of(known[str(KEY)], coordinator, "1", MAY)
    assert [answer.met for answer in answers] == [True] * 4
    assert [str(answer.evidence) for answer in answers] == [ids[0], ids[1], ids[3], ids[4]]
    assert answers[3].why == "Het netwerk heeft BE-Alert (overeenkomst 2026-1) aanvaard op 6 januari 2026."
    assert "op 2 januari 2026, de burgemeester op 3 januari 2026" in answers[0].why
    assert "sinds 1 januari 2026" in answers[2].why
    [_, suspended, *_] = conditions_of(known[str(KEY)], coordinator, "1", SPRING)
    assert (suspended.met, str(suspended.evidence)) == (False, ids[2])
    assert known[str(OTHER)] == KnownNetwork(network_id=OTHER)


async def test_the_networks_of_the_notifier_can_be_alerted_on_the_same_days(
    servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"code": "BIN-A-0001", "name": "BIN Kaai", "kind": "BIN", "nis": "41002", "area": AREA}
    absent = dict.fromkeys(("recognised_until", "suspended_until", "reinstated_from"))
    days = {"recognised_from": "2026-01-01", "suspended_from": "2026-05-01", "be_alert_version": "2026-1"}
    insert = """insert into known_network (network_id, document, west, south, east, north)
                values ($1, $2, 4.0, 50.9, 4.1, 51.0)"""
    rows = [
        (key, json.dumps(told | absent | days | {"network_id": str(key), "ended": key is OTHER}))
        for key in (KEY, OTHER)
    ]
    async with filled(servers, "notifier", monkeypatch, insert, *rows) as connection:
        known = await read(connection, of_notifier)
    network, ended = Network.of(known[str(KEY)]), Network.of(known[str(OTHER)])
    assert network
    assert ended
    assert [network.obstacle(day) for day in (SPRING, MAY)] == [None, Obstacle.SUSPENDED]
    assert ended.obstacle(SPRING) is Obstacle.ENDED
    assert (network.name, network.coordinators) == ("BIN Kaai", 0)
