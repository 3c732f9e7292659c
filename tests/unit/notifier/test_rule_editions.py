"""One person proposes alert rules and another approves them; an alert of an unreadable rule waits for an officer."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from unit.notifier.notifier_memory import BOOK, LAT, LON, METRE, NOW, Memory, incident, judged, network, with_rule

from buurtsein_contracts.events.alert import Release
from buurtsein_kernel.editions import Edition
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import handlers
from buurtsein_notifier.commands import ProposeRules
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.rule_editions import KORPSCHEF, RuleEditor, document_of, readable

TODAY = NOW.date()
OFFICER, OTHER = (RuleEditor("p" + number * 32, "police") for number in "12")
CHIEF = RuleEditor("p" + "3" * 32, KORPSCHEF)


def changed(rule_id: str = "inbrakenreeks", **values: Any) -> dict[str, Any]:
    """Return the shipped rules as a document in which one rule has other values and a higher version."""
    document = copy.deepcopy(document_of(BOOK))
    rule = next(one for one in document["rule"] if one["id"] == rule_id)
    rule.update({"version": rule["version"] + 1} | values)
    return document


async def propose(store: Memory, document: dict[str, Any], start: date = TODAY) -> Edition:
    body = {"valid_from": start.isoformat(), "why": "Afspraak van de zone.", "document": document}
    return await handlers.propose_rules(ProposeRules.model_validate(body), OFFICER, store.given, store.rules)


async def approve(store: Memory, edition: Edition, editor: RuleEditor = OTHER) -> Edition:
    return await handlers.approve_rules(edition.number, editor, "1", store.given, store.rules)


def square(metres: float) -> dict[str, Any]:
    """Return the GeoJSON of a square around the centre, this many metres to each side."""
    east, north = metres * METRE * 1.58, metres * METRE
    corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
    return {"type": "Polygon", "coordinates": [[[LON + x, LAT + y] for x, y in corners]]}


async def test_reports_are_judged_by_the_rules_that_another_person_approved() -> None:
    store = Memory(network())
    edition = await propose(store, changed(min_count=1))
    assert await judged_now(store) == ["too_few"]
    with pytest.raises(DomainError, match="own_edition"):
        await approve(store, edition, OFFICER)
    await approve(store, edition)
    assert await judged_now(store) == ["proposed"]
    assert store.only_alert.rule_version == 3


async def test_rules_of_tomorrow_do_not_count_today() -> None:
    store = Memory(network())
    await approve(store, await propose(store, changed(min_count=1), TODAY + timedelta(1)))
    assert await judged_now(store) == ["too_few"]
    store.clock.move(timedelta(days=1))
    assert await judged_now(store, metres=900) == ["proposed"]


async def judged_now(store: Memory, **changes: Any) -> list[Finding]:
    given = await handlers.with_rules(store.given, store)
    return await judged(store, incident(**{"hours": 0} | changes, happened_at=store.clock.now()), book=given.book)


@pytest.mark.parametrize(
    "looser", [{"rule_id": "brand", "release": "officer"}, {"rule_id": "inbrakenreeks", "release": "automatic"}]
)
async def test_fewer_people_release_only_when_the_korpschef_decides(looser: dict[str, Any]) -> None:
    store = Memory()
    edition = await propose(store, changed(**looser))
    with pytest.raises(DomainError, match="korpschef_decides"):
        await approve(store, edition)
    assert (await approve(store, edition, CHIEF)).status == "APPROVED"


async def test_a_rule_that_changes_gets_a_higher_version() -> None:
    with pytest.raises(DomainError, match="rule_version_kept"):
        await propose(Memory(), changed(version=2, min_count=4))
    assert await propose(Memory(), changed(version=3, min_count=4))


def test_an_edition_is_the_same_rules_when_it_is_read_again() -> None:
    assert readable(document_of(BOOK)) == BOOK
    assert document_of(readable(document_of(BOOK))) == document_of(BOOK)


@pytest.mark.parametrize(
    ("conditions", "changes", "finding"),
    [
        ({"area": square(300)}, {}, "proposed"),
        ({"area": square(300)}, {"metres": 400}, "not_met"),
        ({"between": ["22:00", "06:00"]}, {"hours": 1}, "not_met"),
        ({"between": ["22:00", "06:00"]}, {"hours": 12}, "proposed"),
        ({"between": ["22:00", "06:00"]}, {"hours": 7}, "not_met"),
        ({"reported_by": ["hotline"]}, {"channel": "web"}, "not_met"),
        ({"reported_by": ["hotline"]}, {"channel": "hotline"}, "proposed"),
        ({"network_ids": ["00000000-0000-7000-8000-000000000001"]}, {}, "no_network"),
        ({"outcome": "nothing"}, {}, "watched"),
    ],
)
async def test_conditions_on_area_hours_channel_and_network(
    conditions: dict[str, Any], changes: dict[str, Any], finding: str
) -> None:
    book = RuleBook.model_validate({"rule": [changed(**conditions | {"min_count": 1})["rule"][0]]})
    assert await judged(Memory(network()), incident(**changes), book=book) == [finding]


@pytest.mark.parametrize("part", [{"rule": [{"between": ["22:00Z", "06:00"]}]}, {"digest": {"hour": "17:00Z"}}])
def test_an_hour_with_an_offset_is_refused_when_it_is_proposed(part: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="hour_with_offset"):
        RuleBook.model_validate(part)


async def test_a_stored_rule_whose_hours_have_an_offset_is_judged_in_belgian_time() -> None:
    book = readable(changed(between=["22:00:00Z", "06:00:00Z"], min_count=1))
    assert await judged(Memory(network()), incident(hours=12), book=book) == ["proposed"]
    assert not any(rule.fails for rule in book.rule)


async def test_only_facts_in_the_area_of_a_rule_are_counted() -> None:
    book = RuleBook.model_validate({"rule": [changed(area=square(150), min_count=2)["rule"][0]]})
    assert (await judged(Memory(network()), incident(metres=300), incident(), book=book))[-1] == "too_few"
    assert (await judged(Memory(network()), incident(metres=100), incident(), book=book))[-1] == "proposed"


@pytest.mark.parametrize(
    "broken",
    [
        {"headline": "Zie {wat}"},
        {"headline": "x" * 200},
        {"instruction": "Bel 101."},
        {"certainty": "Vast", "channels": ["fax"]},
        {"min_severity": "Ernstig"},
        {"nieuw_veld": 1},
    ],
)
async def test_a_rule_that_cannot_be_read_any_more_asks_a_person(broken: dict[str, Any]) -> None:
    automatic: dict[str, Any] = {"min_count": 1, "release": "automatic"}
    stored = {"rule": [changed(**automatic | broken)["rule"][0]]}
    store = Memory(network())
    assert await judged(store, incident(), book=readable(stored)) == [Finding.RULE_FAILED]
    alert = store.only_alert
    assert (alert.rule, alert.state, alert.release_by) == ("inbrakenreeks", "PROPOSED", Release.OFFICER)
    assert "kijk de teksten na" in alert.why


async def test_texts_that_cannot_be_filled_in_ask_a_person_and_the_judging_goes_on() -> None:
    (rule,) = with_rule("inbrakenreeks", min_count=1, headline="Zie {wat}", release=Release.AUTOMATIC).rule
    store = Memory(network())
    assert await judged(store, incident(), book=RuleBook.model_construct(rule=(rule,))) == [Finding.RULE_FAILED]
    assert (store.only_alert.state, store.queued) == ("PROPOSED", [])
    assert store.only_alert.texts.headline == "Melding in uw buurt (BIN Molenstraat)"


@pytest.mark.parametrize("rest", [{"rule": ["niets"]}, {"rule": [{}]}, {"same_fact": 3, "rule": []}, {"x": 1}])
def test_a_document_that_makes_no_sense_is_still_read(rest: dict[str, Any]) -> None:
    assert readable(rest).same_fact == BOOK.same_fact


async def test_a_new_rule_that_releases_by_itself_needs_the_korpschef() -> None:
    store, document = Memory(), document_of(BOOK)
    document["rule"].append(document["rule"][0] | {"id": "nieuw", "release": "automatic"})
    edition = await propose(store, document)
    with pytest.raises(DomainError, match="korpschef_decides"):
        await approve(store, edition)
