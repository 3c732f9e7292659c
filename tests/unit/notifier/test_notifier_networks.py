"""What the notifier knows of a network after each event of the network, and how the event changes alerts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from unit.notifier.notifier_memory import Memory, area, area_east, incident, judged, known, network, proposed

from buurtsein_contracts import Event, EventData, KnownNetwork
from buurtsein_contracts.events import (
    AlertProposed,
    BeAlertJoined,
    CoordinatorAppointed,
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.network import AmendedPart, Approval, ApproverRole
from buurtsein_contracts.goldens import examples_of
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.facts import Network, Obstacle
from buurtsein_notifier.domain.judgement import Finding

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


def told(*events: EventData) -> Network | None:
    known = KnownNetwork(network_id=ID)
    for sequence, data in enumerate(events, 1):
        known = known.with_event(said(data, sequence))
    return Network.of(known)


def said(data: EventData, sequence: int) -> Event[Any]:
    return Event(uuid4(), "urn:test", MOMENT, sequence, data)


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
    network = told(approved(), *events)
    assert network
    assert network.obstacle(TODAY) is obstacle


def test_a_new_charter_and_an_amendment_change_name_and_area_and_nothing_else() -> None:
    before = (approved(), recognised(), joined())
    renamed = NetworkAmended(
        network_id=ID, charter_version=2, changed=[AmendedPart.NAME], name="BIN Kaai", actor=ACTOR, amended_at=MOMENT
    )
    moved = approved(area=area(300), charter_version=3)
    for event, changes in ((renamed, {"name": "BIN Kaai"}), (moved, {"area": area(300)})):
        network, known = told(*before, event), told(*before)
        assert network
        assert known
        assert network.model_dump(exclude={"known", "version"}) == known.model_copy(update=changes).model_dump(
            exclude={"known", "version"}
        )
        assert network.obstacle(TODAY) is None


@pytest.mark.parametrize("event", [recognised(), joined(), suspended(), reinstated(), ended()])
def test_a_network_without_an_approval_is_not_alerted(event: EventData) -> None:
    assert told(event) is None


@pytest.mark.parametrize("last", [recognised(), joined()])
async def test_reports_that_came_before_a_network_could_be_alerted_are_judged_again(last: EventData) -> None:
    before = known(
        network_id=ID,
        recognised_from=None if isinstance(last, NetworkRecognised) else TODAY,
        be_alert_version=None if isinstance(last, BeAlertJoined) else "2026-1",
    )
    after = before.with_event(said(last, 9))
    store = Memory(*filter(None, [Network.of(before)]))
    assert await judged(store, *[incident(metres=100 * i) for i in range(3)]) == [Finding.NO_NETWORK] * 3
    network = Network.of(after)
    assert network
    store.known[ID] = network
    await handlers.network_changed(before, after, store.given, store)
    assert len(store.only_alert.report_ids) == 3


async def test_a_change_of_coordinator_judges_no_report_again() -> None:
    store = Memory()
    assert await judged(store, *[incident(metres=100 * i) for i in range(3)]) == [Finding.NO_NETWORK] * 3
    before, appointed = known(network_id=ID), examples_of(CoordinatorAppointed)[0]
    data = CoordinatorAppointed.model_validate_json(appointed).model_copy(update={"network_id": ID})
    after = before.with_event(said(data, 9))
    network = Network.of(after)
    assert network
    assert network.coordinators == 1
    store.known[ID] = network
    await handlers.network_changed(before, after, store.given, store)
    assert store.alerts == {}


async def test_a_network_near_the_facts_that_is_recognised_while_a_rules_alert_waits_is_added_to_it() -> None:
    store, alert = await proposed()
    beside, far = network(area=area_east(-50, 200)), network(area=area_east(900, 950))
    for one in (beside, far):
        await store.know(one)
        await handlers.network_changed(None, one.known, store.given, store)
    grown = await store.alert(alert.alert_id)
    assert grown.network_ids == [*alert.network_ids, beside.network_id]
    event = store.events[-1]
    assert isinstance(event, AlertProposed)
    assert event.network_ids == grown.network_ids


async def test_a_waiting_alert_grows_to_fifty_networks_at_most() -> None:
    store, alert = await proposed()
    for _ in range(52):
        newcomer = network()
        await store.know(newcomer)
        await handlers.network_changed(None, newcomer.known, store.given, store)
    full = await store.alert(alert.alert_id)
    assert len(full.network_ids) == 50
