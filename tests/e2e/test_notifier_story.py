"""Over HTTP and Kafka: which reports lead to an alert, who may release the alert, and which events follow."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier.cap import Status, check_schema, from_xml
from harness.town import METRE_NORTH, Town


@pytest.fixture
def home(town: Town) -> dict[str, Any]:
    return new_home(town)


def new_home(town: Town) -> dict[str, Any]:
    """Make a recognised network far from others that accepts BE-Alert; wait until the service reports knows it."""
    place = town.place()
    network = town.network(place=place)
    town.join_be_alert(network)
    home = network | {"place": place}
    town.wait_for("reports knows the network", lambda: reported(town, home, "zwerfvuil").get("network_id"))
    return home


def report(town: Town, home: dict[str, Any], category: str = "inbraak", metres: float = 0, hours: float = 1) -> str:
    """Report an incident `metres` from the centre of the network, `hours` hours ago; return the id of the report."""
    return str(reported(town, home, category, metres, hours)["report_id"])


def reported(town: Town, home: dict[str, Any], category: str, metres: float = 0, hours: float = 1) -> dict[str, Any]:
    body = {
        "category": category,
        "text": "De achterdeur werd opengebroken.",
        "happened_from": (datetime.now(UTC) - timedelta(hours=hours)).isoformat(),
        "location": {"longitude": home["place"][0], "latitude": home["place"][1] + metres * METRE_NORTH},
    }
    receipt: dict[str, Any] = town.done(town.http("reports").post("/v1/reports", json=body)).json()
    return receipt


def judgement(town: Town, report_id: str) -> dict[str, Any]:
    """Wait until the notifier has decided about a report, and return its first decision."""

    def made() -> Any:
        answer = town.client("notifier", "officer").get(f"/v1/reports/{report_id}/judgements")
        return answer.is_success and answer.json()["items"]

    items: list[dict[str, Any]] = town.wait_for("a judgement", made)
    return items[0]


def judged(town: Town, report_id: str, finding: str) -> dict[str, Any]:
    """Wait until the notifier's decision about a report has this finding, and return the decision."""

    def found() -> Any:
        made = judgement(town, report_id)
        return made["finding"] == finding and made

    answer: dict[str, Any] = town.wait_for(f"judgement {finding}", found)
    return answer


def proposed(town: Town, home: dict[str, Any], category: str = "inbraak", reports: int = 3) -> str:
    """Send a number of reports, and return the id of the alert that the notifier proposes."""
    newest = [report(town, home, category, metres=20 * i) for i in range(reports)][-1]

    def alert_id() -> Any:
        return judgement(town, newest).get("alert_id")

    made: str = town.wait_for("a proposed alert", alert_id)
    return made


def alert(town: Town, alert_id: str, role: str = "officer") -> tuple[dict[str, Any], str]:
    """Read an alert as an officer; return its JSON document and its ETag."""
    answer = town.done(town.client("notifier", role).get(f"/v1/alerts/{alert_id}"))
    return answer.json(), answer.headers["ETag"]


def release(town: Town, alert_id: str, tag: str | None, role: str = "officer") -> Any:
    headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": tag} if tag else {})
    return town.client("notifier", role).post(f"/v1/alerts/{alert_id}/release", headers=headers)


def decide(town: Town, alert_id: str, what: str, tag: str | None, **body: str) -> Any:
    """Send an officer's decision about an alert, with the ETag of the alert that was read."""
    headers = {"If-Match": tag} if tag else {}
    return town.client("notifier", "officer").post(f"/v1/alerts/{alert_id}/{what}", json=body, headers=headers)


def stream(town: Town, alert_id: str) -> list[str]:
    mine = (event for event in town.events("bin.alerts") if event.key == alert_id)
    return [event.type.removeprefix("be.bin.alert.") for event in sorted(mine, key=lambda event: event.sequence)]


def test_a_burst_of_burglaries_is_released_by_an_officer_and_arrives(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    seen, tag = alert(town, alert_id)
    assert (seen["state"], seen["network_ids"], len(seen["report_ids"])) == ("PROPOSED", [home["network_id"]], 3)
    assert seen["why"].startswith("3 meldingen over inbraak binnen 500 m en 24 uur")
    assert (seen["sms"]["units"], seen["sms"]["encoding"]) == (1, "GSM-7")
    assert seen["deliveries"] == []
    town.done(release(town, alert_id, tag))

    def sent() -> Any:
        shown, _ = alert(town, alert_id, "dispatcher")
        return shown["state"] == "SENT" and shown

    shown = town.wait_for("the alert is sent", sent)
    (delivery,) = shown["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("sent", 1)
    xml = shown["cap"]["xml"].encode()
    assert check_schema(xml) == []
    message = from_xml(xml)
    assert message.status is Status.EXERCISE
    assert message.restriction == f"Leden van {home['name']}"
    assert "achterdeur" not in shown["cap"]["xml"]
    town.wait_for("all events", lambda: len(stream(town, alert_id)) == 4)
    assert stream(town, alert_id) == ["proposed.v1", "released.v1", "sent.v1", "feedback-due.v1"]


def test_joining_reports_do_not_make_a_release_fail(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    _, tag = alert(town, alert_id)
    fourth = report(town, home, metres=100)
    made = judged(town, fourth, "joined")
    assert made["alert_id"] == alert_id
    assert fourth in alert(town, alert_id)[0]["report_ids"]
    assert alert(town, alert_id)[1] == tag
    assert town.done(release(town, alert_id, tag)).json()["state"] == "RELEASED"


def test_an_alert_that_changed_since_it_was_read_is_not_released(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    _, tag = alert(town, alert_id)
    refused = release(town, alert_id, tag.replace(tag[1:5], "0000"))
    assert (refused.status_code, refused.json()["code"]) == (412, "version_changed")


def test_a_report_without_an_alert_shows_the_reason(town: Town, home: dict[str, Any]) -> None:
    assert judged(town, report(town, home), "too_few")["why"].endswith("nodig: 3.")
    assert judged(town, report(town, home, hours=72), "too_old")["worthy"] is False
    assert judged(town, report(town, home, "sluikstort"), "no_rule")["why"].startswith("Geen regel")


def test_who_may_release_and_with_which_version(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    _, tag = alert(town, alert_id)
    assert release(town, alert_id, None).json()["code"] == "if_match_missing"
    assert release(town, alert_id, '"999"').status_code == 412
    for role in ("korpschef", "burgemeester", "coordinator", "city-officer"):
        assert release(town, alert_id, tag, role).json()["code"] == "role_missing"
    assert town.http("notifier").get(f"/v1/alerts/{alert_id}").json()["code"] == "token_missing"
    assert release(town, str(uuid4()), tag).json()["code"] == "alert_unknown"
    assert decide(town, alert_id, "refusal", None, reason="already_solved").json()["code"] == "if_match_missing"
    assert decide(town, alert_id, "refusal", '"999"', reason="already_solved").status_code == 412
    town.done(decide(town, alert_id, "refusal", tag, reason="already_solved"))
    refused = release(town, alert_id, alert(town, alert_id)[1])
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_refused")
    town.wait_for("all events", lambda: len(stream(town, alert_id)) == 2)
    assert stream(town, alert_id) == ["proposed.v1", "refused.v1"]


def test_a_fire_needs_two_officers(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home, "brand", 1)
    first = town.done(release(town, alert_id, alert(town, alert_id)[1]))
    assert (first.json()["state"], len(first.json()["releases"])) == ("PROPOSED", 1)
    again = release(town, alert_id, first.headers["ETag"])
    assert (again.status_code, again.json()["code"]) == (403, "same_person")
    second = town.done(release(town, alert_id, first.headers["ETag"], "officer2"))
    assert second.json()["state"] == "RELEASED"


def test_a_dispatcher_releases_an_alert_and_an_officer_cancels_it(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    town.done(release(town, alert_id, alert(town, alert_id)[1], "dispatcher"))
    town.wait_for("the alert is sent", lambda: alert(town, alert_id)[0]["state"] == "SENT")
    _, tag = alert(town, alert_id)
    assert decide(town, alert_id, "cancellation", None, reason="mistake").json()["code"] == "if_match_missing"
    town.done(decide(town, alert_id, "cancellation", tag, reason="mistake"))
    town.wait_for("the alert is called off", lambda: alert(town, alert_id)[0]["state"] == "CANCELLED")
    again = decide(town, alert_id, "cancellation", alert(town, alert_id)[1], reason="mistake")
    assert (again.status_code, again.json()["allowed"]) == (409, [])
    town.wait_for("all events", lambda: len(stream(town, alert_id)) == 5)
    assert stream(town, alert_id) == ["proposed.v1", "released.v1", "sent.v1", "feedback-due.v1", "cancelled.v1"]


def test_the_kill_switch_holds_a_released_alert(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    chief = town.client("notifier", "korpschef")
    on, off = {"on": True, "reason": "een proef"}, {"on": False, "reason": "proef voorbij"}
    assert town.client("notifier", "officer").post("/v1/kill-switch", json=on).status_code == 403
    assert chief.post("/v1/kill-switch", json=on).json()["code"] == "if_match_missing"
    seen = {"If-Match": chief.get("/v1/kill-switch").headers["ETag"]}
    used = town.done(chief.post("/v1/kill-switch", json=on, headers=seen))
    assert chief.post("/v1/kill-switch", json=off, headers=seen).json()["code"] == "version_changed"
    try:
        town.done(release(town, alert_id, alert(town, alert_id)[1]))
        shown = town.client("notifier", "operator").get("/v1/kill-switch").json()
        assert (shown["on"], shown["reason"], shown["actor"]) == (True, "een proef", town.person("korpschef"))
        assert shown["changed_at"]
        assert alert(town, alert_id)[0]["deliveries"][0]["state"] == "ready"
    finally:
        town.done(chief.post("/v1/kill-switch", json=off, headers={"If-Match": used.headers["ETag"]}))
    town.wait_for("the alert is sent", lambda: alert(town, alert_id)[0]["state"] == "SENT")


def test_the_work_list_by_state(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    mayor = town.client("notifier", "burgemeester")
    asked: dict[str, Any] = {"state": "PROPOSED", "kind": "HOT", "network_id": home["network_id"], "q": "inbraken"}
    listed = town.done(mayor.get("/v1/alerts", params=asked | {"count": True})).json()
    assert [one["alert_id"] for one in listed["items"]] == [alert_id]
    assert (listed["total"]["number"], listed["items"][0]["reports"]) == (1, 3)
    assert town.done(mayor.get("/v1/alerts", params=asked | {"q": "brandweer"})).json()["items"] == []
    assert alert_id in town.done(mayor.get("/v1/alerts", params=asked | {"format": "csv"})).text
    assert town.done(mayor.get("/v1/alerts/counts")).json()["states"]["PROPOSED"]["number"] >= 1
    newest = town.done(town.client("notifier", "officer").get("/v1/alerts", params={"limit": 1})).json()
    assert newest["items"][0]["proposed_at"] >= listed["items"][0]["proposed_at"]
    reports = town.done(town.client("notifier", "officer").get(f"/v1/alerts/{alert_id}/reports")).json()["items"]
    assert sorted(one["report_id"] for one in reports) == sorted(alert(town, alert_id)[0]["report_ids"])


def test_figures_count_hot_and_cold_alerts_and_the_feedback_owed(town: Town, home: dict[str, Any]) -> None:
    alert_id = proposed(town, home)
    town.done(release(town, alert_id, alert(town, alert_id)[1]))
    town.wait_for("the alert is sent", lambda: alert(town, alert_id)[0]["state"] == "SENT")
    asked = {"year": datetime.now(BRUSSELS).year, "network_id": home["network_id"]}
    officer, path = town.client("notifier", "officer"), f"/v1/alerts/{alert_id}"

    def figures() -> dict[str, Any]:
        (mine,) = town.done(officer.get("/v1/alert-figures", params=asked)).json()["networks"]
        return dict(mine)

    counted = figures()
    assert (counted["name"], counted["hot"], counted["cold"]) == (home["name"], 1, 0)
    assert counted["hot_day"] + counted["hot_night"] == 1
    assert (counted["owed"], counted["on_time"], counted["overdue"]) == (1, 0, 0)
    seen = {"If-Match": alert(town, alert_id)[1]}
    town.done(officer.post(f"{path}/feedback", json={"how": "Verteld door de coördinator."}, headers=seen))
    assert figures()["on_time"] == 1


def test_police_write_an_alert_after_a_call_and_a_colleague_releases_it(town: Town, home: dict[str, Any]) -> None:
    dispatcher, officer = town.client("notifier", "dispatcher"), town.client("notifier", "officer")
    place = {"longitude": home["place"][0], "latitude": home["place"][1], "metres": 50}
    texts = {
        "event": "Verdachte deurverkoop",
        "headline": "Iemand verkoopt aan de deur. Verdacht? Bel 101.",
        "description": "De politie kreeg een oproep over iemand die zich als elektricien voordoet.",
        "instruction": "Laat niemand binnen die u niet verwacht.",
    }
    body = {"kind": "HOT", "category": "verdacht gedrag", "texts": {"nl": texts}, "place": place}

    def reached() -> Any:
        answer = dispatcher.post("/v1/alerts", json=body)
        return answer.is_success and answer

    written = town.wait_for("the notifier knows the network", reached)
    path, tag = f"/v1/alerts/{written.json()['alert_id']}", written.headers["ETag"]
    assert (written.json()["state"], written.json()["network_ids"]) == ("DRAFT", [home["network_id"]])
    read = town.done(dispatcher.post(f"{path}/proposal", headers={"If-Match": tag})).headers["ETag"]
    change = {"texts": {"nl": texts | {"headline": "Deurverkoper in de buurt. Verdacht? Bel 101."}}}
    edited = town.done(dispatcher.post(f"{path}/edit", json=change, headers={"If-Match": read}))
    late = officer.post(f"{path}/release", headers={"If-Match": read})
    assert (late.status_code, [one["field"] for one in late.json()["difference"]]) == (412, ["texts.nl.headline"])
    own = dispatcher.post(f"{path}/release", headers={"If-Match": edited.headers["ETag"]})
    assert (own.status_code, own.json()["code"]) == (403, "own_alert")
    town.done(officer.post(f"{path}/release", headers={"If-Match": edited.headers["ETag"]}))
    town.wait_for("the alert is sent", lambda: officer.get(path).json()["state"] == "SENT")
    shown = officer.get(path).json()
    steps = ["drafted", "proposed", "edited", "released", "sent"]
    assert [one["kind"] for one in shown["steps"]] == steps
    assert "Deurverkoper in de buurt" in shown["cap"]["xml"]
    assert [one["reader"] for one in officer.get(path).json()["read_by"]] == [town.person("officer")]
    assert town.client("notifier", "coordinator").get(path).status_code == 404
    town.wait_for("all events", lambda: len(stream(town, shown["alert_id"])) == 5)
    assert stream(town, shown["alert_id"])[:4] == ["proposed.v1", "proposed.v1", "released.v1", "sent.v1"]
    reply: dict[str, Any] = {
        "purpose": "feedback",
        "texts": {"nl": texts | {"headline": "De verkoper was echt. Bedankt voor uw hulp."}},
    }
    seen = {"If-Match": officer.get(path).headers["ETag"]}
    draft = town.done(officer.post(f"{path}/follow-ups", json=reply, headers=seen))
    later = f"/v1/alerts/{draft.json()['alert_id']}"
    put = town.done(officer.post(f"{later}/proposal", headers={"If-Match": draft.headers["ETag"]}))
    town.done(dispatcher.post(f"{later}/release", headers={"If-Match": put.headers["ETag"]}))
    town.wait_for("the feedback is given", lambda: officer.get(path).json()["feedback"].get("given_at"))
    town.wait_for("all events", lambda: len(stream(town, shown["alert_id"])) == 7)
    assert stream(town, shown["alert_id"])[4:] == ["feedback-due.v1", "updated.v1", "feedback-given.v1"]
    message = from_xml(officer.get(later).json()["cap"]["xml"].encode())
    assert (message.msg_type, message.info[0].urgency) == ("Update", "Past")
    assert shown["cap_identifier"] in (message.references or "")
