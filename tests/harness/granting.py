"""Prepares and enters decisions on applications for support, as finance and a clerk of the city do."""

from datetime import datetime
from typing import Any

import httpx

from buurtsein_kernel.days import BRUSSELS
from harness.town import Town

COLLEGE = {"decided_on": datetime.now(BRUSSELS).date().isoformat(), "reference": "CBS/2026/1187"}


def tag(application: dict[str, Any]) -> str:
    """Return the ETag of the version of an application that an earlier response contained."""
    return f'"{application["version"]}"'


def step(town: Town, role: str, application: dict[str, Any], action: str, body: Any = None) -> httpx.Response:
    """Send one action on an application, with the version from an earlier response in If-Match."""
    path = f"/v1/applications/{application['application_id']}/{action}"
    return town.client("funding", role).post(path, json=body, headers={"If-Match": tag(application)})


def review(town: Town, application: dict[str, Any], **changes: Any) -> httpx.Response:
    """Prepare a decision as finance; without changes it proposes all that the scheme pays."""
    return step(town, "finance", application, "review", {"proposal": "GRANTED"} | changes)


def decide(town: Town, application: dict[str, Any], role: str = "city-officer", **decision: Any) -> httpx.Response:
    """Enter the decision of the college on an application under review."""
    return step(town, role, application, "decision", {"college": COLLEGE} | decision)


def rejected(town: Town, application: dict[str, Any], *reasons: str) -> dict[str, Any]:
    """Let finance and the college reject an application."""
    prepared = town.done(review(town, application, proposal="REJECTED", reasons=list(reasons))).json()
    done: dict[str, Any] = town.done(decide(town, prepared, decision="REJECTED", reasons=list(reasons))).json()
    return done


def granted(town: Town, application: dict[str, Any], cents: int, *reasons: str) -> dict[str, Any]:
    """Let finance and the college grant an application."""
    prepared = town.done(review(town, application, granted_cents=cents, reasons=list(reasons))).json()
    answer = decide(town, prepared, decision="GRANTED", granted_cents=cents, reasons=list(reasons))
    done: dict[str, Any] = town.done(answer).json()
    return done
