"""A person joins, leaves and is erased: the registry deletes the personal data and consumers get PersonErased."""

import asyncio
import signal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from buurtsein_contracts import Event
from buurtsein_contracts.events.erasure import ErasureReason, PersonErased
from harness.story import network_of_its_own, resident_at
from harness.town import Town

ERASE_ME = "/v1/persons/me/erasure"


@pytest.fixture(scope="module")
def network(town: Town) -> dict[str, Any]:
    return network_of_its_own(town)


@pytest.fixture(autouse=True)
def member_of_nothing(town: Town) -> None:
    """End the memberships that other tests left; the erasure of a person who is still a member is only planned."""
    member = town.client("registry", "member")
    for one in member.get("/v1/me").json()["memberships"]:
        if not one.get("left_at"):
            town.done(member.post(f"/v1/members/{one['member_id']}/departure", json={}))


def join(town: Town, network: dict[str, Any]) -> str:
    """Let a person become a member; return the URL path with which the membership is ended."""
    path = f"/v1/networks/{network['network_id']}/members"
    joined = town.done(town.client("registry", "member").post(path, json=resident_at(network["place"]))).json()
    return f"/v1/members/{joined['member_id']}/departure"


def refused(answer: httpx.Response) -> tuple[int, str, list[str]]:
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("allowed", [])


def erasures(town: Town, principal: str, person: str) -> list[Event[PersonErased]]:
    """Return the erasures of a person that a back-office reads from the topic of members."""
    return [event for event in town.events("bin.erasures", principal) if event.key == person]


def wait_for_one_more(town: Town, principal: str, person: str, before: int) -> Event[PersonErased]:
    """Wait until a back-office reads more than `before` erasures of a person, and return the last one."""
    told: list[Event[PersonErased]] = town.wait_for(
        f"{principal} is told", lambda: erasures(town, principal, person)[before:]
    )
    assert len(told) == 1
    return told[0]


def kept(town: Town, person: str) -> dict[str, Any]:
    """Return how many rows in the registry's database are about a person, and the last row about an erasure."""

    async def ask() -> dict[str, Any]:
        connection = await asyncpg.connect(town.stack.servers.dsn("registry", "migrator"))
        row = await connection.fetchrow(
            """select (select count(*) from person_vault where person = $1) as vault,
                      (select count(*) from member where person = $1) as memberships,
                      (select to_jsonb(e) - 'erasure_id' - 'erased_at' from erasure e
                       order by erasure_id desc limit 1)::text as note""",
            person,
        )
        await connection.close()
        return dict(row or {})

    return asyncio.run(ask())


def test_a_former_member_is_erased_and_both_back_offices_get_the_event(town: Town, network: dict[str, Any]) -> None:
    client, person = town.client("registry", "member"), town.person("member")
    before = len(erasures(town, "police-backoffice", person))
    departure = join(town, network)
    town.done(client.post(departure, json={}))

    again = {"Idempotency-Key": str(uuid4())}
    answers = [town.done(client.post(ERASE_ME, headers=again)) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json().keys() == {"erased_at", "reason"}
    assert refused(client.post(ERASE_ME)) == (404, "person_unknown", [])
    assert client.get("/v1/me").json()["memberships"] == []
    note = '{"reason": "requested", "official": null}'
    assert kept(town, person) == {"vault": 0, "memberships": 0, "note": note}
    for principal in ("police-backoffice", "city-backoffice"):
        told = wait_for_one_more(town, principal, person, before)
        assert (told.key, told.data.person_ref, told.data.reason) == (person, person, ErasureReason.REQUESTED)


def test_a_city_officer_erases_a_deceased_person_and_is_recorded(town: Town, network: dict[str, Any]) -> None:
    officer, person = town.client("registry", "city-officer"), town.person("member")
    path, death = f"/v1/persons/{person}/erasure", {"reason": "deceased"}
    before = len(erasures(town, "city-backoffice", person))
    departure = join(town, network)
    town.done(town.client("registry", "officer").post(departure, json={"reason": "DECEASED"}))

    assert refused(officer.post(path, json={"reason": "retention_ended"}))[:2] == (422, "invalid_request")
    assert town.done(officer.post(path, json=death)).json()["reason"] == "deceased"
    note = f'{{"reason": "deceased", "official": "{town.person("city-officer")}"}}'
    assert kept(town, person) == {"vault": 0, "memberships": 0, "note": note}
    assert wait_for_one_more(town, "city-backoffice", person, before).data.reason is ErasureReason.DECEASED


@pytest.mark.usefixtures("network")
def test_an_unknown_person_is_not_erased_and_a_coordinator_is_planned(town: Town) -> None:
    officer, requested = town.client("registry", "city-officer"), {"reason": "requested"}
    for person in ("p" + "0" * 32, town.person("korpschef")):
        nobody = officer.post(f"/v1/persons/{person}/erasure", json=requested)
        assert refused(nobody) == (404, "person_unknown", [])
    coordinates = officer.post(f"/v1/persons/{town.person('coordinator')}/erasure", json=requested)
    assert coordinates.status_code == 202
    assert coordinates.json()["planned_on"]


def not_confirmed_by_funding(town: Town) -> set[str]:
    """Return the ids of the erasures that funding has not confirmed."""
    listed = town.done(town.client("registry", "city-officer").get("/v1/erasures")).json()["items"]
    return {one["event_id"] for one in listed if one["consumer"] == "funding"}


def late(town: Town) -> float:
    """Return the number of erasures that funding has not confirmed in time, from the registry's metric."""
    text = town.http("registry").get("/metrics").text
    told = [line for line in text.splitlines() if line.startswith('buurtsein_erasures_unconfirmed{consumer="funding"}')]
    return float(told[0].rpartition(" ")[2]) if told else 0.0


def aged(town: Town, event_id: str, days: int) -> None:
    """Make an event in the registry's log older by a number of days; a negative number makes the event newer."""

    async def age() -> None:
        connection = await asyncpg.connect(town.stack.servers.dsn("registry", "migrator"))
        await connection.execute(
            "update event_log set occurred_at = occurred_at - make_interval(days => $2) where event_id = $1",
            UUID(event_id),
            days,
        )
        await connection.close()

    asyncio.run(age())


def test_a_service_that_was_down_confirms_an_erasure_when_it_is_back(town: Town, network: dict[str, Any]) -> None:
    town.wait_for("funding has confirmed all", lambda: not not_confirmed_by_funding(town))
    town.stack.kill("funding", signal.SIGTERM)
    try:
        departure = join(town, network)
        town.done(town.client("registry", "member").post(departure, json={}))
        town.done(town.client("registry", "member").post(ERASE_ME))
        [erasure] = not_confirmed_by_funding(town)
        aged(town, erasure, 15)
        town.wait_for("the metric counts a late confirmation", lambda: late(town) == 1, 40)
    finally:
        town.stack.start("funding")
    town.wait_for("funding confirms", lambda: not not_confirmed_by_funding(town))
    town.wait_for("the metric is back at zero", lambda: late(town) == 0, 40)
    aged(town, erasure, -15)
