"""Tests over HTTP and Kafka that a reporter who is signed in follows a report from the account."""

from e2e.test_reports_story import event_of, submit
from harness.problems import refused
from harness.town import Town


def test_who_is_signed_in_follows_a_report_from_the_account_and_nobody_sees_whose_it_is(town: Town) -> None:
    refused(submit(town, in_account=True), 422, "account_missing")
    receipt = town.done(submit(town, "member", in_account=True, text="Vanuit mijn account.")).json()
    other = town.done(submit(town, "member", text="Zonder account.")).json()
    own = town.done(town.client("reports", "member").get("/v1/my-reports")).json()["items"]
    tokens = {one["reference"]: one["tracking_token"] for one in own}
    assert tokens[receipt["reference"]] == receipt["tracking_token"]
    assert other["reference"] not in tokens
    assert receipt["reference"] not in town.client("reports", "resident").get("/v1/my-reports").text
    read = town.client("reports", "officer").get(f"/v1/reports/{receipt['report_id']}").text
    event = town.wait_for("the event", event_of(town, receipt["report_id"]))
    assert town.person("member") not in read + event.to_json()
