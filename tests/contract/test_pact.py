"""Pacts of other teams are judged as Pact's own verifier judges them; files and verdicts are from the real tools."""

import json
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts.expectations.matching import Judge, Unsupported, rules_of
from buurtsein_contracts.expectations.model import UnusableFile
from buurtsein_contracts.expectations.pact import differences, prove_pact
from buurtsein_contracts.expectations.proof import Catalogue
from buurtsein_contracts.goldens import FOLDER

PACTS = Path(__file__).parent / "pacts"
RECORDED = json.loads((PACTS / "verdicts.json").read_text())
MATCHERS = [json.loads(line) for line in (PACTS / "matchers.jsonl").read_text().splitlines()]
CATALOGUE = Catalogue.load(FOLDER)


def interactions() -> list[Any]:
    found = []
    for name, verdicts in RECORDED["verdicts"].items():
        for interaction in json.loads((PACTS / name).read_text())["interactions"]:
            if interaction["description"] in verdicts:
                what = f"{name}: {interaction['description']}"
                found.append(pytest.param(interaction, verdicts[interaction["description"]], id=what))
    return found


@pytest.mark.parametrize(("interaction", "verdicts"), interactions())
def test_an_interaction_holds_for_a_message_when_the_real_verifier_says_so(interaction: Any, verdicts: Any) -> None:
    sent = RECORDED["metadata"]
    ours = [not list(differences(interaction, message, sent)) for message in RECORDED["messages"]]
    assert ours == verdicts


def without_format(rules: Any) -> bool:
    return any(
        matcher["match"] in {"date", "time", "datetime"} and len(matcher) == 1
        for rule in rules.values()
        for matcher in rule["matchers"]
    )


def test_every_matcher_on_every_kind_of_value_is_judged_as_the_real_verifier_does() -> None:
    cases = [case for case in MATCHERS if not without_format(case["rules"])]
    assert len(cases) > 800
    differing = [
        case
        for case in cases
        if case["holds"] == any(Judge(rules_of(case["rules"])).mismatches(case["content"], case["message"]))
    ]
    assert differing == []


@pytest.mark.parametrize(
    "matcher",
    [{"match": "datetime"}, {"match": "date", "format": "E d MMM"}, {"match": "moon"}, {"match": "contentType"}],
)
def test_what_cannot_be_judged_is_said_to_be_so(matcher: Any) -> None:
    with pytest.raises(Unsupported, match=matcher["match"]):
        list(Judge(rules_of({"$.a": {"matchers": [matcher]}})).mismatches({"a": "x"}, {"a": "x"}))


def test_calls_over_http_in_the_same_file_are_passed_over() -> None:
    assert list(prove_pact(PACTS / "pactpython-mixed-reports.json", CATALOGUE, FOLDER)) == []


def test_a_pact_of_version_3_is_called_by_its_name() -> None:
    with pytest.raises(UnusableFile, match="this is a V3 pact: write it with specification V4"):
        list(prove_pact(PACTS / "pactpython-v3-reports.json", CATALOGUE, FOLDER))


def test_what_does_not_hold_is_told_with_its_path_or_its_metadata() -> None:
    told = {finding.message for finding in prove_pact(PACTS / "pactjs-desk-reports.json", CATALOGUE, FOLDER)}
    for part in (
        "metadata ce_tenant is not sent",
        "metadata kafka_topic: $ is 'bin.incidents', not 'incidents'",
        "$.route_to has 1 items, at least 3 are wanted",
    ):
        assert any(part in message for message in told), part
