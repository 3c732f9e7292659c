"""Over HTTP and Kafka: networks are approved and recognised, people join and leave, and errors are refused."""

from typing import Any

import pytest

from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    MemberJoined,
    MemberLeft,
    NetworkApplied,
    NetworkApproved,
    NetworkRecognised,
    NetworkSentToFod,
    NetworkSubmitted,
)
from buurtsein_stack.demo.official import nearest_address
from harness.problems import refused
from harness.town import NORTH, Town, days_from_now


@pytest.fixture(scope="module")
def network(town: Town) -> dict[str, Any]:
    return town.network(place=NORTH)


def person(place: tuple[float, float] = NORTH, **changed: Any) -> dict[str, Any]:
    return {
        "kind": "RESIDENT",
        "name": "Ann Voorbeeld",
        "mobile": "0470 12 34 56",
        "email": "ann@voorbeeld.be",
        "address": nearest_address(*place),
        "adult": True,
        "consent_version": "2026-1",
        "channels": ["sms"],
    } | changed


def test_the_stream_has_the_events_from_application_to_recognition(town: Town, network: dict[str, Any]) -> None:
    def received() -> list[type]:
        events = [e for e in town.events("bin.networks") if e.key == network["network_id"]]
        assert [e.sequence for e in events] == list(range(1, len(events) + 1))
        return [type(e.data).__mro__[1] for e in events]

    expected = [
        NetworkApplied,
        NetworkSubmitted,
        CoordinatorAppointed,
        NetworkApproved,
        NetworkSentToFod,
        NetworkRecognised,
    ]
    town.wait_for("all events", lambda: received() == expected)


def test_the_public_overview_shows_it_without_a_person(town: Town, network: dict[str, Any]) -> None:
    answer = town.http("registry").get("/v1/networks", params={"limit": 200})
    shown = [item for item in answer.json()["items"] if item["network_id"] == network["network_id"]]
    assert [item["name"] for item in shown] == [network["name"]]
    assert town.person("coordinator") not in answer.text
    assert not {"applicant", "coordinators", "approvals"} & shown[0].keys()


def test_everybody_sees_the_contact_that_a_coordinator_shows_with_consent(town: Town) -> None:
    network = town.network(place=town.place())
    path, coordinator = f"/v1/networks/{network['network_id']}/public-contact", town.client("registry", "coordinator")
    form = {"email": "wijk@voorbeeld.be", "phone": "0471 55 66 77", "consent": True, "consent_version": "2026-1"}

    def shown() -> list[dict[str, str]]:
        items = town.done(
            town.http("registry").get("/v1/networks", params={"q": network["code"].replace("-", " ")})
        ).json()["items"]
        contacts: list[dict[str, str]] = next(one for one in items if one["code"] == network["code"])["contacts"]
        return contacts

    refused(town.client("registry", "coordinator2").put(path, json=form), 403, "not_the_coordinator")
    assert shown() == []
    town.done(coordinator.put(path, json=form))
    assert shown() == [{"email": "wijk@voorbeeld.be", "phone": "+32471556677"}]
    town.done(coordinator.delete(path))
    assert shown() == []


def test_a_network_that_is_not_recognised_is_not_in_the_overview(town: Town) -> None:
    waiting = town.network(recognised=False, place=NORTH)
    assert waiting["network_id"] not in town.http("registry").get("/v1/networks", params={"limit": 200}).text


def test_the_overview_comes_in_pages(town: Town, network: dict[str, Any]) -> None:
    town.network(place=NORTH)
    seen: list[str] = []
    cursor = None
    while True:
        parameters = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = town.http("registry").get("/v1/networks", params=parameters).json()
        seen += [item["network_id"] for item in page["items"]]
        if not (cursor := page.get("next")):
            break
    assert len(seen) == len(set(seen)) >= 2
    assert network["network_id"] in seen


def test_a_coordinator_sees_the_file_of_their_own_networks_only(town: Town, network: dict[str, Any]) -> None:
    draft = town.apply(place=NORTH)
    for theirs in (network, draft):
        path = f"/v1/networks/{theirs['network_id']}"
        refused(town.client("registry", "coordinator2").get(path), 404, "network_unknown")
        for role in ("coordinator", "korpschef", "burgemeester", "officer", "city-officer", "fod"):
            assert town.done(town.client("registry", role).get(path)).json()["applicant"] == town.person("coordinator")
    path = f"/v1/networks/{draft['network_id']}"
    refused(town.step(draft, "coordinator2", "submission"), 403, "not_the_coordinator")
    town.appoint(draft, "coordinator2")
    assert town.done(town.client("registry", "coordinator2").get(path)).headers["ETag"]


def test_an_area_elsewhere_or_impossible_is_refused(town: Town) -> None:
    body = {"name": "BIN Elders", "kind": "BIN", "postcodes": ["9000"]}
    client = town.client("registry", "coordinator")
    ghent = body | {"area": town.square((3.7250, 51.0540))}
    refused(client.post("/v1/networks", json=ghent), 422, "outside_area")
    bow = [[4.03, 50.93], [4.05, 50.95], [4.05, 50.93], [4.03, 50.95], [4.03, 50.93]]
    crossing = body | {"area": {"type": "Polygon", "coordinates": [bow]}}
    refused(client.post("/v1/networks", json=crossing), 422, "area_invalid")
    many = [[4.03 + n / 100_000, 50.93] for n in range(600)]
    refused(
        client.post("/v1/networks", json=body | {"area": {"type": "Polygon", "coordinates": [many]}}),
        422,
        "area_invalid",
    )


@pytest.mark.parametrize(("begins", "ends"), [(-300, -1), (100, None)], ids=["over", "not begun"])
def test_a_network_is_shown_and_joined_only_while_it_is_recognised(town: Town, begins: int, ends: int | None) -> None:
    network = town.network(recognised=False, place=NORTH)
    town.done(town.step(network, "burgemeester", "fod-submission"))
    dates = {"start": days_from_now(begins)} | ({"end": days_from_now(ends)} if ends is not None else {})
    file = town.done(town.step(network, "fod", "recognition", dates | {"reference": "VP/1"})).json()
    assert "join" not in file["actions"]
    assert network["network_id"] not in town.http("registry").get("/v1/networks", params={"limit": 200}).text
    path = f"/v1/networks/{network['network_id']}/members"
    refused(town.client("registry", "resident").post(path, json=person()), 404, "network_unknown")


def test_an_unknown_version_is_refused_everywhere(town: Town, network: dict[str, Any]) -> None:
    path = f"/v1/networks/{network['network_id']}"
    agreed = town.client("registry", "coordinator").post(f"{path}/be-alert", json={"agreement_version": "2031-9"})
    assert "2026-1" in refused(agreed, 422, "version_unknown")["detail"]
    joined = town.client("registry", "trader").post(f"{path}/members", json=person(consent_version="2031-9"))
    refused(joined, 422, "version_unknown")


def test_police_and_coordinators_can_report_that_a_member_has_died(town: Town, network: dict[str, Any]) -> None:
    path, death = f"/v1/networks/{network['network_id']}/members", {"reason": "DECEASED"}
    for role in ("officer", "coordinator"):
        member = town.done(town.client("registry", "member").post(path, json=person())).json()
        departure = f"/v1/members/{member['member_id']}/departure"
        refused(town.client("registry", "coordinator2").post(departure, json=death), 404, "member_unknown")
        refused(town.client("registry", "member").post(departure, json=death), 422, "reason_not_possible")
        refused(town.client("registry", role).post(departure, json={"reason": "MOVED"}), 422, "reason_not_possible")
        assert town.done(town.client("registry", role).post(departure, json=death)).json()["status"] == "LEFT"


def test_the_coordinator_accepts_be_alert_and_an_event_is_recorded(town: Town, network: dict[str, Any]) -> None:
    path, body = f"/v1/networks/{network['network_id']}/be-alert", {"agreement_version": "2026-1"}
    refused(town.client("registry", "coordinator2").post(path, json=body), 403, "not_the_coordinator")
    town.done(town.client("registry", "coordinator").post(path, json=body))

    def received() -> list[BeAlertJoined]:
        events = [e.data for e in town.events("bin.networks") if e.key == network["network_id"]]
        return [data for data in events if isinstance(data, BeAlertJoined)]

    [joined] = town.wait_for("BeAlertJoined", received)
    assert (joined.agreement_version, joined.actor) == ("2026-1", town.person("coordinator"))


def test_a_resident_joins_once_and_leaves(town: Town, network: dict[str, Any]) -> None:
    path, resident = f"/v1/networks/{network['network_id']}/members", town.client("registry", "resident")
    member = town.done(resident.post(path, json=person())).json()
    refused(resident.post(path, json=person()), 409, "already_member")
    assert member["member_id"] in [m["member_id"] for m in resident.get("/v1/me").json()["memberships"]]
    departure = f"/v1/members/{member['member_id']}/departure"
    refused(town.client("registry", "trader").post(departure, json={}), 404, "member_unknown")
    assert town.done(resident.post(departure, json={"reason": "MOVED"})).json()["status"] == "LEFT"
    refused(resident.post(departure, json={}), 409, "transition_refused")

    def received() -> list[Any]:
        return [e for e in town.events("bin.members") if e.subject == member["member_id"]]

    joined, left = town.wait_for("joined and left", lambda: received() if len(received()) == 2 else None)
    assert isinstance(joined.data, MemberJoined)
    assert isinstance(left.data, MemberLeft)
    assert joined.data.person_ref == town.person("resident")
    assert "Ann" not in joined.data.to_json()


def test_a_trader_joins_a_bin_z_of_the_shops_place(town: Town) -> None:
    shops = town.network(kind="BIN-Z", place=NORTH, coordinator="coordinator2")
    path, trader = f"/v1/networks/{shops['network_id']}/members", town.client("registry", "trader")
    shop = person(kind="TRADER", enterprise_number="0403.019.261", legal_person=True)
    refused(trader.post(path, json=person(kind="TRADER")), 422, "enterprise_missing")
    refused(trader.post(path, json=person((4.0405, 50.9380), kind="TRADER")), 422, "outside_area")
    assert town.done(trader.post(path, json=shop)).status_code == 201


def test_joining_is_refused_before_the_recognition(town: Town) -> None:
    waiting = town.network(recognised=False, place=NORTH)
    path = f"/v1/networks/{waiting['network_id']}/members"
    refused(town.client("registry", "member").post(path, json=person()), 404, "network_unknown")
    refused(town.client("registry", "coordinator").post(path, json=person()), 409, "transition_refused")


def test_unknown_ids_are_not_found(town: Town) -> None:
    nowhere = "/v1/networks/019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091"
    refused(town.client("registry", "fod").get(nowhere), 404, "network_unknown")
    unknown = {"network_id": nowhere.rpartition("/")[2]}
    refused(town.step(unknown, "korpschef", "approvals", {"decision": "approve"}), 404, "network_unknown")
