"""Over HTTP: reports of emergencies are refused, repeated reports are recognised, and texts follow the language."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from e2e.test_reports_story import rows, story, submit
from harness.town import Town


async def counts(town: Town) -> tuple[int, ...]:
    """Return the numbers of reports refused as emergencies, of reporters asked for more, and of database rows."""
    tables = (
        "coalesce(sum(refused), 0) from emergency_count",
        "coalesce(sum(asked), 0) from emergency_count",
        "count(*) from report",
        "count(*) from idempotency",
    )
    return tuple([(await rows(town, f"select {table}"))[0][0] for table in tables])


def just_now() -> str:
    """Return the time of one minute ago as text in ISO 8601."""
    return (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


@pytest.mark.parametrize(
    "changes",
    [
        {"danger": True},
        {"in_progress": True},
        {"text": "NU BEZIG: twee mannen forceren de voordeur van de buren!"},
        {"text": "Er staat een man in mijn tuin", "happening_now": False},
        {"category": "brand", "happened_from": just_now},
    ],
)
async def test_an_emergency_is_sent_to_101_and_only_counted(town: Town, changes: dict[str, Any]) -> None:
    before = await counts(town)
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    answer = submit(town, **changes)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "emergency")
    assert "101" in problem["detail"]
    assert "112" in problem["detail"]
    assert problem["report"]["text"] == story(**changes)["text"]
    assert await counts(town) == (before[0] + 1, *before[1:])


async def test_a_possible_emergency_gets_a_question_and_the_answer_decides(town: Town) -> None:
    before = await counts(town)
    asked = submit(town, text="Er loopt een verdachte man rond in onze straat.")
    problem = asked.json()
    assert (asked.status_code, problem["code"]) == (422, "emergency_question")
    assert problem["question"] == "Gebeurt dit nu, of is iemand in gevaar?"
    assert await counts(town) == (before[0], before[1] + 1, *before[2:])
    reports = town.http("reports")
    yes, no = (reports.post("/v1/reports", json=problem["report"] | {"happening_now": now}) for now in (True, False))
    assert yes.json()["code"] == "emergency"
    assert no.status_code == 201


def test_the_same_report_sent_three_times_is_one_and_gets_one_reference(town: Town) -> None:
    body = story(text="Drie keer op de knop gedrukt.")
    answers = [town.http("reports").post("/v1/reports", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert len({answer.json()["tracking_token"] for answer in answers}) == 1


def test_a_receipt_is_in_the_language_of_the_reporter(town: Town) -> None:
    receipt = submit(town, language="fr", text="On a fracturé la porte de derrière pendant notre absence.").json()
    assert (receipt["language"], receipt["next_step"][:9]) == ("fr", "La police")
    items = town.http("reports").get("/v1/categories", params={"language": "de"}).json()["items"]
    assert {"Brand", "Einbruch"} <= {item["name"] for item in items}
