"""Over HTTP and Kafka: two people change the alert rules, and reports are judged by them at once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from buurtsein_kernel.days import brussels_day
from e2e.test_notifier_story import judged, new_home, report
from harness.operating import ask, invoke
from harness.problems import refused
from harness.town import Town


def watching(home: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return a rule for graffiti in one network only, so that it disturbs no other story."""
    (burglaries,) = (one for one in document["rule"] if one["id"] == "inbrakenreeks")
    own = {"id": "graffiti-hier", "version": 1, "categories": ["graffiti"], "network_ids": [home["network_id"]]}
    rule: dict[str, Any] = (
        burglaries | own | {"min_severity": "Minor", "min_count": 1, "headline": "Graffiti in {buurt}"}
    )
    return rule


def test_two_people_change_the_rules_and_reports_are_judged_by_them_at_once(town: Town, tmp_path: Path) -> None:
    home = new_home(town)
    officer, chief = town.client("notifier", "officer"), town.client("notifier", "korpschef")
    assert judged(town, report(town, home, "graffiti"), "no_rule")
    document = officer.get("/v1/editions/rules/in-force").json()["document"]
    rule = watching(home, document)
    body = {"valid_from": brussels_day(datetime.now(UTC)).isoformat(), "why": "Reeks graffiti.", "document": document}
    document["rule"].append(rule | {"headline": "Graffiti door {dader}"})
    wrong = officer.post("/v1/rules/proposals", json=body)
    assert [one["code"] for one in wrong.json()["errors"]] == ["placeholder_unknown"]
    document["rule"][-1] = rule
    proposed = town.done(officer.post("/v1/rules/proposals", json=body))
    where, seen = f"/v1/editions/rules/{proposed.json()['number']}", {"If-Match": proposed.headers["etag"]}
    assert [one["where"] for one in chief.get(where).json()["changes"]] == ["/rule/graffiti-hier"]
    graffiti = report(town, home, "graffiti", metres=60)
    assert judged(town, graffiti, "no_rule")
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(document))
    days = ("--from", body["valid_from"], "--to", body["valid_from"])
    tried = ask(town, "rules", "try", str(file), *days)
    assert "| graffiti-hier | 0 | " in invoke(town, "rules", "try", str(file), *days).stdout
    assert graffiti in [one for alert in tried["gained"] for one in alert["report_ids"]]
    refused(officer.post(f"{where}/approval", headers=seen), 403, "own_edition")
    town.done(chief.post(f"{where}/approval", headers=seen))
    made = judged(town, report(town, home, "graffiti", metres=30), "proposed")
    assert made["rule"] == "graffiti-hier/1"
    shown = officer.get(f"/v1/alerts/{made['alert_id']}").json()
    assert (shown["state"], shown["texts"]["headline"]) == ("PROPOSED", f"Graffiti in {home['name']}")


def listed(chief: httpx.Client, silence_id: str, **filters: Any) -> dict[str, Any] | None:
    """Read all pages of the list of silences; return the silence with this id, or None when no page has it."""
    page: dict[str, Any] = chief.get("/v1/silences", params={"limit": 1} | filters).json()
    while True:
        for one in page["items"]:
            if one["silence_id"] == silence_id:
                return dict(one)
        if "next" not in page:
            return None
        page = chief.get("/v1/silences", params={"limit": 1, "cursor": page["next"]} | filters).json()


def test_a_silence_holds_the_alerts_of_a_network_until_somebody_ends_it(town: Town) -> None:
    home = new_home(town)
    officer, chief = town.client("notifier", "officer"), town.client("notifier", "korpschef")
    body = {"network_id": home["network_id"], "category": "inbraak", "hours": 24, "reason": "De daders zijn gevat."}
    refused(officer.post("/v1/silences", json=body | {"hours": 24 * 8}), 422, "silence_too_long")
    begun = town.done(officer.post("/v1/silences", json=body))
    first, second, third = (report(town, home, metres=100 * n) for n in range(3))
    assert judged(town, first, "too_few")
    assert judged(town, second, "too_few")
    assert "De daders zijn gevat" in judged(town, third, "silenced")["why"]
    where = f"/v1/silences/{begun.json()['silence_id']}"
    assert listed(chief, begun.json()["silence_id"], in_force=True)
    town.done(chief.post(f"{where}/end", headers={"If-Match": begun.headers["etag"]}))
    assert listed(chief, begun.json()["silence_id"], in_force=True) is None
    over = listed(chief, begun.json()["silence_id"])
    assert over is not None
    assert over["is_on"] is False
    assert judged(town, report(town, home, metres=300), "proposed")
