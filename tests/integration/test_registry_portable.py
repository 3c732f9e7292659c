"""What the registry exports as CSV can be imported again, into the same registry and into another one."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx
import pytest
from unit.registry.registry_memory import APPLICANT, GIVEN, MAYOR, NEIGHBOUR, OFFICER, joining, recognised

from buurtsein_operate.imports import Service, send_all
from buurtsein_operate.imports.registry import Coordinators, Members, Networks
from buurtsein_operate.imports.sending import Destination
from buurtsein_operate.registry_lists import COORDINATORS, MEMBERS, NETWORKS
from buurtsein_operate.sheets import Form, read
from buurtsein_registry import api, handlers
from buurtsein_registry.store import RegistryStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import app_of, caller
from harness.stores import PostgresStore

POLICE, CITY = caller(OFFICER, "officer"), caller("p" + "7" * 32, "city-officer")
REASON = {"X-Reason": "overdracht van de lijst"}


class Registry:
    """A registry with an empty database, which a test calls over HTTP."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.stored = PostgresStore(database, lambda uow: RegistryStore(uow, GIVEN.keyring))

    def client(self, headers: dict[str, str]) -> httpx.AsyncClient:
        app = app_of(api.router, GIVEN)
        app.state.database = self._database
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers)

    async def exported(self, path: str, where: Path, headers: dict[str, str]) -> Path:
        async with self.client(headers) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        where.write_bytes(answer.content)  # noqa: ASYNC240 - a small file of a test
        return where

    async def imported(
        self, file: Path, form: Form, headers: dict[str, str], to: Callable[[Service], Destination]
    ) -> list[str]:
        async with self.client(headers) as client:
            return [one.result async for one in send_all(read(file, form).rows(), to(Service(client)))]


@asynccontextmanager
async def empty_registry(servers: RunningServers) -> AsyncIterator[Registry]:
    async with fresh_database(servers, "registry") as where, opened(where.app) as database:
        yield Registry(database)


@pytest.fixture
async def first(servers: RunningServers) -> AsyncIterator[Registry]:
    async with empty_registry(servers) as registry:
        yield registry


@pytest.fixture
async def second(servers: RunningServers) -> AsyncIterator[Registry]:
    async with empty_registry(servers) as registry:
        yield registry


def cells(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""), delimiter=";"))


def without_own(row: dict[str, str]) -> dict[str, str]:
    """Return a member's row without the values that each registry makes itself."""
    return {name: cell for name, cell in row.items() if name not in {"nummer", "lid_sinds", "adres_id"}}


def members(service: Service) -> Destination:
    return Members(service, "buurtsein", "overdracht van de lijst")


def networks(service: Service) -> Destination:
    return Networks(service, "buurtsein", "overdracht van de lijst")


async def test_members_are_exported_with_their_names_and_imported_elsewhere(
    first: Registry, second: Registry, tmp_path: Path
) -> None:
    for registry in (first, second):
        async with registry.stored.unit_of_work() as store:
            made = await recognised(store)
            if registry is first:
                await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
                await handlers.join(made.network_id, joining(name="Bo Test"), MAYOR, GIVEN, store)
    path = f"/v1/networks/{await _only_network(first)}/register"
    register = await first.exported(path, tmp_path / "leden.csv", POLICE | REASON)
    assert [(row["naam"], row["gsm"]) for row in cells(register)] == [
        ("Ann Voorbeeld", "'+32470123456"),
        ("Bo Test", "'+32470123456"),
    ]
    assert await first.imported(register, MEMBERS, POLICE, members) == ["duplicate"] * 2
    assert await second.imported(register, MEMBERS, POLICE, members) == ["accepted"] * 2
    assert await second.imported(register, MEMBERS, POLICE, members) == ["duplicate"] * 2
    path = f"/v1/networks/{await _only_network(second)}/register"
    again = await second.exported(path, tmp_path / "opnieuw.csv", POLICE | REASON)
    assert sorted(map(without_own, cells(again)), key=itemgetter("naam")) == [*map(without_own, cells(register))]
    noted = await first.stored.database.pool.fetch("select reader, role from vault_read")
    assert [tuple(row) for row in noted] == [(OFFICER, "officer")] * 2


async def test_names_are_not_exported_without_a_reason_or_to_the_city(first: Registry) -> None:
    async with first.stored.unit_of_work() as store:
        made = await recognised(store)
    for headers, status in ((POLICE, 422), (CITY | REASON, 403), (caller(APPLICANT, "coordinator") | REASON, 403)):
        async with first.client(headers) as client:
            assert (await client.get(f"/v1/networks/{made.network_id}/register")).status_code == status


async def test_networks_and_coordinators_are_imported_from_their_exports(
    first: Registry, second: Registry, tmp_path: Path
) -> None:
    async with first.stored.unit_of_work() as store:
        network = await recognised(store)
        assert network.recognition
        network.recognition.document_sha256 = "a" * 64  # the hash of a letter, which is optional for a new network
        await store.save_network(network)
    dossiers = await first.exported("/v1/dossiers?format=csv", tmp_path / "netwerken.csv", CITY)
    coordinators = await first.exported("/v1/coordinators?format=csv", tmp_path / "coordinatoren.csv", POLICE)
    assert await first.imported(dossiers, NETWORKS, CITY, networks) == ["duplicate"]
    assert await first.imported(coordinators, COORDINATORS, POLICE, Coordinators) == ["duplicate"]
    assert await second.imported(dossiers, NETWORKS, CITY, networks) == ["accepted"]
    assert await second.imported(dossiers, NETWORKS, CITY, networks) == ["duplicate"]
    assert await second.imported(coordinators, COORDINATORS, POLICE, Coordinators) == ["accepted"]
    [row] = cells(await second.exported("/v1/dossiers?format=csv", tmp_path / "opnieuw.csv", CITY))
    assert (row["status"], row["aanvrager"], row["gebied"]) == ("RECOGNISED", APPLICANT, cells(dossiers)[0]["gebied"])
    days = {"erkend_van", "kenmerk_fod", "brief_sha256", "charter_getekend_op", "korpschef_op", "burgemeester_op"}
    assert {name: row[name] for name in days} == {name: cells(dossiers)[0][name] for name in days}


async def _only_network(registry: Registry) -> Any:
    return await registry.stored.database.pool.fetchval("select network_id from network")


async def test_two_memberships_with_the_same_name_and_phone_number_are_suggested_as_one(first: Registry) -> None:
    async with first.stored.unit_of_work() as store:
        made = await recognised(store)
        one = await handlers.join(made.network_id, joining(name="Renée Peeters"), NEIGHBOUR, GIVEN, store)
        same = await handlers.join(made.network_id, joining(name="peeters Renee"), MAYOR, GIVEN, store)
        await handlers.join(made.network_id, joining(name="Jan Peeters"), OFFICER, GIVEN, store)
    async with first.client(POLICE) as client:
        listed = (await client.get(f"/v1/networks/{made.network_id}/members")).json()["items"]
    found = {item["member_id"]: item["similar"] for item in listed if item["similar"]}
    assert found == {str(one.member_id): [str(same.member_id)], str(same.member_id): [str(one.member_id)]}
    stored = await first.stored.database.pool.fetch("select digest from person_likeness")
    assert all(len(row["digest"]) == 32 and b"eeters" not in row["digest"] for row in stored)
