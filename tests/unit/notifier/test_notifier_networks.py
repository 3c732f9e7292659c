"""What the notifier knows of a network after each event about it, and what that means for its alerts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from unit.notifier.notifier_memory import BOOK, NOW, OUTGOING, Memory, area, incident, judged, network

from buurtsein_contracts import EventData
from buurtsein_contracts.events import (
    BeAlertJoined,
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.network import AmendedPart, Approval, ApproverRole
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.domain.facts import KnownNetwork, Obstacle
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.network import after
from buurtsein_notifier.handlers import Judge

ID, ACTOR = uuid4(), "p" + "3" * 32
TODAY, MOMENT = date(2026, 11, 24), datetime(2026, 11, 24, 8, tzinfo=UTC)


def approved(**changes: Any) -> NetworkApproved:
    approvals = [Approval(role=role, decided_on=TODAY, actor="p" + str(n) * 32) for n, role in enumerate(ApproverRole)]
    values = {
        "network_id": ID,
        "code": "BIN-GEMEENTE-0001",
        "kind": "BIN",
        "name": "BIN Molenstraat",
        "nis": "41002",
        "postcodes": ["9300"],
        "police_zone": "Gemeente",
        "area": area(),
        "charter_version": 1,
        "approvals": approvals,
        "approved_at": MOMENT,
    }
    return NetworkApproved.model_validate(values | changes)


def recognised(**changes: Any) -> NetworkRecognised:
    values = {"network_id": ID, "status": "ACTIEF", "start": TODAY, "reference": "VP/1", "actor": ACTOR}
    return NetworkRecognised.model_validate(values | {"recognised_at": MOMENT} | changes)


def joined() -> BeAlertJoined:
    return BeAlertJoined(network_id=ID, agreement_version="2026-1", actor=ACTOR, joined_at=MOMENT)


def suspended(**changes: Any) -> NetworkSuspended:
    values = {"network_id": ID, "reason": "inactive", "start": TODAY, "reference": "VP/2", "actor": ACTOR}
    return NetworkSuspended.model_validate(values | {"suspended_at": MOMENT} | changes)


def reinstated(start: date = TODAY) -> NetworkReinstated:
    return NetworkReinstated(network_id=ID, start=start, actor=ACTOR, reinstated_at=MOMENT)


def ended() -> NetworkEnded:
    return NetworkEnded.model_validate({"network_id": ID, "reason": "stopped", "actor": ACTOR, "ended_at": MOMENT})


def told(*events: EventData) -> KnownNetwork:
    known: KnownNetwork | None = None
    for event in events:
        known = after(known, event)
    assert known
    return known


@pytest.mark.parametrize(
    ("events", "obstacle"),
    [
        ([], Obstacle.NOT_RECOGNISED),
        ([recognised()], Obstacle.NO_BE_ALERT),
        ([joined()], Obstacle.NOT_RECOGNISED),
        ([recognised(), joined()], None),
        ([joined(), recognised()], None),
        ([joined(), recognised(start=TODAY + timedelta(days=1))], Obstacle.NOT_RECOGNISED),
        ([joined(), recognised(start=date(2020, 1, 1), end=TODAY - timedelta(days=1))], Obstacle.NOT_RECOGNISED),
        ([joined(), recognised(start=date(2020, 1, 1), end=TODAY)], None),
        ([joined(), recognised(), recognised(status="VERLOPEN")], Obstacle.NOT_RECOGNISED),
        ([joined(), recognised(), recognised(status="GESCHORST")], Obstacle.NOT_RECOGNISED),
        ([joined(), recognised(), suspended()], Obstacle.SUSPENDED),
        ([joined(), recognised(), suspended(end=TODAY)], Obstacle.SUSPENDED),
        ([joined(), recognised(), suspended(start=date(2026, 1, 1), end=date(2026, 11, 23))], None),
        ([joined(), recognised(), suspended(start=TODAY + timedelta(days=1))], None),
        ([joined(), recognised(), suspended(), reinstated()], None),
        ([joined(), recognised(), suspended(), reinstated(TODAY + timedelta(days=1))], Obstacle.SUSPENDED),
        ([joined(), recognised(), suspended(), recognised()], None),
        ([joined(), recognised(), suspended(), approved(charter_version=2)], Obstacle.SUSPENDED),
        ([joined(), recognised(), ended()], Obstacle.ENDED),
        ([joined(), recognised(), ended(), recognised()], Obstacle.ENDED),
    ],
)
def test_whether_a_network_can_be_alerted_today(events: list[EventData], obstacle: Obstacle | None) -> None:
    assert told(approved(), *events).obstacle(TODAY) is obstacle


def test_a_new_charter_and_an_amendment_change_name_and_area_and_nothing_else() -> None:
    before = told(approved(), recognised(), joined())
    renamed = NetworkAmended(
        network_id=ID, charter_version=2, changed=[AmendedPart.NAME], name="BIN Kaai", actor=ACTOR, amended_at=MOMENT
    )
    assert after(before, renamed) == before.model_copy(update={"name": "BIN Kaai"})
    moved = approved(area=area(300), charter_version=3)
    assert after(before, moved) == before.model_copy(update={"area": area(300)})


@pytest.mark.parametrize("event", [recognised(), joined(), suspended(), reinstated(), ended()])
def test_a_change_of_a_network_that_was_never_approved_is_refused(event: EventData) -> None:
    with pytest.raises(DomainError, match="network_unknown"):
        after(None, event)


@pytest.mark.parametrize("last", [recognised(), joined()])
async def test_reports_that_came_before_a_network_could_be_alerted_are_judged_again(last: EventData) -> None:
    home = network(
        network_id=ID,
        recognised_from=None if isinstance(last, NetworkRecognised) else TODAY,
        be_alert_version=None if isinstance(last, BeAlertJoined) else "2026-1",
    )
    store = Memory(home)
    assert await judged(store, *[incident(metres=100 * i) for i in range(3)]) == [Finding.NO_NETWORK] * 3
    await Judge(BOOK, OUTGOING).follow_network(ID, last, store)
    assert len(store.only_alert.report_ids) == 3


async def test_an_event_that_changes_nothing_judges_nothing_again() -> None:
    home = network(network_id=ID)
    store = Memory(home)
    store.clock = NOW
    await Judge(BOOK, OUTGOING).follow_network(ID, joined(), store)
    assert store.known[ID] == home
