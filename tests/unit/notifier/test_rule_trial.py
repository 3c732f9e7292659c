"""Rules are tried on past reports by the same code that judges new ones; what comes, goes and changes is told."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.notifier.notifier_memory import BOOK, Memory, area_east, dependencies, incident, judged, network

from buurtsein_contracts.events.alert import AlertKind
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.trial import compared
from buurtsein_notifier.store.replay import ReplayStore
from buurtsein_operate.operations.rules import page

HOMES = [network(), network(code="BIN-2", name="BIN Dorp", area=area_east(1_000, 3_000))]
REPORTS = st.lists(
    st.builds(
        incident,
        metres=st.sampled_from([0, 5, 100, 400, 1400]),
        hours=st.sampled_from([1, 1.5, 20, 40]),
        category=st.sampled_from(["inbraak", "brand", "verdacht gedrag", "lawaaihinder"]),
        severity=st.sampled_from(["Minor", "Severe", "Extreme"]),
    ),
    max_size=12,
)


def changed(rule_id: str, **values: Any) -> RuleBook:
    rules = [one.model_copy(update=values) if one.id == rule_id else one for one in BOOK.rule]
    return BOOK.model_copy(update={"rule": tuple(rules)})


async def tried(reports: Sequence[Incident], book: RuleBook = BOOK) -> ReplayStore:
    store = ReplayStore(HOMES)
    for one in reports:
        await handlers.judge(one, dependencies(book=book), store)
    return store


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
