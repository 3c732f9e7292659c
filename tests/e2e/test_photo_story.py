"""Tests the story of a photo on the running stack: sent, seen by a clerk, redacted, seen by its reporter, deleted."""

import httpx
from unit.reports.photo_files import exif, file

from e2e.test_reports_story import submit
from harness.problems import refused
from harness.town import Town


def test_a_photo_is_sent_redacted_shown_and_deleted(town: Town) -> None:
    receipt = submit(town, category="sluikstort", text="Een zetel met een nummerplaat ernaast.").json()
    status, token = f"/v1/reports/{receipt['reference']}/status", {"Tracking-Token": receipt["tracking_token"]}
    reporter, clerk = town.http("reports"), town.client("reports", "city-officer")
    sent = reporter.post(
        f"{status}/photos", content=file("PNG", exif=exif(6)), headers=token | {"Content-Type": "image/png"}
    )
    photo = f"/v1/reports/{receipt['report_id']}/photos/{town.done(sent).json()['photo_id']}"
    own = f"{status}/photos/{sent.json()['photo_id']}"
    original = picture(clerk.get(photo))
    refused(reporter.get(own, headers=token), 404, "photo_unknown")
    hidden = {"rectangles": [{"left": 0, "top": 0, "width": 10, "height": 10}]}
    town.done(clerk.post(f"{photo}/redaction", json=hidden))
    assert reporter.get(status, headers=token).json()["photos"] == [sent.json()["photo_id"]]
    assert picture(reporter.get(own, headers=token)) != original
    town.done(clerk.post(f"{photo}/deletion", json={"reason": "Een kind in beeld."}))
    for answer in (reporter.get(own, headers=token), clerk.get(photo)):
        refused(answer, 404, "photo_unknown")
    acts = clerk.get(f"/v1/reports/{receipt['report_id']}").json()["photo_acts"]
    assert [one["act"] for one in acts] == ["redacted", "deleted"]


def picture(answer: httpx.Response) -> bytes:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8\xff")
    return answer.content
