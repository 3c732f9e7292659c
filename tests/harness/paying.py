"""Pays support to networks, as coordinators, finance and the city's bank do."""

from typing import Any

import httpx

from harness.granting import step
from harness.town import Town, days_from_now

IBAN = "BE68539007547034"
ACCOUNT = {"holder": "BIN Noordwijk", "iban": "BE68 5390 0754 7034", "message": "+++010/8068/17183+++"}


def give_account(town: Town, application: dict[str, Any], **changes: Any) -> httpx.Response:
    """Enter the bank account to which an application is paid, as the network's coordinator."""
    path = f"/v1/applications/{application['application_id']}/account"
    return town.client("funding", "coordinator").put(path, json=ACCOUNT | changes)


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def add_evidence(
    town: Town, application: dict[str, Any], file: bytes = PDF, role: str = "coordinator", **query: int
) -> httpx.Response:
    """Add a file to an application, as its coordinator."""
    path, headers = f"/v1/applications/{application['application_id']}/evidence", {"Content-Type": "application/pdf"}
    return town.client("funding", role).post(path, content=file, headers=headers, params=query)


def prepare(town: Town, *applications: dict[str, Any], **changes: Any) -> httpx.Response:
    """Prepare the payment of these applications as finance."""
    body = {"application_ids": [one["application_id"] for one in applications], "pay_on": days_from_now(1)}
    return town.client("funding", "finance").post("/v1/payment-batches", json=body | changes)


def decide(town: Town, role: str, batch: dict[str, Any], action: str) -> httpx.Response:
    """Release or cancel a payment batch, with the version from an earlier response in If-Match."""
    path, seen = f"/v1/payment-batches/{batch['batch_id']}/{action}", {"If-Match": f'"{batch["version"]}"'}
    return town.client("funding", role).post(path, headers=seen)


def fetch(town: Town, batch: dict[str, Any], form: str = "pain001", role: str = "finance") -> httpx.Response:
    """Fetch the file that pays a batch of applications, in the given format."""
    return town.client("funding", role).get(f"/v1/payment-batches/{batch['batch_id']}/file", params={"form": form})


def bank_says(town: Town, file: str, kind: str = "text/csv") -> httpx.Response:
    """Send, as finance, a file in which the bank tells which payments succeeded."""
    headers = {"Content-Type": kind}
    return town.client("funding", "finance").post("/v1/payment-results", content=file.encode(), headers=headers)


def released(town: Town, application: dict[str, Any]) -> dict[str, Any]:
    """Enter an application's bank account, let finance prepare the payment and a clerk release it; return the batch."""
    town.done(give_account(town, application))
    prepared = town.done(prepare(town, application)).json()
    batch: dict[str, Any] = town.done(decide(town, "city-officer", prepared, "release")).json()
    return batch


def paid(town: Town, application: dict[str, Any]) -> dict[str, Any]:
    """Pay a granted application, and return the application as finance reads it after the payment."""
    [payment] = released(town, application)["payments"]
    line = f"{payment['end_to_end_id']};paid;{days_from_now(0)}"
    town.done(bank_says(town, f"end_to_end_id;status;date\n{line}\n"))
    path = f"/v1/applications/{application['application_id']}"
    found: dict[str, Any] = town.done(town.client("funding", "finance").get(path)).json()
    return found


def settled(town: Town, application: dict[str, Any], proved: int, back: int) -> dict[str, Any]:
    """Pay a granted application, enter an invoice over `proved` cents, and claim `back` cents back."""
    invoice = town.done(add_evidence(town, application)).json()["evidence_id"]
    body = {"invoices": [{"evidence_id": invoice, "cents": proved}]}
    justified = step(town, "finance", paid(town, application), "justification", body)
    claim = {"reclaimed_cents": back, "reason": "not_spent"}
    done: dict[str, Any] = town.done(step(town, "finance", town.done(justified).json(), "reclamation", claim)).json()
    return done
