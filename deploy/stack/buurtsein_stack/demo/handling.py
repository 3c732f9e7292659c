"""Plays the demo's part about one report: the city handles it, and its reporter follows what happens."""

from datetime import UTC, datetime, timedelta
from typing import Any

from buurtsein_stack.demo.cast import Cast, Document
from buurtsein_stack.demo.networks import Neighbourhood
from buurtsein_stack.demo.stage import Stage

TOPICS = ("bin.incidents", "bin.city-incidents")


def handle(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Report illegal dumping, let the city judge, plan and close it, and read the answer as its reporter."""
    longitude, latitude = place.middle
    report = {
        "category": "sluikstort",
        "text": "Twee zetels en een matras naast de glasbol.",
        "happened_from": (datetime.now(UTC) - timedelta(hours=3)).isoformat(),
        "location": {"longitude": longitude, "latitude": latitude, "postcode": "9300"},
        "language": "fr",
    }
    receipt = cast.does("reports", "", "/v1/reports", report, emits=TOPICS)
    _decide(cast, receipt, "triage", category="sluikstort", severity="Minor", route_to=["city"])
    _decide(cast, receipt, "progress", status="IN_PROGRESS")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    _decide(cast, receipt, "progress", status="PLANNED", planned_on=tomorrow)
    _decide(cast, receipt, "closure", resolution="RESOLVED", reason="done", message="Les encombrants sont partis.")
    stage.say(f"De stad handelt melding {receipt['reference']} af.", "The city judges, plans and closes the report.")
    token = {"Tracking-Token": receipt["tracking_token"]}
    followed = cast.client("reports", "").get(f"/v1/reports/{receipt['reference']}/status", headers=token).json()
    stage.quote("\n".join(f"     {step['text']}" for step in followed["steps"]))


def _decide(cast: Cast, receipt: Document, step: str, **decision: Any) -> None:
    path = f"/v1/reports/{receipt['report_id']}"
    seen = cast.client("reports", "city-officer").get(path).headers["ETag"]
    cast.does("reports", "city-officer", f"{path}/{step}", decision, emits=TOPICS, version=seen)
