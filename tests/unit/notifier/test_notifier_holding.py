"""A silence, a stronger alert, a budget or an overload holds an alert back; a digest later tells of its incidents."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from unit.notifier.notifier_memory import BOOK, LON, METRE, OFFICER, Memory, area_east, incident, judged, network

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import handlers
from buurtsein_notifier.commands import BeginSilence
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.limits import Budget, Inhibition, Overload
from buurtsein_notifier.domain.rule import Outcome, Rule, RuleBook
from buurtsein_notifier.domain.states import Origin

(BURGLARIES,) = (one for one in BOOK.rule if one.id == "inbrakenreeks")
HOT = BURGLARIES.model_copy(update={"min_count": 1})
COLD = HOT.model_copy(update={"id": "elke-inbraak", "kind": AlertKind.COLD, "release": Release.AUTOMATIC})


def book(*rules: Rule, **limits: Any) -> RuleBook:
    return BOOK.model_copy(update={"rule": rules} | limits)


async def silence(store: Memory, **named: Any) -> None:
    body = {"hours": 24, "reason": "Reeks is opgelost."} | named
    await handlers.begin_silence(BeginSilence.model_validate(body), OFFICER, store.given, store)


async def whys(store: Memory, one: Incident) -> list[str]:
    return [made.why for (report, _), made in store.judgements.items() if report == one.report_id]


async def digests(store: Memory, rules: RuleBook) -> Sequence[Any]:
    """Make the digests that are due, and return all alerts that are digests."""
    await handlers.make_digests(replace(store.given, book=rules), store)
    return [one for one in store.alerts.values() if one.origin is Origin.DIGEST]


@pytest.mark.parametrize(
    ("named", "finding"),
    [
        ({"rule": "inbrakenreeks"}, "silenced"),
        ({"category": "inbraak"}, "silenced"),
        ({"rule": "brand"}, "proposed"),
        ({"category": "diefstal"}, "proposed"),
    ],
)
async def test_a_silence_holds_the_alerts_that_it_names_until_its_end(named: dict[str, Any], finding: str) -> None:
    store = Memory(network())
    await silence(store, **named)
    one = incident()
    assert await judged(store, one, book=book(HOT)) == [finding]
    if finding == "silenced":
        assert await whys(store, one) == ["BIN Molenstraat: stilte tot 25 november 2026 om 13:00 (Reeks is opgelost)."]
        store.clock.move(timedelta(hours=24))
        assert await judged(store, incident(metres=200, hours=-23), book=book(HOT)) == ["proposed"]


async def test_a_silence_of_one_network_leaves_the_others_their_alert_and_says_so() -> None:
    here, there = network(), network(name="BIN Dorp", code="BIN-GEMEENTE-0002")
    store = Memory(here, there)
    await silence(store, network_id=here.network_id)
    await judged(store, incident(), book=book(HOT))
    assert store.only_alert.network_ids == [there.network_id]
    assert "BIN Molenstraat: stilte tot" in store.only_alert.why


async def test_an_extreme_alert_is_never_silenced() -> None:
    store = Memory(network())
    await silence(store, rule="inbrakenreeks")
    assert await judged(store, incident(severity="Extreme"), book=book(HOT)) == ["proposed"]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({}, "silence_too_wide"),
        ({"category": "inbraak", "hours": 25}, "silence_too_long"),
        ({"category": "inbraak", "rule": "inbrakenreeks", "hours": 24 * 7 + 1}, "silence_too_long"),
    ],
)
async def test_the_wider_a_silence_the_shorter_it_lasts(named: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError, match=code):
        await silence(Memory(), **named)


async def test_a_silence_is_ended_once_by_who_has_seen_it() -> None:
    store = Memory(network())
    await silence(store, rule="inbrakenreeks")
    (known,) = store.silences
    by = By(OFFICER, "1")
    await handlers.end_silence(known, by, store.given, store)
    assert await judged(store, incident(), book=book(HOT)) == ["proposed"]
    with pytest.raises(DomainError, match="version_changed"):
        await handlers.end_silence(known, by, store.given, store)
    with pytest.raises(DomainError, match="transition_refused"):
        await handlers.end_silence(known, By(OFFICER, "2"), store.given, store)


async def test_a_stronger_alert_holds_a_weaker_one_of_its_category_to_the_same_network() -> None:
    store, one = Memory(network()), incident()
    assert await judged(store, one, book=book(HOT, COLD)) == ["proposed", "inhibited"]
    assert f"waarschuwing {store.only_alert.alert_id} over hetzelfde weegt zwaarder" in (await whys(store, one))[1]
    weaker_first = Memory(network())
    assert await judged(weaker_first, incident(), book=book(COLD, HOT)) == ["proposed", "proposed"]
    never = book(HOT, COLD, inhibition=Inhibition(hours=0))
    assert await judged(Memory(network()), incident(), book=never) == ["proposed", "proposed"]


async def test_a_network_gets_its_budget_of_a_week_and_the_rest_in_the_digest_of_the_day() -> None:
    store, rules = Memory(network()), book(HOT, budget=Budget(alerts=2))
    found = await judged(store, *[incident(metres=200 * number) for number in range(5)], book=rules)
    assert found == ["proposed", "proposed", *["over_budget"] * 3]
    assert await judged(store, incident(metres=1200, severity="Extreme"), book=rules) == ["proposed"]
    assert await digests(store, rules) == []
    store.clock.move(timedelta(hours=5))
    (digest,) = await digests(store, rules)
    assert (digest.kind, digest.facts, digest.release_by) == (AlertKind.COLD, 3, Release.OFFICER)
    assert digest.why == (
        "Samenvatting van 3 feiten (3 meldingen over inbraak) in 1 netwerken, want de netwerken kregen hun aantal"
        " waarschuwingen al."
    )
    assert digest.texts.description == "De politie kreeg 3 feiten gemeld in de buurt van BIN Molenstraat: inbraak."
    assert len(await digests(store, rules)) == 1
    assert await judged(store, incident(metres=401), book=rules) == ["joined"]


async def test_a_rule_with_outcome_digest_proposes_once_a_day() -> None:
    store, rules = Memory(network()), book(HOT.model_copy(update={"outcome": Outcome.DIGEST}))
    assert await judged(store, incident(), incident(metres=300), book=rules) == ["digest", "digest"]
    store.clock.move(timedelta(hours=5))
    (digest,) = await digests(store, rules)
    assert (digest.facts, digest.why.endswith("volgens de regel.")) == (2, True)


async def test_too_many_alerts_become_one_for_each_rule_that_a_person_releases() -> None:
    networks = [network(area=area_east(1000 * east - 300, 1000 * east + 300), code=f"BIN-{east}") for east in range(8)]
    rule, store = HOT.model_copy(update={"release": Release.AUTOMATIC}), Memory(*networks)
    rules = book(rule, overload=Overload(alerts=3))
    told = [incident(longitude=LON + 1000 * east * METRE) for east in range(8)]
    found = await judged(store, *told, book=rules)
    assert found == [*["proposed"] * 3, *["overloaded"] * 5]
    assert await digests(store, rules) == []
    store.clock.move(timedelta(minutes=1))
    (digest,) = await digests(store, rules)
    assert (digest.kind, digest.state, digest.release_by) == (AlertKind.HOT, "PROPOSED", Release.OFFICER)
    assert (digest.facts, len(digest.network_ids), store.waiting) == (5, 5, {})
    await judged(store, incident(metres=200), book=rules)
    store.clock.move(timedelta(minutes=1))
    assert len(await digests(store, rules)) == 1
    store.clock.move(timedelta(minutes=10))
    assert len(await digests(store, rules)) == 2


async def test_what_was_held_for_a_rule_that_is_gone_is_forgotten() -> None:
    store = Memory(network())
    await judged(store, incident(), book=book(HOT.model_copy(update={"outcome": Outcome.DIGEST})))
    store.clock.move(timedelta(days=1))
    assert (await digests(store, book()), store.waiting) == ([], {})


@pytest.mark.parametrize(
    ("categories", "findings"),
    [
        (["verdacht voertuig", "verdacht voertuig"], ["too_few", "silenced"]),
        (["verdacht voertuig", "verdacht gedrag"], ["proposed", "proposed"]),
        (["verdacht gedrag", "verdacht gedrag"], ["proposed", "proposed"]),
    ],
)
async def test_a_silence_of_a_category_holds_back_only_alerts_about_this_category_alone(
    categories: list[str], findings: list[str]
) -> None:
    (suspicious,) = (one for one in BOOK.rule if one.id == "verdacht")
    store = Memory(network())
    await silence(store, category="verdacht voertuig")
    told = [incident(metres=100 * number, category=category) for number, category in enumerate(categories)]
    assert await judged(store, *told, book=book(suspicious)) == findings


async def test_a_network_that_a_silence_left_out_is_not_added_by_its_next_event() -> None:
    here, there = network(), network(name="BIN Dorp", code="BIN-GEMEENTE-0002")
    store = Memory(here, there)
    await silence(store, network_id=here.network_id)
    await judged(store, incident(), book=book(HOT))
    mandated = network(network_id=here.network_id, officers=[OFFICER, "p" + "9" * 32])
    await store.know(mandated)
    await handlers.network_changed(here.known, mandated.known, replace(store.given, book=book(HOT)), store)
    assert store.only_alert.network_ids == [there.network_id]
