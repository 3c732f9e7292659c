"""Consumers' expectations are checked against the event schemas; an unmet expectation names its consumer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from buurtsein_chassis.manifest import service_names
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.expectations.drafting import draft
from buurtsein_contracts.expectations.model import UnusableFile, read_all, read_expectation
from buurtsein_contracts.expectations.pact import prove_pact, to_pacts
from buurtsein_contracts.expectations.proof import Catalogue, prove
from buurtsein_contracts.expectations.wording import TO_THE_CONSUMER
from buurtsein_contracts.gate.deploying import UnknownService, can_deploy
from buurtsein_contracts.goldens import FOLDER
from buurtsein_contracts.topics import Audience, topics_for

CONSUMERS = Path(__file__).parents[2] / "contracts" / "consumers"
NAMES = "organisation: pz-test\nconsumer: desk\ncontact: the desk\n"
HEAD = NAMES + "principal: police-backoffice\naudience: police\nexpects:\n"
CATALOGUE = Catalogue.load(FOLDER)


def file(tmp_path: Path, expects: str, head: str = HEAD) -> Path:
    path = tmp_path / "pz-test" / "desk.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(head + expects)
    return path


def test_every_value_of_a_closed_enum_must_be_handled(tmp_path: Path) -> None:
    granted = "  - type: be.bin.funding.decided.v1\n    fields: [decision]\n    values:\n      decision: [GRANTED]\n"
    path = file(tmp_path, granted, HEAD.replace("police", "city"))
    [finding] = prove(read_expectation(path), CATALOGUE)
    assert (finding.rule, finding.where) == ("expect-value", f"{path}:10")


def test_the_committed_expectations_hold() -> None:
    files = read_all(CONSUMERS)
    assert {found.expectation.label.split()[0] for found in files} >= {
        "buurtsein/notifier",
        "pz-aalst/police-backoffice",
    }
    assert [finding for found in files for finding in prove(found, CATALOGUE)] == []


SENT = "  - type: be.bin.alert.sent.v1\n    fields:\n      - alert_id\n"


@pytest.mark.parametrize(
    ("expects", "rule", "line"),
    [
        ("  - type: be.bin.drone.seen.v1\n    fields: [alert_id]\n", "expect-type", 7),
        ("  - type: be.bin.alert.sent.v2\n    fields: [alert_id]\n", "expect-version", 7),
        (SENT + "      - message\n", "expect-field", 10),
        (SENT + "      - external_reference\n", "expect-required", 10),
        (SENT + "    optional:\n      - colour\n", "expect-field", 11),
        (
            "  - type: be.bin.alert.failed.v1\n    fields: [reason]\n    values:\n      reason: [lost]\n",
            "expect-value",
            10,
        ),
        (
            "  - type: be.bin.alert.failed.v1\n    fields: [reason]\n    values:\n      adapter: [x]\n",
            "expect-value",
            10,
        ),
        ("  - type: be.bin.member.joined.v1\n    fields: [member_id]\n", "expect-access", 7),
        (SENT + "    retention_days: 400\n", "expect-retention", 10),
    ],
)
def test_a_broken_expectation_is_reported_with_file_line_and_rule(
    tmp_path: Path, expects: str, rule: str, line: int
) -> None:
    path = file(tmp_path, expects)
    [finding] = prove(read_expectation(path), CATALOGUE)
    assert (finding.rule, finding.where) == (rule, f"{path}:{line}")
    assert "pz-test/desk (the desk)" in finding.message
    assert finding.way_out
    [told] = prove(read_expectation(path), CATALOGUE, wording=TO_THE_CONSUMER)
    assert (told.rule, told.where) == (finding.rule, finding.where)
    assert not re.search(r"topics\.py|this consumer|the consumer|no longer|model", told.message + told.way_out)
    assert "{" not in told.message + told.way_out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", ":1: yaml: "),
        (HEAD, ":6: tuple_type: expects"),
        (HEAD + SENT + "    colour: red\n", ":10: extra_forbidden: expects.0.colour"),
        (HEAD + "  - type: sent\n    fields: [a]\n", ":7: string_pattern_mismatch: expects.0.type"),
        (HEAD.replace("desk\n", "Desk 1\n") + SENT, ":2: string_pattern_mismatch: consumer"),
        ("", ":1: model_type: "),
    ],
)
def test_a_faulty_file_is_reported_with_file_line_and_rule(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(text)
    with pytest.raises(UnusableFile) as caught:
        read_expectation(path)
    assert f"{path}{says}" in str(caught.value)


def test_a_file_must_have_the_path_of_its_names(tmp_path: Path) -> None:
    file(tmp_path, SENT).rename(tmp_path / "pz-test" / "other.yaml")
    with pytest.raises(UnusableFile, match="expect-file"):
        read_all(tmp_path)


@pytest.mark.parametrize("audience", Audience)
def test_a_draft_is_a_valid_expectation(tmp_path: Path, audience: Audience) -> None:
    public = [data for data in EVENTS if set(data.topics()) & set(topics_for(audience))]
    path = tmp_path / "desk.yaml"
    path.write_text(draft("pz-test", "desk", "any-user", audience, public))
    assert list(prove(read_expectation(path), CATALOGUE)) == []


@pytest.fixture
def pact() -> Any:
    """Return the police back-office's expectation of the notifier's events in the file format of the tool Pact."""
    return to_pacts(read_expectation(CONSUMERS / "pz-aalst" / "police-backoffice.yaml"), CATALOGUE, FOLDER)["notifier"]


def proved(tmp_path: Path, document: Any) -> list[str]:
    path = tmp_path / "pact.json"
    path.write_text(json.dumps(document, indent=2))
    return [finding.rule for finding in prove_pact(path, CATALOGUE, FOLDER)]


def test_an_exported_pact_is_a_valid_pact_v4_and_holds(tmp_path: Path, pact: Any) -> None:
    assert pact["metadata"]["pactSpecification"]["version"] == "4.0"
    assert {interaction["type"] for interaction in pact["interactions"]} == {"Asynchronous/Messages"}
    assert set(pact["interactions"][0]["contents"]["content"]) >= {"alert_id", "why"}
    assert proved(tmp_path, pact) == []


@pytest.mark.parametrize(
    ("damage", "rules"),
    [
        (lambda i: i["metadata"].update(ce_type="be.bin.drone.seen.v1"), ["pact-type"]),
        (lambda i: i["metadata"].pop("ce_type"), ["pact-type"]),
        (lambda i: i["contents"]["content"].update(colour="red"), ["pact-field", "pact-match"]),
        (lambda i: i["contents"]["content"].update(kind=7), ["pact-match"]),
        (lambda i: i["matchingRules"]["body"].pop("$.alert_id"), []),
        (lambda i: i["matchingRules"].clear() or i["contents"]["content"].update(why="Daarom."), ["pact-match"]),
        (
            lambda i: i["matchingRules"]["body"].update(
                {"$.kind": {"matchers": [{"match": "regex", "regex": "WARM"}]}}
            ),
            ["pact-match"],
        ),
        (
            lambda i: i["matchingRules"]["body"].update({"$.kind": {"matchers": [{"match": "regex", "regex": "HOT"}]}}),
            [],
        ),
        (lambda i: i["matchingRules"]["body"].update({"$.kind": {"matchers": [{"match": "moon"}]}}), ["pact-match"]),
    ],
)
def test_a_pact_that_asks_for_something_else_is_refused(
    tmp_path: Path, pact: Any, damage: Any, rules: list[str]
) -> None:
    del pact["interactions"][1:]
    damage(pact["interactions"][0])
    assert proved(tmp_path, pact) == rules


def test_a_pact_with_the_wrong_provider_or_an_optional_field_is_refused(tmp_path: Path, pact: Any) -> None:
    assert set(proved(tmp_path, pact | {"provider": {"name": "reports"}})) == {"pact-provider"}
    sent = next(i for i in pact["interactions"] if i["metadata"]["ce_type"] == "be.bin.alert.sent.v1")
    sent["contents"]["content"]["external_reference"] = "BEA-2026-000318"
    assert proved(tmp_path, pact) == ["pact-required"]


@pytest.mark.parametrize(
    "text", ["{", "{}", '{"interactions": [], "metadata": {"pactSpecification": {"version": "3"}}}']
)
def test_a_file_that_is_no_v4_message_pact_is_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pact.json"
    path.write_text(text)
    with pytest.raises(UnusableFile, match=r"pact\.json:1: pact: "):
        list(prove_pact(path, CATALOGUE, FOLDER))


@pytest.mark.parametrize("service", [*service_names(), "police-backoffice", "pz-aalst/police-backoffice"])
def test_everything_can_be_deployed_now(service: str) -> None:
    assert can_deploy(service, FOLDER, CONSUMERS) == []


def test_a_service_that_removes_what_a_consumer_uses_cannot_be_deployed(tmp_path: Path) -> None:
    file(tmp_path, SENT + "      - message\n")
    assert [finding.rule for finding in can_deploy("notifier", FOLDER, tmp_path)] == ["expect-field"]
    assert [finding.rule for finding in can_deploy("desk", FOLDER, tmp_path)] == ["expect-field"]
    assert [finding.rule for finding in can_deploy("pz-test/desk", FOLDER, tmp_path)] == ["expect-field"]
    assert can_deploy("registry", FOLDER, tmp_path) == []


@pytest.mark.parametrize("name", ["nobody", "pz-elsewhere/police-backoffice"])
def test_an_unknown_service_gets_the_list_of_services(name: str) -> None:
    with pytest.raises(UnknownService, match=r"buurtsein/notifier.*pz-aalst/police-backoffice.*registry"):
        can_deploy(name, FOLDER, CONSUMERS)
