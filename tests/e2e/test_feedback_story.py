"""Over HTTP and Kafka: reporters read how an alert ended, and one response shows all steps of the alert."""

from datetime import UTC, datetime, timedelta
from typing import Any

from e2e.test_notifier_story import alert, decide, home, judged, release
from harness.town import METRE_NORTH, Town

__all__ = ["home"]

IN_FRENCH = "Exercice : La police a averti le quartier"


def receipts(town: Town, home: dict[str, Any]) -> list[dict[str, Any]]:
    """Report three burglaries in French, some metres apart; return the receipts."""
    bodies = [
        {
            "category": "inbraak",
            "text": "La porte a été forcée.",
            "language": "fr",
            "happened_from": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "location": {"longitude": home["place"][0], "latitude": home["place"][1] + 20 * number * METRE_NORTH},
        }
        for number in range(3)
    ]
    return [town.done(town.http("reports").post("/v1/reports", json=body)).json() for body in bodies]


def progress(town: Town, receipt: dict[str, Any]) -> dict[str, Any]:
    """Return what a reporter reads about a report with the tracking token."""
    headers = {"Tracking-Token": receipt["tracking_token"]}
    answer = town.http("reports").get(f"/v1/reports/{receipt['reference']}/status", headers=headers)
    shown: dict[str, Any] = town.done(answer).json()
    return shown


def test_an_alert_is_followed_from_report_to_feedback_in_one_answer_and_its_reporters_hear_how_it_ended(
    town: Town, home: dict[str, Any]
) -> None:
    sent_in = receipts(town, home)
    alert_id = judged(town, sent_in[-1]["report_id"], "proposed")["alert_id"]
    town.done(release(town, alert_id, alert(town, alert_id)[1]))
    town.wait_for("the alert is sent", lambda: alert(town, alert_id)[0]["state"] == "SENT")
    assert progress(town, sent_in[0])["feedback"] == []
    text = {
        "event": "Inbraken opgehelderd",
        "headline": "De daders van de inbraken zijn gevat. Bedankt voor uw hulp.",
        "description": "Na de oproep kon de politie de daders vatten.",
        "instruction": "U hoeft niets meer te doen.",
    }
    body = {"purpose": "feedback", "texts": {"nl": text}}
    officer, tag = town.client("notifier", "officer"), alert(town, alert_id)[1]
    draft = town.done(officer.post(f"/v1/alerts/{alert_id}/follow-ups", json=body, headers={"If-Match": tag}))
    later = draft.json()["alert_id"]
    put = town.done(decide(town, later, "proposal", draft.headers["ETag"]))
    town.done(release(town, later, put.headers["ETag"], "dispatcher"))

    def told() -> Any:
        shown = [progress(town, one) for one in sent_in]
        return all(one["feedback"] for one in shown) and shown

    for shown in town.wait_for("each reporter is told", told):
        (heard,) = shown["feedback"]
        assert heard["text"].startswith(IN_FRENCH)
    shown, _ = alert(town, alert_id)
    assert sorted(shown["report_ids"]) == sorted(one["report_id"] for one in sent_in)
    assert shown["why"].startswith("3 meldingen over inbraak")
    assert [one["actor"] for one in shown["releases"]] == [town.person("officer")]
    (delivery,) = shown["deliveries"]
    assert (delivery["state"], bool(delivery["reference"])) == ("sent", True)
    assert [(one["alert_id"], one["purpose"], one["state"]) for one in shown["follow_ups"]] == [
        (later, "feedback", "SENT")
    ]
    assert shown["feedback"]["given_by"] == town.person("dispatcher")
    steps = [one["kind"] for one in shown["steps"]]
    assert steps == ["proposed", "released", "sent", "followed"]
