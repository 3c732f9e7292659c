"""Over HTTP on PostgreSQL, the registry's lists show each role the networks that it may see, with filters."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
from integration.registry_scene import Registry
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    GIVEN,
    MAYOR,
    NEIGHBOUR,
    OFFICER,
    application,
    appointment,
    by,
    joining,
    recognised,
    under_review,
)

from buurtsein_contracts.events.network import ApproverRole, NetworkKind
from buurtsein_registry import api, commands, handlers
from buurtsein_registry.domain.tasks import TaskKind, task_due
from harness.in_process import caller, serving


@pytest.fixture
async def client(registry: Registry) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(api.router, registry.database, GIVEN) as client:
        yield client


def square(west: float, south: float = 50.9, size: float = 0.01) -> dict[str, Any]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}


async def open_networks(registry: Registry, *applications: dict[str, Any]) -> None:
    """Store one recognised network for each of these applications."""
    for number, changes in enumerate(applications):
        async with registry.unit_of_work() as store:
            made = await recognised(store)
            made.name = changes.get("name", f"BIN {number}")
            made.kind = NetworkKind(changes.get("kind", "BIN"))
            made.area = application(area=changes["area"]).area if "area" in changes else made.area
            made.postcodes = changes.get("postcodes", made.postcodes)
            await store.save_network(made)
        await registry.database.pool.execute(
            "update network set name = $2, kind = $3 where network_id = $1", made.network_id, made.name, made.kind
        )


async def names(client: httpx.AsyncClient, path: str = "/networks", **parameters: Any) -> list[str]:
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_the_overview_is_filtered_by_kind_postcode_and_words(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    await open_networks(
        registry,
        {"name": "BIN Molenveld", "postcodes": ["9300", "9308"]},
        {"name": "Winkels Molenstraat", "kind": "BIN-Z", "postcodes": ["9308"]},
        {"name": "BIN Sint-Jozef"},
    )
    assert await names(client, kind="BIN-Z") == ["Winkels Molenstraat"]
    assert await names(client, postcode="9308", order="name") == ["BIN Molenveld", "Winkels Molenstraat"]
    assert await names(client, q="molen") == ["BIN Molenveld", "Winkels Molenstraat"]
    assert await names(client, q="jozef BIN") == ["BIN Sint-Jozef"]
    assert await names(client, q="AALST 0002") == ["Winkels Molenstraat"]
    assert await names(client, q="%") == []


async def test_a_place_finds_the_networks_around_it_and_not_their_rectangles(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    triangle = {"type": "Polygon", "coordinates": [[[4.0, 50.9], [4.02, 50.9], [4.0, 50.92], [4.0, 50.9]]]}
    await open_networks(registry, {"name": "Driehoek", "area": triangle}, {"name": "Elders", "area": square(4.05)})
    assert await names(client, at="4.001,50.901") == ["Driehoek"]
    assert await names(client, at="4.019,50.919") == []
    assert await names(client, at="4.055,50.905") == ["Elders"]
    assert (await client.get("/networks?at=Aalst")).json()["errors"][0]["field"] == "at"


async def test_only_networks_that_are_recognised_today_are_shown(client: httpx.AsyncClient, registry: Registry) -> None:
    await open_networks(registry, {"name": "Vandaag"})
    async with registry.unit_of_work() as store:
        await recognised(store, start=date(2027, 1, 1))
        await handlers.apply_for_network(application(), "p" + "9" * 32, GIVEN, store)
    assert await names(client) == ["Vandaag"]


async def test_a_wrong_cursor_is_refused_in_every_format(client: httpx.AsyncClient) -> None:
    wrong = [await client.get(f"/networks?cursor=wrong&format={form}") for form in ("json", "csv", "geojson")]
    assert {(answer.status_code, answer.json()["code"]) for answer in wrong} == {(422, "cursor_unknown")}


async def test_a_cursor_survives_an_insert(client: httpx.AsyncClient, registry: Registry) -> None:
    await open_networks(registry, {"name": "C"}, {"name": "E"}, {"name": "G"})
    first = (await client.get("/networks", params={"order": "name", "limit": 2, "count": True})).json()
    assert ([one["name"] for one in first["items"]], first["total"]["number"]) == (["C", "E"], 3)
    await open_networks(registry, {"name": "A"}, {"name": "F"})
    assert await names(client, order="name", cursor=first["next"]) == ["F", "G"]


async def test_the_overview_is_also_csv_geojson_and_304(client: httpx.AsyncClient, registry: Registry) -> None:
    await open_networks(registry, {"name": "=cmd()", "area": square(4.0)}, {"name": "Dorp", "area": square(4.02)})
    answer = await client.get("/networks", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [(row["naam"], row["postcodes"]) for row in rows] == [("'=cmd()", "9300"), ("Dorp", "9300")]
    on_map = (await client.get("/networks", params={"format": "geojson"})).json()
    assert [one["geometry"] for one in on_map["features"]] == [square(4.0), square(4.02)]
    for form in ("json", "csv", "geojson"):
        tag = (await client.get("/networks", params={"format": form})).headers["ETag"]
        again = await client.get("/networks", params={"format": form}, headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=60")
    await open_networks(registry, {"name": "Nieuw"})
    assert (await client.get("/networks", params={"format": "csv"}, headers={"If-None-Match": tag})).status_code == 200


async def test_everybody_sees_how_to_join_a_recognised_network_and_caches_keep_it(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    async with registry.unit_of_work() as store:
        open_one, closed = await recognised(store), await under_review(store)
    shown = await client.get(f"/networks/{open_one.network_id}/joining")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "public, max-age=60")
    again = await client.get(str(shown.request.url), headers={"If-None-Match": shown.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=60")
    assert (await client.get(f"/networks/{closed.network_id}/joining")).status_code == 404


async def test_a_parameter_that_the_overview_does_not_have_is_refused(client: httpx.AsyncClient) -> None:
    refused = await client.get("/networks", params={"status": "RECOGNISED"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


OFFICIAL = caller("p" + "0" * 32, "city-officer")


async def dossiers(client: httpx.AsyncClient, **parameters: Any) -> list[str]:
    answer = await client.get("/dossiers", params=parameters, headers=OFFICIAL)
    assert answer.status_code == 200, answer.text
    return [item["state"] for item in answer.json()["items"]]


async def test_officials_find_dossiers_by_who_must_act_next(client: httpx.AsyncClient, registry: Registry) -> None:
    async with registry.unit_of_work() as store:
        draft = await handlers.apply_for_network(application(name="Nieuwe wijk"), "p" + "9" * 32, GIVEN, store)
        waiting, _ = await under_review(store), await recognised(store)
        yes = commands.Decide(decision="approve")
        officer = await by(store, waiting, OFFICER)
        waiting = await handlers.appoint_coordinator(waiting.network_id, appointment(), officer, GIVEN, store)
        chief = await by(store, waiting, CHIEF)
        await handlers.decide(waiting.network_id, yes, ApproverRole.KORPSCHEF, chief, GIVEN, store)
    assert await dossiers(client, next="neighbourhood") == ["DRAFT"]
    assert await dossiers(client, next="korpschef") == []
    assert await dossiers(client, next="burgemeester") == ["UNDER_REVIEW"]
    assert await dossiers(client, next="fod") == []
    assert await dossiers(client, order="newest") == ["RECOGNISED", "UNDER_REVIEW", "DRAFT"]
    assert await dossiers(client, state=["DRAFT", "RECOGNISED"], postcode="9300") == ["DRAFT", "RECOGNISED"]
    assert await dossiers(client, q="nieuwe") == await dossiers(client, q=draft.code) == ["DRAFT"]
    counts = (await client.get("/dossiers/counts", headers=OFFICIAL)).json()
    assert {state: counted["number"] for state, counted in counts["states"].items() if counted["number"]} == {
        "DRAFT": 1,
        "UNDER_REVIEW": 1,
        "RECOGNISED": 1,
    }
    assert (counts["next"]["burgemeester"], counts["next"]["korpschef"]["number"]) == ({"number": 1, "exact": True}, 0)


async def test_officials_find_dossiers_with_a_task_that_is_overdue(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    async with registry.unit_of_work() as store:
        late, in_time = await under_review(store), await recognised(store)
        for network, days in ((late, -1), (in_time, 0)):
            await store.open_task(task_due(TaskKind.INFORM_FOD, network.network_id, days, GIVEN.clock.now()))
    assert await dossiers(client, overdue=True) == ["UNDER_REVIEW"]
    assert (await client.get("/dossiers/counts", headers=OFFICIAL)).json()["overdue"]["number"] == 1


async def test_officials_open_the_dossiers_in_a_spreadsheet(client: httpx.AsyncClient, registry: Registry) -> None:
    async with registry.unit_of_work() as store:
        await under_review(store)
    answer = await client.get("/dossiers", params={"format": "csv"}, headers=OFFICIAL)
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (row["status"], row["volgende"]) == ("UNDER_REVIEW", "korpschef, burgemeester")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_residents_see_no_dossiers(client: httpx.AsyncClient) -> None:
    for path in ("/dossiers", "/dossiers/counts"):
        assert (await client.get(path, headers=caller("p" + "1" * 32, "coordinator"))).status_code == 403


async def listed(client: httpx.AsyncClient, network: Any, actor: str, *roles: str, **parameters: Any) -> Any:
    path = f"/networks/{network.network_id}/members"
    return await client.get(path, params=parameters, headers=caller(actor, *roles))


async def test_a_coordinator_and_the_police_see_the_members_of_a_network_without_names(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    async with registry.unit_of_work() as store:
        network = await recognised(store)
        await handlers.join(network.network_id, joining(language="fr"), NEIGHBOUR, GIVEN, store)
        trader = joining(kind="TRADER", enterprise_number="0403.170.701", legal_person=True)
        await handlers.join(network.network_id, trader, MAYOR, GIVEN, store)
    answer = await listed(client, network, APPLICANT, "coordinator")
    assert [one["person"] for one in answer.json()["items"]] == [NEIGHBOUR, MAYOR]
    assert "Ann" not in answer.text
    for filters in ({"kind": "TRADER"}, {"language": "nl"}, {"order": "newest", "limit": 1}):
        found = (await listed(client, network, OFFICER, "officer", **filters)).json()["items"]
        assert [one["person"] for one in found] == [MAYOR]
    assert (await listed(client, network, OFFICER, "officer", channel="email")).json()["items"] == []
    table = (await listed(client, network, OFFICER, "officer", format="csv")).content.decode("utf-8-sig")
    assert [row["soort"] for row in csv.DictReader(io.StringIO(table), delimiter=";")] == ["RESIDENT", "TRADER"]


async def test_others_do_not_see_the_members_of_a_network(client: httpx.AsyncClient, registry: Registry) -> None:
    async with registry.unit_of_work() as store:
        network = await recognised(store)
    assert (await listed(client, network, MAYOR, "coordinator")).status_code == 404
    assert (await listed(client, network, MAYOR, "burgemeester")).status_code == 403


async def test_people_see_their_name_roles_and_networks(client: httpx.AsyncClient, registry: Registry) -> None:
    async with registry.unit_of_work() as store:
        network = await recognised(store)
        await handlers.join(network.network_id, joining(), NEIGHBOUR, GIVEN, store)
    member = (await client.get("/me", headers=caller(NEIGHBOUR, "resident"))).json()
    assert (member["name"], member["roles"]) == ("Ann Voorbeeld", ["resident"])
    assert [(one["code"], one["parts"]) for one in member["networks"]] == [(network.code, ["member"])]
    applicant = (await client.get("/me", headers=caller(APPLICANT, "coordinator", "resident"))).json()
    assert [one["parts"] for one in applicant["networks"]] == [["applicant", "coordinator"]]
    assert (applicant["memberships"], "name" in applicant) == ([], False)


async def test_an_application_over_a_network_of_the_same_kind_is_accepted_with_a_warning(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    await open_networks(
        registry,
        {"name": "BIN Kerk", "area": square(4.0, size=0.02)},
        {"name": "Winkels Kerk", "kind": "BIN-Z", "area": square(4.0)},
        {"name": "Nieuwe Molen", "area": square(4.06)},
        {"name": "Naast", "area": square(4.01)},
    )
    form = application(name="Molen", area=square(4.0)).model_dump(mode="json")
    answer = await client.post("/networks", json=form, headers=caller("p" + "7" * 32, "resident"))
    assert answer.status_code == 201
    similar = answer.json()["similar"]
    assert [(one["name"], one.get("overlap_percent"), one["same_words"]) for one in similar] == [
        ("BIN Kerk", 100, False),
        ("Nieuwe Molen", None, True),
    ]


async def test_officials_see_in_the_dossier_which_networks_may_be_the_same(
    client: httpx.AsyncClient, registry: Registry
) -> None:
    async with registry.unit_of_work() as store:
        first = await handlers.apply_for_network(application(name="Dorp"), APPLICANT, GIVEN, store)
        second = await handlers.apply_for_network(application(name="Dorp Oost"), APPLICANT, GIVEN, store)
        for one in (first, second):
            seen = await by(store, one, OFFICER)
            await handlers.appoint_coordinator(one.network_id, appointment(), seen, GIVEN, store)
    found = (await client.get(f"/networks/{first.network_id}/similar", headers=OFFICIAL)).json()["items"]
    assert found == [
        {
            "network_id": str(second.network_id),
            "code": second.code,
            "name": "Dorp Oost",
            "state": "DRAFT",
            "overlap_percent": 100,
            "same_words": True,
            "same_applicant": True,
            "same_coordinator": True,
        }
    ]
    other = await client.post(
        "/networks", json=application().model_dump(mode="json"), headers=caller("p" + "8" * 32, "resident")
    )
    assert other.json()["similar"] == []
