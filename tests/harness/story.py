"""Sends commands to the running stack until every type of event that services can record has been recorded."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from buurtsein_kernel.days import BRUSSELS
from buurtsein_stack.demo.official import nearest_address
from harness import granting, paying
from harness.town import METRE_NORTH, Town, days_from_now


def tell_everything(town: Town) -> None:
    """Cause each type of event of networks, members, funding and alerts."""
    network = network_of_its_own(town)
    _members(town, network)
    excluded(town, network)
    _people(town, network)
    support(town, network)
    alerts(town, network)
    lifecycle(town)
    handled_report(town)


def handled_report(town: Town) -> dict[str, Any]:
    """Report litter, and let the city judge, plan, close and reopen it; return the receipt of the report."""
    place = dict(zip(("longitude", "latitude"), town.place(), strict=True))
    start = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    body = {"category": "zwerfvuil", "text": "Er liggen blikjes.", "happened_from": start, "location": place}
    receipt: dict[str, Any] = town.done(town.http("reports").post("/v1/reports", json=body)).json()
    path, seen = f"/v1/reports/{receipt['report_id']}", '"1"'
    for step, decided in (
        ("triage", {"category": "zwerfvuil", "severity": "Minor", "route_to": ["city"]}),
        ("relocation", {"location": place | {"latitude": place["latitude"] + 20 * METRE_NORTH}, "reason": "Gezien."}),
        ("assignment", {"unit": "openbaar-domein", "assignee": "me", "reason": "Zij ruimen op."}),
        ("progress", {"status": "IN_PROGRESS"}),
        ("progress", {"status": "PLANNED", "planned_on": days_from_now(2), "message": "We komen langs."}),
        ("closure", {"resolution": "RESOLVED", "reason": "done"}),
        ("reopening", {"reason": "came_back"}),
    ):
        clerk = town.client("reports", "city-officer")
        seen = town.done(clerk.post(f"{path}/{step}", json=decided, headers={"If-Match": seen})).headers["ETag"]
    return receipt


def network_of_its_own(town: Town) -> dict[str, Any]:
    """Make a recognised network, a kilometre from other networks; return the network and its area's centre."""
    place = town.place(lived_in=True)
    return town.network(place=place) | {"place": place}


def lifecycle(town: Town) -> dict[str, Any]:
    """Let a charter be rejected, returned and recognised; then evaluate, amend, suspend and end the network."""
    network = town.apply(place=town.place())

    def submitted_again() -> None:
        town.submit(network | {"etag": town.tag(network)})

    submitted_again()
    reason = {"reason": "Het gebied is te groot."}
    town.done(town.step(network, "korpschef", "approvals", {"decision": "reject"} | reason))
    submitted_again()
    town.approve(network)
    town.done(town.step(network, "city-officer", "fod-submission"))
    town.done(town.step(network, "fod", "return", reason))
    submitted_again()
    town.approve(network)
    town.recognise(network, days_ago=366)
    evaluated(town, network)
    told_of_risks(town)
    town.done(town.step(network, "coordinator", "amendment", town.charter(budget_plan="De stad betaalt alles.")))
    town.approve(network)
    town.done(town.step(network, "fod", "suspension", {"reason": "inactive", "reference": "VP/2"}))
    town.done(town.step(network, "fod", "reinstatement", {"reference": "VP/3"}))
    town.done(town.step(network, "city-officer", "end", {"reason": "stopped"}))
    return network


def evaluated(town: Town, network: dict[str, Any]) -> None:
    """Let a coordinator write and sign last year's evaluation with the notifier's figures; an officer signs it too."""
    town.done(town.step(network, "korpschef", "officers", {"officer": town.person("officer2")}))
    asked = {"year": datetime.now(BRUSSELS).year - 1, "network_id": network["network_id"]}
    path = f"/v1/networks/{network['network_id']}/evaluations/{asked['year']}"
    sent = town.done(town.client("notifier", "officer").get("/v1/alert-figures", params=asked)).json()["zone"]
    figures = {"hot_by_day": sent["hot_day"], "hot_by_night": sent["hot_night"]}
    figures |= {"cold_feedback": sent["feedback_messages"], "cold_prevention": sent["cold"]}
    coordinator, seen = town.client("registry", "coordinator"), {"If-Match": town.tag(network)}
    answer = town.done(coordinator.put(path, json=figures, headers=seen))
    for role in ("coordinator", "officer2"):
        seen = {"If-Match": answer.headers["ETag"]}
        answer = town.done(town.client("registry", role).post(f"{path}/signature", headers=seen))


def told_of_risks(town: Town) -> None:
    """Let an operator run the job that tells which networks may cease to work, and wait until it succeeded."""
    operator = town.client("registry", "operator")

    def succeeded_at() -> str | None:
        jobs = town.done(operator.get("/v1/operations/jobs")).json()["jobs"]
        moments: list[str | None] = [job.get("last_succeeded_at") for job in jobs if job["name"] == "continuity"]
        return moments[0]

    before = succeeded_at()
    town.done(operator.post("/v1/operations/jobs/continuity/run", json={"reason": "a test of all events"}))
    town.wait_for("the risks of networks are told", lambda: succeeded_at() != before)


def _members(town: Town, network: dict[str, Any]) -> None:
    """Let a person join a network, leave it, and ask for the erasure of personal data."""
    resident = town.client("registry", "member")
    path = f"/v1/networks/{network['network_id']}/members"
    member = town.done(resident.post(path, json=resident_at(network["place"]))).json()
    town.done(resident.post(f"/v1/members/{member['member_id']}/departure", json={"reason": "MOVED"}))
    town.done(resident.post("/v1/persons/me/erasure"))


def excluded(town: Town, network: dict[str, Any]) -> None:
    """Suspend a member; then coordinator, mandated officer and korpschef exclude the member; then end the mandate."""
    officer = town.person("officer")
    town.done(town.step(network, "korpschef", "officers", {"officer": officer}))
    path = f"/v1/networks/{network['network_id']}/members"
    answer = town.done(town.client("registry", "resident").post(path, json=resident_at(network["place"])))
    which, reason = answer.json()["member_id"], {"reason": "false_reports"}
    for role, step, body in (
        ("officer", "suspension", reason | {"until": days_from_now(7)}),
        ("coordinator", "exclusion", reason),
        ("officer", "exclusion/signature", None),
        ("korpschef", "exclusion/confirmation", None),
    ):
        seen = {"If-Match": answer.headers["ETag"]}
        answer = town.done(town.client("registry", role).post(f"/v1/members/{which}/{step}", json=body, headers=seen))
    town.done(town.step(network, "korpschef", f"officers/{officer}/release"))


def resident_at(place: tuple[float, float]) -> dict[str, Any]:
    """Return the request body with which a person at this place joins a network."""
    return {
        "kind": "RESIDENT",
        "name": "Bo Voorbeeld",
        "mobile": "0470 12 34 57",
        "email": "bo@voorbeeld.be",
        "address": nearest_address(*place),
        "adult": True,
        "consent_version": "2026-1",
        "channels": ["sms"],
    }


def _people(town: Town, network: dict[str, Any]) -> None:
    """Appoint a second coordinator, who then resigns."""
    town.appoint(network, "coordinator2", role="co-coordinator")
    removal = f"coordinators/{town.person('coordinator2')}/removal"
    town.done(town.step(network, "officer", removal, {"reason": "resigned"}))


def support(town: Town, network: dict[str, Any]) -> None:
    """Apply for funding three times: withdrawn, rejected before the network accepts BE-Alert, and granted afterwards.

    The last application is incomplete at first; it is paid, partly proved, and partly claimed back.
    """
    coordinator = town.client("funding", "coordinator")
    lines = [{"kind": "sms", "description": "berichten van een jaar", "cents": 18500}]
    year = datetime.now(BRUSSELS).year
    form = {"network_id": network["network_id"], "year": year, "form_version": "2026-1", "cost_lines": lines}

    def request() -> dict[str, Any]:
        accepted: httpx.Response = town.wait_for(
            "funding knows the network",
            lambda: (answer := coordinator.post("/v1/applications", json=form)).is_success and answer,
        )
        asked: dict[str, Any] = accepted.json()
        return asked

    town.done(granting.step(town, "coordinator", request(), "withdrawal"))
    granting.rejected(town, request())
    path = f"/v1/networks/{network['network_id']}"
    town.mandate_officer(network)
    town.done(town.client("registry", "coordinator").post(f"{path}/be-alert", json={"agreement_version": "2026-1"}))
    conditions = f"{path}/conditions"
    town.wait_for(
        "all conditions are met",
        lambda: all(one["met"] for one in town.done(coordinator.get(conditions)).json()["conditions"]),
    )
    more = {"missing": ["proof"], "text": "Bezorg de factuur.", "until": days_from_now(7)}
    incomplete = town.done(granting.step(town, "finance", request(), "questions", more)).json()
    completed = town.done(granting.step(town, "coordinator", incomplete, "submission")).json()
    given = granting.granted(town, completed, 18000, "proof_unclear")
    paying.settled(town, given, proved=15000, back=3000)


def alerts(town: Town, network: dict[str, Any]) -> None:
    """Cause alerts: one is refused, one sent and cancelled, one fails, one expires, and one is written and returned."""
    officer = town.client("notifier", "officer")
    sent, refused = _proposed(town, network, "inbraak", 3), _proposed(town, network, "brand", 1)
    _decided(town, refused, "refusal", "already_solved")
    _released(town, sent, "SENT")
    _given_feedback(town, sent)
    _decided(town, sent, "cancellation", "solved")
    town.wait_for("the alert is CANCELLED", lambda: officer.get(f"/v1/alerts/{sent}").json()["state"] == "CANCELLED")
    failed = _proposed(town, network, "verdacht gedrag", 2)
    town.done(httpx.post(f"{town.manifest['bealert']['url']}/faults", json={"mode": "400", "times": 1}))
    _released(town, failed, "FAILED")
    _expired(town, _proposed(town, network, "beschadiging voertuig", 3))
    _returned(town, network)


def _given_feedback(town: Town, alert_id: str) -> None:
    """Write feedback about an alert that was sent, let another officer release it, and wait until members have it."""
    one, other = town.client("notifier", "dispatcher"), town.client("notifier", "officer")
    texts = {
        "event": "Inbraken opgelost",
        "headline": "De politie hield iemand aan na de inbraken. Bedankt voor uw hulp.",
        "description": "Dankzij meldingen van bewoners hield de politie iemand aan.",
        "instruction": "U hoeft niets te doen.",
    }
    path = f"/v1/alerts/{alert_id}"
    seen = {"If-Match": town.done(one.get(path)).headers["ETag"]}
    written = one.post(f"{path}/follow-ups", json={"purpose": "feedback", "texts": {"nl": texts}}, headers=seen)
    follow_up = f"/v1/alerts/{town.done(written).json()['alert_id']}"
    proposed = town.done(one.post(f"{follow_up}/proposal", headers={"If-Match": written.headers["ETag"]}))
    seen = {"If-Match": proposed.headers["ETag"]}
    town.done(other.post(f"{follow_up}/release", headers=seen))
    town.wait_for("the feedback is given", lambda: other.get(path).json()["feedback"].get("given_at"))


def _returned(town: Town, network: dict[str, Any]) -> None:
    """Write an alert after a call, propose it, and let another officer give it back."""
    one, other = town.client("notifier", "dispatcher"), town.client("notifier", "officer")
    body = {"kind": "COLD", "template": "diefstallen", "category": "diefstal", "networks": [network["network_id"]]}
    written = town.done(one.post("/v1/alerts", json=body))
    path = f"/v1/alerts/{written.json()['alert_id']}"
    seen = {"If-Match": written.headers["ETag"]}
    seen = {"If-Match": town.done(one.post(f"{path}/proposal", headers=seen)).headers["ETag"]}
    town.done(other.post(f"{path}/return", json={"reason": "Zeg in welke straten."}, headers=seen))


def _proposed(town: Town, network: dict[str, Any], category: str, number: int) -> str:
    """Send enough reports for the notifier to propose an alert, and return the alert's id."""
    reports = [reported(town, network, category, metres=20 * i) for i in range(number)]
    path = f"/v1/reports/{reports[-1]}/judgements"

    def alert() -> str | None:
        answer = town.client("notifier", "officer").get(path)
        items = answer.json()["items"] if answer.is_success else []
        return next((item["alert_id"] for item in items if item.get("alert_id")), None)

    return str(town.wait_for(f"an alert for {category}", alert))


def reported(town: Town, network: dict[str, Any], category: str, metres: float) -> str:
    """Report an incident north of a network's centre, once the reports service knows it; return the report's id."""
    body = {
        "category": category,
        "text": "Zo vond ik het.",
        "location": {"longitude": network["place"][0], "latitude": network["place"][1] + metres * METRE_NORTH},
    }

    def accepted() -> dict[str, Any] | None:
        started = (datetime.now(UTC) - timedelta(hours=1)).isoformat()  # new at each try, so it is no repeat
        told = body | {"happened_from": started}
        answer: dict[str, Any] = town.done(town.http("reports").post("/v1/reports", json=told)).json()
        return answer if answer.get("network_id") == network["network_id"] else None

    return str(town.wait_for("reports knows the network", accepted)["report_id"])


def _decided(town: Town, alert_id: str, what: str, reason: str) -> None:
    officer, path = town.client("notifier", "officer"), f"/v1/alerts/{alert_id}"
    seen = town.done(officer.get(path)).headers["ETag"]
    town.done(officer.post(f"{path}/{what}", json={"reason": reason}, headers={"If-Match": seen}))


def _expired(town: Town, alert_id: str) -> None:
    """Set an alert's deadline for a decision to the present time, and wait until the alert has expired."""

    async def overdue() -> None:
        connection = await asyncpg.connect(town.stack.servers.dsn("notifier", "migrator"))
        await connection.execute(
            """update alert set expires_at = now(), document = jsonb_set(document, '{expires_at}', to_jsonb(now()))
               where alert_id = $1""",
            UUID(alert_id),
        )
        await connection.close()

    asyncio.run(overdue())
    officer, path = town.client("notifier", "officer"), f"/v1/alerts/{alert_id}"
    town.wait_for("the alert is EXPIRED", lambda: officer.get(path).json()["state"] == "EXPIRED")


def _released(town: Town, alert_id: str, outcome: str) -> None:
    officer, path = town.client("notifier", "officer"), f"/v1/alerts/{alert_id}"
    seen = town.done(officer.get(path)).headers["ETag"]
    town.done(officer.post(f"{path}/release", headers={"If-Match": seen}))
    town.wait_for(f"the alert is {outcome}", lambda: officer.get(path).json()["state"] == outcome)
