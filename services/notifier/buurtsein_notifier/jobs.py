"""Runs the notifier's jobs: expiry, judging reports again, digests, the calendar, and telling duty contacts.

Invariant: each alert expires, and each campaign is proposed, in its own transaction, so that an error in one does not
stop the others.
"""

from collections.abc import Awaitable, Mapping
from datetime import date
from functools import partial
from uuid import UUID

import structlog

from buurtsein_chassis.database import DATABASE_ERRORS, Database
from buurtsein_chassis.jobs import Job
from buurtsein_chassis.service import Run
from buurtsein_chassis.trace import trace_from, tracing
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.campaign import Campaign
from buurtsein_notifier.domain.delivery import OverdueDelivery
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.handlers.duty import Duty, call_duty
from buurtsein_notifier.manifest import CALENDAR, DIGESTS, DUTY, EXPIRY, REJUDGING
from buurtsein_notifier.store import NotifierStore, queue
from buurtsein_notifier.store.duty import DutyTables

log = structlog.get_logger("expiry")


def jobs(given: Dependencies, duty: Duty | None) -> Mapping[Job, Run]:
    """Return the function of each of the notifier's jobs; without duty contacts, nobody is notified of a proposal."""
    return {
        EXPIRY: partial(expire, given),
        REJUDGING: partial(rejudge, given),
        DIGESTS: partial(digest, given),
        CALENDAR: partial(propose_campaigns, given),
        DUTY: partial(tell_duty, given, duty),
    }


async def tell_duty(given: Dependencies, duty: Duty | None, database: Database) -> None:
    """Notify the duty contacts, each at the times of the roster, of the proposed alerts that wait for a decision."""
    if duty:
        await call_duty(duty, given.clock, DutyTables(database))


async def rejudge(given: Dependencies, database: Database) -> None:
    """Judge at most `JUDGED_AGAIN` reports again by the alert rules, in one transaction."""
    async with database.unit_of_work() as uow:
        await handlers.judge_left_over(given, NotifierStore(uow))


async def digest(given: Dependencies, database: Database) -> None:
    """Propose one alert for each rule whose held facts are due, in one transaction."""
    async with database.unit_of_work() as uow:
        await handlers.make_digests(given, NotifierStore(uow))


async def propose_campaigns(given: Dependencies, database: Database) -> None:
    """Propose each campaign that is due today in its own transaction; after an error, the next run tries again."""
    async with database.unit_of_work() as uow:
        due = await handlers.due_campaigns(given, NotifierStore(uow))
    for campaign, day in due:
        await _alone(_propose_campaign(campaign, day, given, database), "campaign.failed", campaign=campaign.id)


async def _propose_campaign(campaign: Campaign, day: date, given: Dependencies, database: Database) -> None:
    async with database.unit_of_work() as uow:
        await handlers.propose_campaign(campaign, day, given, NotifierStore(uow))


async def expire(given: Dependencies, database: Database) -> None:
    """Expire proposed alerts and deliveries whose deadline has passed; after an error, the next run tries again."""
    async with database.unit_of_work() as uow:
        proposals = await NotifierStore(uow).overdue_alerts()
    for alert_id in proposals:
        await _alone(_expire_proposal(alert_id, given, database), "expiry.failed", alert_id=str(alert_id))
    for one in await queue.overdue(database.pool):
        await _alone(_expire_delivery(one, given, database), "expiry.failed", alert_id=str(one.alert_id))


async def _alone(work: Awaitable[None], failed: str, **about: str) -> None:
    """Do one part of a job; log an error in it as `failed` with what it is about, so that the others are done too."""
    try:
        await work
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - an error of one part must not stop the others
        log.warning(failed, **about, error=type(error).__name__)


async def _expire_proposal(alert_id: UUID, given: Dependencies, database: Database) -> None:
    async with database.unit_of_work() as uow:
        await handlers.expire(alert_id, given, NotifierStore(uow))


async def _expire_delivery(one: OverdueDelivery, given: Dependencies, database: Database) -> None:
    with tracing(trace_from(one.correlation_id, one.traceparent)):
        async with database.unit_of_work() as uow:
            attempts = await handlers.expired(one, given, NotifierStore(uow))
    if attempts is not None:
        log.info("delivery.expired", delivery_id=str(one.delivery_id), alert_id=str(one.alert_id), attempt=attempts)
