"""Judging reports on a real PostgreSQL: concurrent workers propose one alert, and the decisions can be read."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from integration.notifier_scene import LIVE, keep, read
from unit.notifier import notifier_deeds
from unit.notifier.notifier_memory import LAT, LON, METRE, OFFICER, incident, network

from buurtsein_chassis.database import Database
from buurtsein_contracts import Event, EventData
from buurtsein_contracts.events import BeAlertJoined, CoordinatorAppointed
from buurtsein_contracts.events.alert import RefusalReason
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import handlers
from buurtsein_notifier.consumers import subscriptions
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Incident, Network
from buurtsein_notifier.domain.joining import OPEN_NEARBY
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.jobs import rejudge
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import AlertFile, Judgements, alert_file, judgements


async def known(database: Database, **changes: Any) -> Network:
    home = network(**changes)
    async with database.unit_of_work() as uow:
        await keep(uow, home)
    return home


async def apply_event(database: Database, data: EventData) -> None:
    """Apply an event with this data about a network, as the notifier's consumer does."""
    networks, *_ = subscriptions(LIVE)
    async with database.unit_of_work() as uow:
        await networks.apply(Event(uuid4(), "urn:test", datetime.now(UTC), 9, data), uow)


async def judged(database: Database, *incidents: Incident) -> Judgements:
    """Let the notifier judge each report in its own transaction; return the decisions on the last report."""
    for one in incidents:
        async with database.unit_of_work() as uow:
            await handlers.judge(one, LIVE, NotifierStore(uow))
    return await read(database, lambda connection: judgements(connection, incidents[-1].report_id))


async def finding(database: Database, one: Incident) -> Finding:
    (made,) = (await judged(database, one)).items
    return made.finding


async def just_now(database: Database) -> datetime:
    moment: datetime = await database.pool.fetchval("select now() - interval '10 minutes'")
    return moment


async def file(database: Database) -> AlertFile:
    """Return the newest alert's document as an officer sees it."""
    alert_id = await database.pool.fetchval("select alert_id from alert order by alert_id desc limit 1")
    return await read(database, lambda connection: alert_file(connection, alert_id, LIVE))


async def release(database: Database, alert_id: UUID) -> Alert:
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        return await notifier_deeds.release(store, await store.alert(alert_id), LIVE)


async def refuse(database: Database, alert_id: UUID) -> Alert:
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        return await notifier_deeds.refuse(store, await store.alert(alert_id), LIVE)


async def test_reports_at_the_same_time_make_one_alert_with_all_of_them(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    burst = [incident(metres=20 * i, happened_at=moment + timedelta(seconds=i)) for i in range(8)]
    await asyncio.gather(*(judged(notifier_database, one) for one in burst))
    shown = await file(notifier_database)
    assert {*shown.report_ids} == {one.report_id for one in burst}
    assert (shown.held.reports, shown.held.facts, shown.held.more) == (8, 8, None)
    types = await notifier_database.pool.fetch("select type from event_log")
    assert [one["type"] for one in types] == ["be.bin.alert.proposed.v1"]


async def test_identical_reports_at_the_same_time_are_one_fact(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    await asyncio.gather(*(judged(notifier_database, incident(happened_at=moment)) for _ in range(8)))
    assert await notifier_database.pool.fetchval("select array_agg(reports) from fact") == [8]
    assert await notifier_database.pool.fetchval("select count(*) from alert") == 0


async def test_reports_that_are_far_away_old_or_of_another_category_do_not_count(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    last = await judged(
        notifier_database,
        incident(happened_at=moment),
        incident(happened_at=moment, metres=531),
        incident(happened_at=moment - timedelta(hours=25)),
        incident(happened_at=moment, category="diefstal"),
        incident(happened_at=moment, metres=10, severity="Minor"),
        incident(happened_at=moment, metres=30),
    )
    (made,) = last.items
    assert (made.finding, made.worthy) == (Finding.TOO_FEW, False)
    assert made.why.startswith("3 meldingen over inbraak binnen 500 m en 24 uur, waarschijnlijk over 2 feiten")
    with pytest.raises(DomainError, match="report_unknown"):
        await read(notifier_database, lambda connection: judgements(connection, uuid4()))


async def test_a_later_report_of_an_earlier_incident_counts(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    spread = [incident(happened_at=moment - timedelta(hours=hours)) for hours in (1, 30, 20, 10)]
    assert [await finding(notifier_database, one) for one in spread] == ["too_few", "too_few", "too_few", "proposed"]
    assert (await file(notifier_database)).facts == 3


async def test_a_report_without_a_rule_gets_one_judgement(notifier_database: Database) -> None:
    litter = incident(category="zwerfvuil", severity="Minor")
    (made,) = (await judged(notifier_database, litter, litter)).items
    assert (made.rule, made.finding) == (None, Finding.NO_RULE)


async def test_a_report_that_comes_twice_counts_once(notifier_database: Database) -> None:
    await known(notifier_database)
    one = incident(happened_at=await just_now(notifier_database))
    await judged(notifier_database, one, one)
    assert await notifier_database.pool.fetchval("select reports from fact") == 1


async def test_reports_of_a_network_that_accepts_be_alert_later_are_judged_again(notifier_database: Database) -> None:
    moment = await just_now(notifier_database)
    home = await known(notifier_database, be_alert_version=None)
    await judged(notifier_database, *[incident(metres=100 * i, happened_at=moment) for i in range(3)])
    accepted = BeAlertJoined(
        network_id=home.network_id, agreement_version="2026-1", actor="p" + "3" * 32, joined_at=moment
    )
    await apply_event(notifier_database, accepted)
    assert len((await file(notifier_database)).report_ids) == 3


async def test_a_fire_between_networks_goes_to_the_nearest_first(notifier_database: Database) -> None:
    far = await known(notifier_database, name="BIN Ver", area=square(400))
    near = await known(notifier_database, name="BIN Dicht", area=square(300))
    await known(notifier_database, name="BIN Te Ver", area=square(1200))
    await judged(notifier_database, incident(category="brand", happened_at=await just_now(notifier_database)))
    assert [one.network_id for one in (await file(notifier_database)).networks] == [near.network_id, far.network_id]


def square(metres_east: float) -> dict[str, Any]:
    west, south, side = LON + metres_east * METRE * 1.58, LAT - 100 * METRE, 200 * METRE
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return {"type": "Polygon", "coordinates": [[(west + x, south + y) for x, y in corners]]}


async def test_a_second_fire_in_the_network_is_proposed_after_the_first_was_sent(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    assert await finding(notifier_database, incident(category="brand", happened_at=moment)) == Finding.PROPOSED
    second = incident(category="brand", metres=1400, happened_at=moment)
    assert await finding(notifier_database, second) == Finding.PROPOSED


async def test_after_a_release_the_officer_sees_reports_that_follow(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    await judged(notifier_database, *[incident(metres=100 * i, happened_at=moment) for i in range(3)])
    first = await file(notifier_database)
    await release(notifier_database, first.alert_id)
    assert await finding(notifier_database, incident(happened_at=moment)) == Finding.JOINED
    held = (await file(notifier_database)).held
    assert (held.reports, held.since_release) == (4, 1)
    assert await finding(notifier_database, incident(metres=-100, happened_at=moment)) == Finding.PROPOSED
    assert [one.alert_id for one in (await file(notifier_database)).earlier] == [first.alert_id]


async def test_refused_reports_do_not_propose_again(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    reports = [incident(metres=100 * i, happened_at=moment) for i in range(3)]
    await judged(notifier_database, *reports)
    first = await file(notifier_database)
    await refuse(notifier_database, first.alert_id)
    again = [one.model_copy(update={"report_id": uuid4()}) for one in reports]
    assert [await finding(notifier_database, one) for one in again] == ["too_few", "too_few", "proposed"]
    second = await file(notifier_database)
    assert not {*second.report_ids} & {*first.report_ids}
    assert [one.refusal for one in second.earlier] == [RefusalReason.INVESTIGATION]


async def test_a_fire_that_only_joined_an_alert_of_another_place_is_proposed_after_its_refusal(
    notifier_database: Database,
) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    fires = [incident(metres=20 * i, category="brand", happened_at=moment) for i in range(OPEN_NEARBY + 1)]
    assert (await judged(notifier_database, *fires)).items[0].finding is Finding.JOINED
    joined = await file(notifier_database)
    await refuse(notifier_database, joined.alert_id)
    await rejudge(LIVE, notifier_database)
    again = await file(notifier_database)
    assert (again.report_ids[0], again.alert_id != joined.alert_id) == (fires[-1].report_id, True)
    await rejudge(LIVE, notifier_database)
    assert (await file(notifier_database)).alert_id == again.alert_id


async def test_the_alert_file_shows_all_that_a_release_needs(notifier_database: Database) -> None:
    home, moment = await known(notifier_database), await just_now(notifier_database)
    appointed = {"network_id": home.network_id, "coordinator": "p" + "4" * 32, "actor": OFFICER, "appointed_at": moment}
    await apply_event(
        notifier_database,
        CoordinatorAppointed.model_validate(appointed | {"role": "coordinator", "screened_on": "2026-01-01"}),
    )
    await judged(notifier_database, *[incident(metres=100 * i, happened_at=moment) for i in range(3)])
    shown = await file(notifier_database)
    assert shown.actions == ["edit", "release", "refuse", "return", "break_glass"]
    assert [one.coordinators for one in shown.networks] == [1]
    assert shown.sms.text == f"OEFENING: {shown.texts.headline}"
    assert (shown.sms.units, str(shown.sms.price_cents)) == (1, "5.500")
    assert shown.cap.xml
    assert "<status>Exercise</status>" in shown.cap.xml
    assert shown.deliveries == []
    await release(notifier_database, shown.alert_id)
    after = await file(notifier_database)
    assert after.version > shown.version
    assert [one.state for one in after.deliveries] == ["ready"]
