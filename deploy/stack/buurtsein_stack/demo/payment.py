"""Plays the demo's part about money: the city pays granted support, and the network proves how it spent the money."""

import hashlib
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.demo.cast import Cast, Document
from buurtsein_stack.demo.networks import FUNDING, Neighbourhood, today
from buurtsein_stack.demo.stage import Stage, euros

FILE = "pain001.xml"
ACCOUNT = {"holder": "BIN Voorbeeld", "iban": "BE68 5390 0754 7034", "message": "+++010/8068/17183+++"}
INVOICE = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pay(stage: Stage, cast: Cast, place: Neighbourhood, application: Document, folder: Path) -> None:
    """Let two people prepare and release the payment, keep the bank's file, and read back that the bank paid."""
    path = f"/v1/applications/{application['application_id']}"
    shown = cast.does("funding", place.coordinator, f"{path}/account", ACCOUNT, method="PUT")
    stage.say(f"De coördinator geeft een rekening: {shown['iban']}.", "The account is encrypted, and shown masked.")
    body = {"application_ids": [application["application_id"]], "pay_on": today().isoformat()}
    batch = cast.does("funding", "finance", "/v1/payment-batches", body)
    of_batch = f"/v1/payment-batches/{batch['batch_id']}"
    problem = cast.is_refused("funding", "finance", f"{of_batch}/release", {}, batch["etag"])
    stage.say(f"Wie een betaling voorbereidt, geeft ze niet vrij ({problem['code']}).", "Payments need four eyes.")
    cast.does("funding", "city-officer", f"{of_batch}/release", version=batch["etag"])
    file = cast.fetch("funding", "finance", f"{of_batch}/file")
    if hashlib.sha256(file).hexdigest() != batch["sha256"]:
        raise CommandError("demo", "the payment file is not the one that was released")
    (folder / FILE).write_bytes(file)
    stage.say(
        f"Het bestand voor de bank: {batch['number']} betaling, {euros(batch['total_cents'])}, pain.001.001.09.",
        "Its hash is the one that was prepared and released.",
    )
    [payment] = batch["payments"]
    answer = f"end_to_end_id;status;date\n{payment['end_to_end_id']};paid;{today()}\n"
    cast.sends("funding", "finance", "/v1/payment-results", answer.encode(), "text/csv", emits=FUNDING)
    stage.say("De bank heeft betaald: FundingPaid.", "The bank's answer is read back.")


def prove(stage: Stage, cast: Cast, place: Neighbourhood, application: Document) -> None:
    """Let the coordinator send an invoice, and finance accept it."""
    path = f"/v1/applications/{application['application_id']}"
    invoice = cast.sends("funding", place.coordinator, f"{path}/evidence", INVOICE, "application/pdf")
    proved = {"invoices": [{"evidence_id": invoice["evidence_id"], "cents": 18_500}]}
    seen = cast.version("funding", "finance", path)
    shown = cast.does("funding", "finance", f"{path}/justification", proved, emits=FUNDING, version=seen)
    stage.say(
        f"De factuur verantwoordt {euros(shown['payment']['justified_cents'])}: FundingJustified.",
        "Finance accepts the invoice, and nothing is claimed back.",
    )
