"""A trial judges past reports by other rules, with the service's code; it lists new, missing and changed alerts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.notifier.notifier_memory import BOOK, NOW, Memory, area_east, dependencies, incident, judged, network

from buurtsein_chassis.problem import Problem
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_kernel.clock import StandingClock
from buurtsein_notifier import handlers
from buurtsein_notifier.api.rules import one_trial
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.trial import compared
from buurtsein_notifier.store.replay import ReplayStore
from buurtsein_notifier.views.trial_run import TrialRun
from buurtsein_operate.operations.rules import page

HOMES = [network(), network(code="BIN-2", name="BIN Dorp", area=area_east(1_000, 3_000))]
REPORT = st.builds(
    incident,
    metres=st.sampled_from([0, 5, 100, 400, 1400]),
    hours=st.sampled_from([1, 1.5, 20, 40]),
    category=st.sampled_from(["inbraak", "brand", "verdacht gedrag", "lawaaihinder"]),
    severity=st.sampled_from(["Minor", "Severe", "Extreme"]),
)
REPORTS = st.lists(REPORT, max_size=12)


def changed(rule_id: str, **values: Any) -> RuleBook:
    rules = [one.model_copy(update=values) if one.id == rule_id else one for one in BOOK.rule]
    return BOOK.model_copy(update={"rule": tuple(rules)})


async def tried(reports: Sequence[Incident], book: RuleBook = BOOK) -> ReplayStore:
    store = ReplayStore(HOMES)
    for one in reports:
        await handlers.judge(one, dependencies(book=book), store)
    return store


def over_days(reports: Sequence[tuple[Incident, int]]) -> Sequence[Incident]:
    """Return reports, each accepted some hours after the one before it."""
    accepted, told = NOW, []
    for one, hours in reports:
        accepted += timedelta(hours=hours)
        ago = NOW - one.happened_at
        told.append(one.model_copy(update={"report_id": report_id(accepted), "happened_at": accepted - ago}))
    return told


def report_id(accepted: datetime) -> UUID:
    return UUID(int=int(accepted.timestamp() * 1000) << 80 | uuid4().int >> 48)


async def run_in(size: int, reports: Sequence[Incident], book: RuleBook) -> TrialRun:
    """Judge reports by the rules in a trial, in batches of `size` reports."""
    run = TrialRun(HOMES, dependencies(), book)
    for start in range(0, len(reports), size):
        await run.judge(reports[start : start + size])
    run.end()
    return run


def result(run: TrialRun) -> Any:
    """Return the whole result of a trial; each alert is named by its reports, because ids differ between runs."""
    found = run.found
    shown = [[(one.rule, one.report_ids) for one in kind.first] for kind in (found.gained, found.lost)]
    changed = [(one.after.rule, one.after.report_ids, one.fields) for one in found.changed.first]
    sides = [(one.counts, one.by_rule, one.findings) for one in (run.before, run.after)]
    return shown, changed, sides, found.gained.by_rule, found.lost.by_rule, found.changed.by_rule


async def alerts(reports: Sequence[Incident], book: RuleBook) -> list[Alert]:
    return list((await tried(reports, book)).alerts.values())


def told(alerts: Iterable[Alert]) -> list[tuple[str, int, list[UUID]]]:
    return [(one.rule, one.facts, one.network_ids) for one in alerts]


@given(reports=REPORTS)
@settings(max_examples=40)
async def test_a_trial_judges_as_the_service_does(reports: list[Incident]) -> None:
    service, trial = Memory(*HOMES), await tried(reports)
    assert Counter(await judged(service, *reports)) == trial.findings
    made, again = (
        [(one.rule, one.facts, one.network_ids) for one in found.alerts.values()] for found in (service, trial)
    )
    assert made == again


@given(reports=st.lists(st.tuples(REPORT, st.sampled_from([0, 1, 30, 200])), max_size=20))
@settings(max_examples=60)
async def test_what_a_trial_forgets_on_its_way_changes_nothing(reports: list[tuple[Incident, int]]) -> None:
    told = over_days(reports)
    book = changed("inbrakenreeks", min_count=2, kind=AlertKind.COLD)
    assert result(await run_in(1, told, book)) == result(await run_in(100, told, book))


async def test_a_trial_keeps_only_what_rules_still_look_at() -> None:
    store, clock = ReplayStore(HOMES), StandingClock(NOW)
    for one in over_days([(incident(category="brand", severity="Extreme"), 12)] * 120):
        clock.set(one.happened_at + timedelta(hours=1))
        await handlers.judge(one, dependencies(clock=clock), store)
        store.forget(clock.now(), BOOK)
    assert (len(store.made), len(store.alerts)) == (120, 2 * BOOK.budget.days)
    assert store.findings == {Finding.PROPOSED: 120}


async def test_alerts_that_come_go_and_change_are_told() -> None:
    burglaries = [incident(metres=100 * n) for n in range(3)]
    fire = incident(category="brand")
    before = await alerts([*burglaries, fire], BOOK)
    fewer = compared(before, await alerts([*burglaries, fire], changed("inbrakenreeks", min_count=4)))
    assert ([one.rule for one in fewer.lost], fewer.gained, fewer.changed) == (["inbrakenreeks"], [], [])
    more = compared(
        before, await alerts([*burglaries, fire], changed("verdacht", categories=frozenset({"brand"}), min_count=1))
    )
    assert ([one.rule for one in more.gained], more.lost) == (["verdacht"], [])
    milder = compared(before, await alerts([*burglaries, fire], changed("brand", kind=AlertKind.COLD)))
    assert [(one.after.rule, one.fields) for one in milder.changed] == [("brand", ["kind"])]


async def test_a_second_trial_at_the_same_time_is_told_when_to_come_back() -> None:
    async with one_trial():
        with pytest.raises(Problem) as refused:
            async with one_trial():
                pass
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "10"})
    async with one_trial():
        """It is free again."""


def test_a_trial_is_one_page_of_markdown() -> None:
    alert = {
        "proposed_at": "2026-11-24T12:00:00Z",
        "rule": "brand/2",
        "kind": "HOT",
        "networks": ["BIN X"],
        "why": "a|b",
    }
    figures = {"alerts": 1, "hot": 1}
    found = {
        "since": "2026-11-01",
        "until": "2026-11-30",
        "reports": 4,
        "is_whole": True,
        "before": figures,
        "after": figures | {"alerts": 2},
        "gained": [alert],
        "lost": [],
        "rules": [{"rule": "brand", "before": 0, "after": 1, "gained": 1, "lost": 0, "changed": 0}],
        "changed": [{"after": alert, "before": alert, "fields": ["kind", "texts"]}],
    }
    lines = list(page(found))
    assert lines[2] == "4 reports judged again. Nothing was sent."
    assert "| tried | 2 | 1 |" in lines
    assert "| 2026-11-24T12:00 | brand/2 | HOT | BIN X | a/b |" in lines
    assert lines[-1] == "| 2026-11-24T12:00 | brand/2 | HOT | BIN X | kind, texts |"
