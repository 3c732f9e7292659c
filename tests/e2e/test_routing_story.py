"""Tests over HTTP and Kafka how two people change categories and routing, and how another body answers."""

from datetime import UTC, datetime, timedelta

from buurtsein_kernel.days import brussels_day
from e2e.test_reports_story import event_of, submit
from harness.problems import refused
from harness.town import Town


def test_another_body_answers_once_about_a_forwarded_report_and_the_reporter_reads_it(town: Town) -> None:
    receipt = town.done(submit(town, category="zwerfvuil", text="Lek aan de kraan.")).json()
    city, path, seen = town.client("reports", "city-officer"), f"/v1/reports/{receipt['report_id']}", '"1"'
    for step, decided in (
        ("triage", {"category": "zwerfvuil", "severity": "Minor", "route_to": ["city"]}),
        ("progress", {"status": "IN_PROGRESS"}),
        ("progress", {"status": "FORWARDED", "forwarded_to": "De Watergroep", "answer_by": "2999-12-31"}),
    ):
        answer = town.done(city.post(f"{path}/{step}", json=decided, headers={"If-Match": seen}))
        seen = answer.headers["ETag"]
    there, token = f"/v1/forwarded/{receipt['reference']}", {"Forwarding-Token": answer.json()["forwarding_token"]}
    shown = town.done(town.http("reports").get(there, headers=token)).json()
    assert (shown["text"], shown["waits"], shown["answer_by"]) == ("Lek aan de kraan.", True, "2999-12-31")
    refused(town.http("reports").get(there), 404, "report_unknown")
    said = {"answer": "done", "message": "De kraan is hersteld."}
    town.done(town.http("reports").post(f"{there}/answer", json=said, headers=token))
    refused(town.http("reports").post(f"{there}/answer", json=said, headers=token), 409, "transition_refused")
    refused(town.http("reports").get(there, headers=token), 404, "report_unknown")
    own = {"Tracking-Token": receipt["tracking_token"]}
    last = town.http("reports").get(f"/v1/reports/{receipt['reference']}/status", headers=own).json()["steps"][-1]
    assert (last["text"], last["message"], last["by_reporter"]) == (
        "De Watergroep heeft dit opgelost.",
        "De kraan is hersteld.",
        False,
    )


def test_two_people_add_a_category_with_a_question_and_it_can_be_reported_at_once(town: Town) -> None:
    city, police = (town.client("reports", role) for role in ("city-officer", "korpschef"))
    document = city.get("/v1/editions/categories/in-force").json()["document"]
    names = dict.fromkeys(("nl", "fr", "de", "en"), "Welke straat?")
    litter = next(one for one in document["categories"] if one["category"] == "zwerfvuil")
    question = {"code": "straat", "kind": "text", "asked": names, "required": True}
    document["categories"].append(litter | {"category": "losse tegel", "questions": [question]})
    body = {"valid_from": brussels_day(datetime.now(UTC)).isoformat(), "why": "Veel vragen.", "document": document}
    proposed = city.post("/v1/categories/proposals", json=body)
    assert proposed.status_code == 201, proposed.text
    where, seen = f"/v1/editions/categories/{proposed.json()['number']}", {"If-Match": proposed.headers["etag"]}
    shown = police.get(where).json()
    assert [one["where"] for one in shown["changes"]] == ["/categories/losse tegel"]
    assert refused(city.post(f"{where}/approval", headers=seen), 403, "own_edition")
    assert refused(submit(town, category="losse tegel"), 422, "category_unknown")
    assert police.post(f"{where}/approval", headers=seen).status_code == 200
    assert refused(police.post(f"{where}/withdrawal", headers=seen), 412, "version_changed")
    assert refused(submit(town, category="losse tegel"), 422, "answer_missing")
    report_id = submit(town, category="losse tegel", answers={"straat": "Dorp"}).json()["report_id"]
    event = town.wait_for("the event", event_of(town, report_id))
    assert (event.category, event.subcategory) == ("zwerfvuil", "losse tegel")
    file = police.get(f"/v1/reports/{report_id}").json()
    assert (file["answers"], file["categories_edition"]) == ({"straat": "Dorp"}, shown["number"])
    told = {one["category"] for one in town.http("reports").get("/v1/categories").json()["items"]}
    yesterday = (brussels_day(datetime.now(UTC)) - timedelta(1)).isoformat()
    before = town.http("reports").get("/v1/categories", params={"on": yesterday}).json()
    assert ("losse tegel" in told, before["edition"]) == (True, 0)


def test_a_rule_that_two_people_made_chooses_the_unit_and_a_clerk_takes_the_report(town: Town) -> None:
    city, police = (town.client("reports", role) for role in ("city-officer", "korpschef"))
    earlier = town.done(submit(town, category="milieuprobleem")).json()
    document = city.get("/v1/editions/routing/in-force").json()["document"]
    document["rules"] = [{"code": "milieu", "unit": "openbaar-domein", "categories": ["milieuprobleem"]}] + document[
        "rules"
    ]
    today = brussels_day(datetime.now(UTC)).isoformat()
    trial = town.done(
        city.post("/v1/routing/trial", json={"document": document, "since": today, "until": today})
    ).json()
    [move] = [one for one in trial["moves"] if one["after"] == "openbaar-domein"]
    assert (move["before"], earlier["reference"] in move["examples"]) == ("stad", True)
    body = {"valid_from": today, "why": "Zij ruimen op.", "document": document}
    proposed = town.done(city.post("/v1/routing/proposals", json=body))
    where = f"/v1/editions/routing/{proposed.json()['number']}"
    town.done(police.post(f"{where}/approval", headers={"If-Match": proposed.headers["etag"]}))
    report_id = town.done(submit(town, category="milieuprobleem", text="Olie op de gracht.")).json()["report_id"]
    event = town.wait_for("the event", event_of(town, report_id))
    file = city.get(f"/v1/reports/{report_id}")
    assert (event.unit, file.json()["unit_why"]) == ("openbaar-domein", "Regel milieu: soort milieuprobleem.")
    taken = {"assignee": "me", "reason": "Ik ga kijken."}
    headers = {"If-Match": file.headers["etag"]}
    assert city.post(f"/v1/reports/{report_id}/assignment", json=taken, headers=headers).json()["assignee"]
    assert refused(
        police.post(f"/v1/reports/{report_id}/assignment", json=taken, headers=headers), 412, "version_changed"
    )
    mine = city.get("/v1/reports", params={"assignee": "me", "unit": "openbaar-domein", "route": "city"}).json()[
        "items"
    ]
    assert report_id in {one["report_id"] for one in mine}
    assert not police.get("/v1/reports", params={"assignee": "me"}).json()["items"]
