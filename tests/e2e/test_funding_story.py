"""Funding of communication costs over HTTP and Kafka: rejected when requested too early, granted later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from buurtsein_contracts import Event, uuid7
from buurtsein_contracts.events import (
    FundingCompleted,
    FundingDecided,
    FundingIncomplete,
    FundingRequested,
    FundingReviewed,
    FundingWithdrawn,
)
from buurtsein_kernel.days import BRUSSELS
from harness import granting
from harness.granting import decide, granted, rejected, review, step
from harness.problems import refused
from harness.town import Town, days_from_now

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
    """Return for each funding condition whether a network meets it; [] while the service does not know the network."""
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
    prepared = town.done(review(town, first)).json()
    problem = refused(decide(town, prepared, decision="GRANTED", granted_cents=18500), 409, "conditions_not_met")
    assert problem["allowed"] == ["reject"]
    assert "FOD" in problem["detail"]
    refusal = town.done(decide(town, prepared, decision="REJECTED")).json()
    assert refusal["decision"]["reasons"] == ["recognised_by_fod", "accepts_be_alert"]

    town.recognise(network)
    join_be_alert(town, network)
    wait_for_conditions(town, network, True, True, True, True)
    second = town.done(request(town, network)).json()
    given_file = granted(town, second, 18000, "invoice_missing")
    assert (given_file["state"], given_file["actions"]) == ("GRANTED", ["pay"])
    assert given_file["decision"]["granted_cents"] == 18000
    assert given_file["decision"]["why"] == ["Er ontbreekt een factuur."]
    assert given_file["decision"]["college"]["reference"] == "CBS/2026/1187"

    steps = [event.data.TYPE for event in events_about(town, first, 3)]
    assert steps == [FundingRequested.TYPE, FundingReviewed.TYPE, FundingDecided.TYPE]
    asked, prepared_event, given = events_about(town, second, 3)
    assert (given.sequence, prepared_event.data.reserved_cents) == (asked.sequence + 2, 18000)
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
    rejected(town, own, "invoice_missing")
    second = town.done(request(town, network, "coordinator2")).json()
    given = granted(town, second, 1, "invoice_missing")
    assert (given["requester"], given["state"]) == (town.person("coordinator2"), "GRANTED")
    listed = town.done(town.client("funding", "coordinator").get(f"/v1/networks/{network['network_id']}/applications"))
    assert [one["state"] for one in listed.json()["items"]] == ["REJECTED", "GRANTED"]


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
        ({"cost_lines": [{"kind": "sms", "description": "veel", "cents": 10_000_000_000}]}, 422, "invalid_request"),
        ({"answers": {"car": True}}, 422, "answer_invalid"),
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
    refused(review(town, application | {"version": 2}), 412, "version_changed")
    refused(decide(town, application, decision="GRANTED", granted_cents=1), 409, "transition_refused")
    refused(review(town, application, proposal="REJECTED"), 422, "reasons_missing")
    refused(review(town, application, granted_cents=18501), 422, "over_payable")
    prepared = town.done(review(town, application)).json()
    refused(decide(town, prepared, "finance", decision="GRANTED", granted_cents=18500), 403, "same_person")
    refused(decide(town, prepared, decision="GRANTED", granted_cents=18501), 422, "over_payable")
    refused(decide(town, prepared, decision="GRANTED", granted_cents=18499), 422, "reasons_missing")
    refused(decide(town, prepared, decision="GRANTED"), 422, "invalid_request")
    refused(decide(town, prepared, decision="GRANTED", granted_cents=1, college=None), 422, "invalid_request")
    refusal = town.done(decide(town, prepared, decision="REJECTED", reasons=["outside_year"])).json()
    problem = refused(decide(town, refusal, decision="REJECTED", reasons=["outside_year"]), 409, "transition_refused")
    assert problem["detail"] == "Dit kan nu niet: de aanvraag is al geweigerd."
    assert problem["allowed"] == []
    unknown = application | {"application_id": str(uuid7())}
    refused(decide(town, unknown, decision="REJECTED"), 404, "application_unknown")


def test_a_draft_is_submitted_completed_on_demand_and_withdrawn_each_with_its_event(town: Town) -> None:
    network = network_in_order(town)
    draft = town.done(request(town, network, draft=True)).json()
    assert (draft["state"], draft["actions"]) == ("DRAFT", ["edit", "submit", "withdraw"])
    path, lines = f"/v1/applications/{draft['application_id']}/form", form(network)["cost_lines"]
    filled = {"form_version": FORM, "cost_lines": [*lines, {"kind": "bord", "description": "bord", "cents": 12000}]}
    coordinator = town.client("funding", "coordinator")
    refused(town.client("funding", "finance").get(path.removesuffix("/form")), 404, "application_unknown")
    edited = town.done(coordinator.put(path, json=filled, headers={"If-Match": granting.tag(draft)})).json()
    submitted = town.done(step(town, "coordinator", edited, "submission")).json()
    assert [line["payable_cents"] for line in submitted["cost_lines"]] == [18500, 6500]
    assert submitted["cost_lines"][1]["taken_off"] == [
        {"rule": "ceiling", "cents": 5500, "why": "De stad betaalt hoogstens 250,00 euro per netwerk en per jaar."}
    ]
    more = {"missing": ["proof"], "text": "Bezorg de factuur van het bord.", "until": days_from_now(7)}
    incomplete = town.done(step(town, "finance", submitted, "questions", more)).json()
    refused(review(town, incomplete), 409, "answer_awaited")
    in_french = town.done(coordinator.get(path.removesuffix("/form"), headers={"Accept-Language": "fr"})).json()
    assert in_french["asked_more"][0]["missing"] == ["proof"]
    assert in_french["conditions"][3]["why"].startswith("Le réseau a accepté BE-Alert (accord 2026-1) le ")
    assert "250,00 euros par réseau et par an" in in_french["cost_lines"][1]["taken_off"][0]["why"]
    completed = town.done(step(town, "coordinator", incomplete, "submission")).json()
    withdrawn = town.done(step(town, "coordinator", completed, "withdrawal")).json()
    assert (withdrawn["state"], withdrawn["actions"]) == ("WITHDRAWN", [])
    assert [event.data.TYPE for event in events_about(town, draft, 4)] == [
        FundingRequested.TYPE,
        FundingIncomplete.TYPE,
        FundingCompleted.TYPE,
        FundingWithdrawn.TYPE,
    ]


def test_the_schemes_of_the_city_are_public_and_their_form_is_a_json_schema(town: Town) -> None:
    shown = town.done(town.http("funding").get("/v1/schemes", headers={"Accept-Language": "de"}))
    this_year = next(one for one in shown.json()["items"] if one["year"] == YEAR)
    assert (this_year["form_version"], this_year["is_open"]) == (FORM, True)
    assert [kind["name"] for kind in this_year["kinds"]][:1] == ["SMS-Nachrichten"]
    schema = town.done(town.http("funding").get("/v1/schemes/form", params={"year": YEAR})).json()
    assert schema["properties"]["form_version"] == {"const": FORM}


def test_only_the_city_and_the_requester_see_an_application(town: Town) -> None:
    network = network_in_order(town)
    application = town.done(request(town, network)).json()
    path = f"/v1/applications/{application['application_id']}"
    for role in ("coordinator", "finance", "city-officer", "burgemeester"):
        shown = town.client("funding", role).get(path)
        assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"'), role
        assert shown.json() == application
    refused(town.client("funding", "coordinator2").get(path), 404, "application_unknown")
    of_network = f"/v1/networks/{network['network_id']}/applications"
    refused(town.client("funding", "coordinator2").get(of_network), 404, "network_unknown")
    refused(step(town, "coordinator2", application, "withdrawal"), 404, "application_unknown")
    refused(town.client("funding", "member").get(path), 403, "role_missing")
    refused(town.http("funding").get(path), 401, "token_missing")
    refused(request(town, application, "finance"), 403, "role_missing")
    verdict = {"decision": "REJECTED", "reasons": ["outside_year"], "college": granting.COLLEGE}
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
    rows = town.done(client.get("/v1/applications", params={"format": "csv", "todo": "true", "year": YEAR}))
    assert rows.text.startswith("\ufeffaanvraag;netwerk;jaar;")
    assert all(one in rows.text for one in waiting)
    assert town.done(client.get("/v1/applications/counts")).json()["states"]["SUBMITTED"]["number"] >= 3
    sums = town.done(client.get("/v1/applications/sums", params={"year": YEAR})).json()
    submitted = next(one for one in sums["sums"] if one["state"] == "SUBMITTED")
    assert submitted["requested_cents"] >= 3 * 18500
    [budget] = sums["budgets"]
    assert budget["left_cents"] == budget["cents"] - budget["reserved_cents"] - budget["granted_cents"]


@pytest.fixture(scope="module")
def approved(town: Town) -> dict[str, Any]:
    """Make a network and wait until funding has applied its events."""
    network = town.network(recognised=False)
    wait_for_conditions(town, network, True, False, True, False)
    return network
