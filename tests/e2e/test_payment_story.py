"""Over HTTP: two people pay support, each application is paid once, and the bank's answers are read."""

import hashlib
from typing import Any

import pytest

from buurtsein_funding.bank import schema_problems
from e2e.test_funding_story import YEAR, events_about, network_in_order, request
from e2e.test_notifier_story import alert, proposed, release, reported
from harness import paying
from harness.granting import granted, step
from harness.paying import IBAN, PDF, add_evidence, bank_says, decide, fetch, give_account, prepare, released, settled
from harness.problems import refused
from harness.story import network_of_its_own, resident_at
from harness.town import Town, days_from_now

WHY = {"reason": "settlement"}


@pytest.fixture
def application(town: Town) -> dict[str, Any]:
    """Return an application of a new network, for which 180 euro was granted."""
    return granted(town, town.done(request(town, network_in_order(town))).json(), 18000, "invoice_missing")


def test_payment_file_is_valid_has_hash_and_counts_and_is_released_by_a_second_person(
    town: Town, application: dict[str, Any]
) -> None:
    refused(prepare(town, application), 409, "account_missing")
    refused(give_account(town, application, iban="BE68539007547035"), 422, "invalid_request")
    refused(give_account(town, application, message="+++010/8068/17184+++"), 422, "invalid_request")
    shown = town.done(give_account(town, application)).json()
    assert (shown["iban"][-4:], IBAN in str(shown)) == ("7034", False)
    refused(prepare(town, application, pay_on=days_from_now(-1)), 422, "pay_on_past")
    batch = town.done(prepare(town, application)).json()
    assert (batch["number"], batch["total_cents"], batch["actions"]) == (1, 18000, ["release", "cancel"])
    waiting = town.client("funding", "city-officer").get("/v1/payment-batches", params={"state": "PREPARED"})
    assert batch["batch_id"] in {one["batch_id"] for one in town.done(waiting).json()["items"]}
    listed = town.client("funding", "finance").get("/v1/payment-batches", params={"format": "csv"})
    assert f"{batch['batch_id']};PREPARED;{batch['pay_on']};1;18000;" in town.done(listed).text
    refused(prepare(town, application), 409, "payment_exists")
    refused(fetch(town, batch), 409, "transition_refused")
    refused(decide(town, "finance", batch, "release"), 403, "same_person")
    free = town.done(decide(town, "city-officer", batch, "release")).json()
    refused(decide(town, "finance", free, "cancellation"), 409, "transition_refused")
    file = town.done(fetch(town, free)).content
    assert schema_problems(file) == []
    assert hashlib.sha256(file).hexdigest() == batch["sha256"]
    assert IBAN.encode() in file
    rows = town.done(fetch(town, free, "csv")).text.splitlines()
    assert rows[1].endswith(f"BIN Noordwijk;{IBAN};180,00;010806817183")


def test_paid_failed_and_paid_again_are_read_back_once_and_settled(town: Town, application: dict[str, Any]) -> None:
    [failed] = released(town, application)["payments"]
    refusal = f"end_to_end_id;status;date;reason\n{failed['end_to_end_id']};failed;;AC04\n"
    assert town.done(bank_says(town, refusal)).json()["failed"] == [failed["end_to_end_id"]]
    assert town.done(bank_says(town, refusal)).json()["unchanged"] == [failed["end_to_end_id"]]
    refused(bank_says(town, "<!DOCTYPE a><a/>", "application/xml"), 422, "results_unreadable")
    done = settled(town, application, proved=15000, back=3000)
    assert (done["state"], done["actions"]) == ("RECLAIMED", [])
    assert list(done["payment"]["proved"].values()) == [15000]
    assert done["payment"] | {"reference": "", "proved": {}} == {
        "proved": {},
        "paid_cents": 18000,
        "paid_on": days_from_now(0),
        "reference": "",
        "justified_cents": 15000,
        "reclaimed_cents": 3000,
    }
    nothing = {"invoices": [{"evidence_id": done["application_id"], "cents": 1}]}
    refused(step(town, "finance", done, "justification", nothing), 404, "evidence_unknown")
    refused(
        step(town, "finance", done, "reclamation", {"reclaimed_cents": 1, "reason": "not_spent"}),
        409,
        "transition_refused",
    )
    refused(prepare(town, application), 409, "transition_refused")
    types = [event.data.TYPE.split(".")[3] for event in events_about(town, application, 6)]
    assert types[3:] == ["paid", "justified", "reclaimed"]


def test_what_an_alert_cost_comes_over_kafka_and_fills_a_line_of_the_claim(town: Town) -> None:
    network = network_of_its_own(town)
    path = f"/v1/networks/{network['network_id']}"
    town.done(town.client("registry", "member").post(f"{path}/members", json=resident_at(network["place"])))
    town.join_be_alert(network)
    town.wait_for("reports knows the network", lambda: reported(town, network, "zwerfvuil").get("network_id"))
    alert_id = proposed(town, network)
    town.done(release(town, alert_id, alert(town, alert_id)[1]))

    def ledger(role: str) -> Any:
        answer = town.client("funding", role).get(f"{path}/communication-costs", params={"year": YEAR})
        return answer.is_success and answer.json()["messages"] and answer.json()

    costs = town.wait_for("funding knows what the alert cost", lambda: ledger("coordinator"))
    [line] = costs["lines"]
    assert (line["alert_id"], line["units"], line["unit_micro_euro"], line["vat_percent"]) == (alert_id, 1, 55000, 21)
    assert costs["total_cents"] == costs["proposed"]["cents"] == 7
    claim = town.done(request(town, network, cost_lines=[costs["proposed"] | {"kind": "sms"}])).json()
    assert (claim["requested_cents"], claim["payable_cents"], claim["members_registered"]) == (7, 7, 1)
    assert claim["cost_lines"][0]["description"] == f"1 bericht via BE-Alert in {YEAR}: 1 eenheid"
    assert ledger("finance") == costs


def test_a_cancelled_batch_frees_its_applications(town: Town, application: dict[str, Any]) -> None:
    town.done(give_account(town, application))
    batch = town.done(prepare(town, application)).json()
    gone = town.done(decide(town, "finance", batch, "cancellation")).json()
    assert [one["state"] for one in gone["payments"]] == ["CANCELLED"]
    refused(decide(town, "city-officer", gone, "release"), 409, "transition_refused")
    assert paying.paid(town, application)["state"] == "PAID"


def test_the_account_of_another_network_does_not_exist(town: Town, application: dict[str, Any]) -> None:
    path = f"/v1/applications/{application['application_id']}/account"
    refused(town.client("funding", "coordinator2").put(path, json=paying.ACCOUNT), 404, "application_unknown")
    refused(town.client("funding", "coordinator2").get(path), 404, "application_unknown")
    refused(town.client("funding", "finance").get(path), 422, "reason_missing")
    refused(town.client("funding", "finance").get(path, params={"reason": "audit"}), 404, "account_unknown")
    town.done(give_account(town, application))
    assert town.done(town.client("funding", "coordinator").get(path)).json()["iban"].endswith("7034")


def test_evidence_is_told_by_its_content_listed_and_fetched_by_its_network_and_the_city(
    town: Town, application: dict[str, Any]
) -> None:
    added = add_evidence(town, application, line=1)
    evidence = town.done(added).json()
    assert (added.status_code, evidence["kind"], evidence["line"]) == (201, "pdf", 1)
    assert add_evidence(town, application, line=1).status_code == 200
    refused(add_evidence(town, application, b"GIF89a"), 422, "evidence_unreadable")
    refused(add_evidence(town, application, PDF.replace(b"/Catalog", b"/JavaScript")), 422, "evidence_active")
    refused(add_evidence(town, application, line=9), 422, "line_unknown")
    refused(add_evidence(town, application, role="coordinator2"), 404, "application_unknown")
    path = f"/v1/applications/{application['application_id']}/evidence"
    for role in ("coordinator", "finance", "burgemeester"):
        listed = town.done(town.client("funding", role).get(path)).json()["items"]
        assert [one["sha256"] for one in listed] == [hashlib.sha256(PDF).hexdigest()]
        file = town.done(town.client("funding", role).get(f"{path}/{evidence['evidence_id']}", params=WHY))
        assert (file.content, file.headers["Content-Type"]) == (PDF, "application/pdf")
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    refused(town.client("funding", "coordinator2").get(path), 404, "application_unknown")
    finance, another = town.client("funding", "finance"), f"{path}/{application['application_id']}"
    refused(finance.get(another), 422, "reason_missing")
    refused(finance.get(another, params=WHY), 404, "evidence_unknown")
    refused(
        town.client("funding", "coordinator").delete(f"{path}/{evidence['evidence_id']}"), 409, "transition_refused"
    )


def test_evidence_of_a_draft_is_taken_back_by_its_network(town: Town) -> None:
    draft = town.done(request(town, network_in_order(town), draft=True)).json()
    evidence = town.done(add_evidence(town, draft)).json()
    path = f"/v1/applications/{draft['application_id']}/evidence"
    mine = f"{path}/{evidence['evidence_id']}"
    refused(town.client("funding", "coordinator2").delete(mine), 404, "application_unknown")
    assert town.done(town.client("funding", "coordinator").delete(mine)).json() == {"items": []}
    refused(town.client("funding", "coordinator").delete(mine), 404, "evidence_unknown")
