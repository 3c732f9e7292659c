"""Campaigns and exercises are proposed on their days, once, as cold alerts that people release."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from unit.notifier.notifier_memory import BOOK, OUTGOING, Memory, network

from buurtsein_contracts.events import AlertProposed
from buurtsein_contracts.events.alert import AlertKind, CapStatus, Release
from buurtsein_notifier import cap, handlers
from buurtsein_notifier.domain.campaign import Campaign
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.states import Origin

EXAMPLES = re.search(r"```toml\n(.*?)```", (Path(__file__).parents[3] / "docs/rules.md").read_text(), re.DOTALL)
assert EXAMPLES
CAMPAIGNS = RuleBook.read("rule = []\n" + EXAMPLES[1]).campaign
(CO,) = (one for one in CAMPAIGNS if one.id == "campagne-co")
DAY = datetime(2026, 11, 15, 9, 0, tzinfo=UTC)


async def proposed(store: Memory, moment: datetime, **changes: Any) -> list[Any]:
    store.clock.set(moment)
    book = BOOK.model_copy(update={"campaign": CAMPAIGNS})
    given = replace(store.given, book=book, **changes)
    for campaign, day in await handlers.due_campaigns(given, store):
        await handlers.propose_campaign(campaign, day, given, store)
    return list(store.alerts.values())


async def test_a_campaign_is_proposed_once_on_its_day_as_a_cold_alert_for_two_officers() -> None:
    store = Memory(network(), network(code="BIN-2", ended=True))
    assert await proposed(store, DAY.replace(hour=8)) == []
    (alert,) = await proposed(store, DAY)
    assert (alert.state, alert.kind, alert.release_by) == ("PROPOSED", AlertKind.COLD, Release.TWO_OFFICERS)
    assert (alert.origin, len(alert.network_ids)) == (Origin.CALENDAR, 1)
    assert alert.why == "Volgens de kalender: campagne campagne-co van 15 november 2026."
    assert [type(one) for one in store.events] == [AlertProposed]
    assert len(await proposed(store, DAY.replace(hour=20))) == 1
    assert len(await proposed(store, DAY.replace(year=2027))) == 2


async def test_the_exercise_of_the_month_is_an_exercise_where_alerts_are_real() -> None:
    real = replace(OUTGOING, status=CapStatus.ACTUAL, most=cap.Status.ACTUAL)
    store = Memory(network())
    (alert,) = await proposed(store, datetime(2026, 12, 7, 12, 0, tzinfo=UTC), outgoing=real)
    assert (alert.rule, alert.status) == ("oefening", CapStatus.EXERCISE)
    assert real.message(alert, [network()], store.clock.now()).xml.count(b"<status>Exercise</status>") == 1


async def test_a_campaign_to_many_networks_is_several_alerts() -> None:
    store = Memory(*[network(code=f"BIN-{number:03}") for number in range(120)])
    assert [len(one.network_ids) for one in await proposed(store, DAY)] == [50, 50, 20]


async def test_every_campaign_of_the_docs_makes_a_valid_message() -> None:
    for campaign in CAMPAIGNS:
        store = Memory(network())
        month, day = map(int, (campaign.on or (f"12-{campaign.each_month:02}",))[0].split("-"))
        (alert,) = await proposed(store, datetime(2026, month, day, 12, 0, tzinfo=UTC))
        assert OUTGOING.message(alert, [network()], store.clock.now()).remarks == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": []}, "campaign_without_day"),
        ({"on": ["13-01"]}, "string_pattern_mismatch"),
        ({"release": "automatic"}, "literal_error"),
        ({"headline": "Hallo {buurt}"}, "placeholder_unknown"),
        ({"headline": "x" * 161}, "headline_too_long"),
        ({"instruction": "Bel 112."}, "call_without_condition"),
    ],
)
def test_a_wrong_campaign_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Campaign.model_validate(CO.model_dump(mode="json", exclude_none=True) | changes)
    assert [one["type"] for one in refused.value.errors()] == [code]
