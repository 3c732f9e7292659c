"""Over HTTP on PostgreSQL: yearly evaluations, members' corrections of their data, and tasks need `If-Match`."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from integration.registry_scene import Registry
from unit.registry.registry_memory import APPLICANT, CHIEF, GIVEN, NEIGHBOUR, NOW, OFFICER, by, joining, recognised

from buurtsein_kernel.clock import StandingClock
from buurtsein_registry import api, commands, handlers
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.tasks import TaskKind, task_due
from harness.in_process import caller, serving
from harness.problems import refused

NEXT_SPRING = replace(GIVEN, clock=StandingClock(datetime(2027, 4, 1, 9, tzinfo=UTC)))
FIGURES = {"hot_by_day": 3, "hot_by_night": 2, "cold_feedback": 4, "cold_prevention": 10}
COORDINATOR, POLICE = caller(APPLICANT, "coordinator"), caller(OFFICER, "mandated-officer")
MEMBER = caller(NEIGHBOUR, "member")


@pytest.fixture
async def client(registry: Registry) -> AsyncIterator[httpx.AsyncClient]:
    """Yield an HTTP client of a registry whose clock stands in April 2027."""
    async with serving(api.router, registry.database, NEXT_SPRING) as client:
        yield client


@pytest.fixture
async def network(registry: Registry) -> Network:
    """Return a network that was recognised in 2026, with a mandated officer, a member and a task."""
    async with registry.unit_of_work() as store:
        made = await recognised(store)
        mandate = commands.MandateOfficer(officer=OFFICER)
        await handlers.mandate_officer(made.network_id, mandate, await by(store, made, CHIEF), GIVEN, store)
        await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
        await store.open_task(task_due(TaskKind.INFORM_FOD, made.network_id, 30, NOW))
    return made


async def risks(client: httpx.AsyncClient) -> list[str]:
    [item] = (await client.get("/continuity", headers=caller(CHIEF, "korpschef"))).json()["items"]
    return list(item["risks"])


async def test_an_overdue_evaluation_is_a_risk_until_two_persons_have_signed_it(
    client: httpx.AsyncClient, network: Network
) -> None:
    path = f"/networks/{network.network_id}/evaluations"
    assert "evaluation_overdue" in await risks(client)
    shown = await client.get(path, headers=COORDINATOR)
    counted = {"members": 1, "joined": 1, "left": 0}
    assert shown.json() == {"items": [], "next": {"year": 2026, "due_on": "2027-03-31", "counted": counted}}
    refused(await client.get(path, headers=caller(NEIGHBOUR, "coordinator")), 404, "network_unknown")
    refused(await client.put(f"{path}/2026", json=FIGURES, headers=COORDINATOR), 428, "if_match_missing")
    answer = await client.put(f"{path}/2026", json=FIGURES, headers=COORDINATOR | tag(shown))
    for who in (COORDINATOR, POLICE):
        assert answer.is_success, answer.text
        assert "evaluation_overdue" in await risks(client)
        answer = await client.post(f"{path}/2026/signature", headers=who | tag(answer))
    assert "evaluation_overdue" not in await risks(client)
    [signed] = (await client.get(path, headers=POLICE)).json()["items"]
    assert (signed["signed"], signed["counted"], signed["officer"]["person"]) == (True, counted, OFFICER)
    again = await client.put(f"{path}/2026", json=FIGURES, headers=COORDINATOR | tag(answer))
    refused(again, 409, "evaluation_signed")


async def test_a_member_corrects_their_data_only_on_the_version_that_was_read(
    client: httpx.AsyncClient, network: Network
) -> None:
    assert network.in_force(date(2026, 12, 1))
    path, right = "/persons/me/data", {"name": "Ann Nieuw", "mobile": "0471123456"}
    shown = await client.get(path, headers=MEMBER)
    refused(await client.put(path, json=right, headers=MEMBER), 428, "if_match_missing")
    assert (await client.put(path, json=right, headers=MEMBER | tag(shown))).is_success
    refused(await client.put(path, json=right, headers=MEMBER | tag(shown)), 412, "version_changed")
    [membership] = shown.json()["memberships"]
    file = f"/members/{membership['stored']['member_id']}"
    moved = {"address": {"street": "Molenstraat", "house_number": "3", "postcode": "9300"}}
    seen = await client.get(file, headers=MEMBER)
    assert (await client.put(f"{file}/address", json=moved, headers=MEMBER | tag(seen))).is_success
    refused(await client.put(f"{file}/address", json=moved, headers=MEMBER | tag(seen)), 412, "version_changed")


async def test_a_task_is_done_once_by_who_has_read_it(client: httpx.AsyncClient, network: Network) -> None:
    official = caller(CHIEF, "korpschef")
    listed: Any = await client.get("/tasks", params={"network_id": str(network.network_id)}, headers=official)
    [task] = listed.json()["items"]
    path, seen = f"/tasks/{task['task_id']}/completion", {"If-Match": f'"{task["version"]}"'}
    refused(await client.post(path, headers=official), 428, "if_match_missing")
    done = await client.post(path, headers=official | seen)
    assert done.json()["done_by"] == CHIEF
    refused(await client.post(path, headers=official | seen), 412, "version_changed")
    refused(await client.post(path, headers=official | tag(done)), 409, "task_done")


def tag(answer: httpx.Response) -> dict[str, str]:
    """Return the header `If-Match` with the ETag of a response."""
    return {"If-Match": answer.headers["ETag"]}
