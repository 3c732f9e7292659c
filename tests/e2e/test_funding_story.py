"""Funding of communication costs over HTTP and Kafka: rejected when requested too early, granted later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from buurtsein_contracts import Event, uuid7
from buurtsein_contracts.events import FundingDecided, FundingRequested
from buurtsein_kernel.days import BRUSSELS
from harness.problems import refused
from harness.town import Town

YEAR = datetime.now(BRUSSELS).year
FORM = "2026-1"
FOUR = [
    "approved_by_korpschef_and_burgemeester",
    "recognised_by_fod",
    "requested_by_coordinator_on_form",
    "accepts_be_alert",
]


def form(network: dict[str, Any], **changes: Any) -> dict[str, Any]:
    lines = [{"kind": "sms", "description": "berichten van een jaar", "cents": 18500}]
    return {"network_id": network["network_id"], "year": YEAR, "form_version": FORM, "cost_lines": lines} | changes


def met(town: Town, network: dict[str, Any], role: str = "coordinator") -> list[bool]:
    """Return whether a network meets each funding condition; empty until funding has applied the network's events."""
    answer = town.client("funding", role).get(f"/v1/networks/{network['network_id']}/conditions")
    return [condition["met"] for condition in answer.json()["conditions"]] if answer.is_success else []


def wait_for_conditions(town: Town, network: dict[str, Any], *expected: bool) -> None:
    town.wait_for(f"conditions {expected}", lambda: met(town, network) == list(expected))


def join_be_alert(town: Town, network: dict[str, Any]) -> None:
    path = f"/v1/networks/{network['network_id']}/be-alert"
    town.done(town.client("registry", "coordinator").post(path, json={"agreement_version": "2026-1"}))


def network_in_order(town: Town) -> dict[str, Any]:
    network = town.network()
    join_be_alert(town, network)
    wait_for_conditions(town, network, True, True, True, True)
    return network


def request(town: Town, network: dict[str, Any], role: str = "coordinator", **changes: Any) -> httpx.Response:
    return town.client("funding", role).post("/v1/applications", json=form(network, **changes))


def decide(town: Town, application: dict[str, Any], seen: str | None = '"1"', **decision: Any) -> httpx.Response:
    path, headers = f"/v1/applications/{application['application_id']}/decision", {"If-Match": seen} if seen else {}
    return town.client("funding", "finance").post(path, json=decision, headers=headers)


def events_about(town: Town, application: dict[str, Any], number: int) -> list[Event[Any]]:
    """Wait for this number of events about an application for funding, and return the events."""

    def events() -> list[Event[Any]]:
        about = [event for event in town.events("bin.funding") if event.subject == application["application_id"]]
        return about if len(about) >= number else []

    found: list[Event[Any]] = town.wait_for(f"{number} events about the application", events)
    return found


def test_support_is_refused_with_reasons_and_granted_once_all_conditions_are_met(town: Town) -> None:
    network = town.network(recognised=False)
    wait_for_conditions(town, network, True, False, True, False)
    first = town.done(request(town, network)).json()
    assert [condition["code"] for condition in first["conditions"]] == FOUR
    assert [condition["met"] for condition in first["conditions"]] == [True, False, True, False]
    problem = refused(decide(town, first, decision="GRANTED", granted_cents=18500), 409, "conditions_not_met")
    assert problem["allowed"] == ["reject"]
    assert "FOD" in problem["detail"]
    rejected = town.done(decide(town, first, decision="REJECTED")).json()
    assert rejected["decision"]["reasons"] == ["recognised_by_fod", "accepts_be_alert"]

    town.recognise(network)
    join_be_alert(town, network)
    wait_for_conditions(town, network, True, True, True, True)
    second = town.done(request(town, network)).json()
    granted = town.done(decide(town, second, decision="GRANTED", granted_cents=18000)).json()
    assert (granted["state"], granted["decision"]["granted_cents"], granted["actions"]) == ("GRANTED", 18000, [])

    assert [event.data.TYPE for event in events_about(town, first, 2)] == [FundingRequested.TYPE, FundingDecided.TYPE]
    asked, given = events_about(town, second, 2)
    assert given.sequence == asked.sequence + 1
    assert (asked.data.requested_cents, asked.data.cost_kinds) == (18500, ["sms"])
    assert (given.data.decision, given.data.granted_cents) == ("GRANTED", 18000)
    on_networks = {event.id for event in town.events("bin.networks") if event.key == network["network_id"]}
    assert {condition.evidence for condition in given.data.conditions} <= on_networks


def test_for_another_networks_coordinator_the_network_does_not_exist(town: Town) -> None:
    network = network_in_order(town)
    path = f"/v1/networks/{network['network_id']}/conditions"
    hidden = refused(town.client("funding", "coordinator2").get(path), 404, "network_unknown")
    nothing = refused(
        town.client("funding", "coordinator2").get(path.replace(network["network_id"], str(uuid7()))),
        404,
        "network_unknown",
    )
    assert hidden == nothing
    refused(request(town, network, "coordinator2"), 404, "network_unknown")
    for role in ("finance", "city-officer"):
        assert met(town, network, role) == [True, True, False, True]


def test_a_second_coordinator_asks_after_the_first_was_decided(town: Town) -> None:
    network = network_in_order(town)
    own = town.done(request(town, network)).json()
    refused(request(town, network), 409, "live_application_exists")

    town.appoint(network, "coordinator2", role="co-coordinator")
    town.wait_for("funding knows the second one", lambda: met(town, network, "coordinator2") == [True] * 4)
    refused(request(town, network, "coordinator2"), 409, "live_application_exists")
    town.done(decide(town, own, decision="REJECTED", reasons=["invoice_missing"]))
    second = town.done(request(town, network, "coordinator2")).json()
    granted = town.done(decide(town, second, decision="GRANTED", granted_cents=1)).json()
    assert (granted["requester"], granted["state"]) == (town.person("coordinator2"), "GRANTED")


def test_a_removed_coordinator_cannot_request_support(town: Town) -> None:
    network = network_in_order(town)
    town.done(town.step(network, "officer", f"coordinators/{town.person('coordinator')}/removal", {"reason": "moved"}))
    town.wait_for("funding knows it", lambda: met(town, network) == [])
    refused(request(town, network), 404, "network_unknown")


def test_a_retried_request_is_one_request(town: Town) -> None:
    network = network_in_order(town)
    client, headers = town.client("funding", "coordinator"), {"Idempotency-Key": str(uuid7())}
    first, again = (client.post("/v1/applications", json=form(network), headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert (first.json(), first.headers["ETag"]) == (again.json(), again.headers["ETag"])
    assert len(events_about(town, first.json(), 1)) == 1
    refused(request(town, network), 409, "live_application_exists")


def test_only_one_of_several_requests_at_the_same_time_is_accepted(town: Town) -> None:
    network = network_in_order(town)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: request(town, network), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    taken = next(answer.json() for answer in answers if answer.status_code == 201)
    assert len(events_about(town, taken, 1)) == 1
    assert sum(event.key == network["network_id"] for event in town.events("bin.funding")) == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"year": YEAR - 20}, 422, "scheme_unknown"),
        ({"year": YEAR + 1}, 422, "outside_window"),
        ({"form_version": "1999-1"}, 422, "form_version_unknown"),
        ({"cost_lines": [{"kind": "bloemen", "description": "ruiker", "cents": 1}]}, 422, "cost_kind_unknown"),
        ({"cost_lines": [{"kind": "sms", "description": "veel", "cents": 100_000_000}]}, 422, "over_ceiling"),
        ({"cost_lines": [{"kind": "sms", "description": "85.07.30-033.28", "cents": 1}]}, 422, "national_number"),
        ({"cost_lines": [{"kind": "sms", "description": "half", "cents": 0.5}]}, 422, "invalid_request"),
        ({"network_id": str(UUID(int=1))}, 404, "network_unknown"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused(
    town: Town, approved: dict[str, Any], changes: dict[str, Any], status: int, code: str
) -> None:
    refused(request(town, approved, **changes), status, code)


def test_a_decision_that_breaks_a_rule_is_refused_and_a_decision_is_final(town: Town) -> None:
    application = town.done(request(town, network_in_order(town))).json()
    refused(decide(town, application, None, decision="GRANTED", granted_cents=1), 428, "if_match_missing")
    refused(decide(town, application, '"2"', decision="GRANTED", granted_cents=1), 412, "version_changed")
    refused(decide(town, application, decision="GRANTED", granted_cents=18501), 422, "over_requested")
    refused(decide(town, application, decision="GRANTED"), 422, "invalid_request")
    refused(decide(town, application, decision="REJECTED"), 422, "reasons_missing")
    town.done(decide(town, application, decision="REJECTED", reasons=["invoice_missing"]))
    refused(decide(town, application, decision="GRANTED", granted_cents=1), 412, "version_changed")
    problem = refused(
        decide(town, application, '"2"', decision="REJECTED", reasons=["again"]), 409, "transition_refused"
    )
    assert problem["detail"] == "Dit kan niet meer: de aanvraag is al geweigerd."
    assert problem["allowed"] == []
    refused(decide(town, {"application_id": str(uuid7())}, decision="REJECTED"), 404, "application_unknown")


def test_only_the_city_and_the_requester_see_an_application(town: Town) -> None:
    application = town.done(request(town, network_in_order(town))).json()
    path = f"/v1/applications/{application['application_id']}"
    for role in ("coordinator", "finance", "city-officer", "burgemeester"):
        shown = town.client("funding", role).get(path)
        assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"'), role
        assert shown.json() == application
    refused(town.client("funding", "coordinator2").get(path), 404, "application_unknown")
    refused(town.client("funding", "member").get(path), 403, "role_missing")
    refused(town.http("funding").get(path), 401, "token_missing")
    refused(request(town, application, "finance"), 403, "role_missing")
    verdict = {"decision": "REJECTED", "reasons": ["own_wish"]}
    refused(town.client("funding", "coordinator").post(f"{path}/decision", json=verdict), 403, "role_missing")
    refused(town.client("funding", "finance").post(f"{path}/decision", json=verdict), 428, "if_match_missing")


def test_the_work_list_is_in_order_and_comes_in_pages(town: Town) -> None:
    waiting = [town.done(request(town, network_in_order(town))).json()["application_id"] for _ in range(3)]
    client, shown, cursor = town.client("funding", "finance"), [], None
    while True:
        query: dict[str, str | int] = {"state": "SUBMITTED", "limit": 2}
        if cursor:
            query["cursor"] = cursor
        page = town.done(client.get("/v1/applications", params=query)).json()
        shown += [application["application_id"] for application in page["items"]]
        if not (cursor := page.get("next")):
            break
    assert [one for one in shown if one in waiting] == waiting
    assert shown == sorted(set(shown))
    refused(town.client("funding", "coordinator").get("/v1/applications"), 403, "role_missing")


@pytest.fixture(scope="module")
def approved(town: Town) -> dict[str, Any]:
    """Make a network and wait until funding has applied its events."""
    network = town.network(recognised=False)
    wait_for_conditions(town, network, True, False, True, False)
    return network
