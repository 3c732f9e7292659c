"""Judges again what an alert of another place held, once police decided on that alert or its time was over."""

from buurtsein_chassis.database import Database
from buurtsein_notifier.handlers import Judge
from buurtsein_notifier.store import NotifierStore


async def rejudge(judge: Judge, adapter: str, database: Database) -> None:
    """Judge a bounded number of reports again, in one transaction.

    `adapter` is the name under which deliveries of automatic releases are queued.
    """
    async with database.unit_of_work() as uow:
        await judge.judge_left_over(NotifierStore(uow, adapter))
