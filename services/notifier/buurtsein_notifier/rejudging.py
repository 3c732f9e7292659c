"""Judges again what an alert of another place held, once police decided on that alert or its time was over."""

import asyncio

import structlog

from buurtsein_chassis.database import Database
from buurtsein_notifier.deliveries import AWAY
from buurtsein_notifier.handlers import Judge
from buurtsein_notifier.store import NotifierStore

REJUDGING_SECONDS = 5.0

log = structlog.get_logger("rejudging")


class Rejudging:
    """A worker's task beside the consumers."""

    def __init__(self, judge: Judge, adapter: str) -> None:
        """`adapter` is the name under which deliveries of automatic releases are queued."""
        self._judge = judge
        self._adapter = adapter

    async def run(self, database: Database) -> None:
        """Every few seconds, until cancelled; a database that is away is logged and tried again."""
        while True:
            try:
                await self.once(database)
            except AWAY as error:
                log.warning("rejudging.retry", error=type(error).__name__)
            await asyncio.sleep(REJUDGING_SECONDS)

    async def once(self, database: Database) -> None:
        """A bounded number of reports, in one transaction."""
        async with database.unit_of_work() as uow:
            await self._judge.judge_left_over(NotifierStore(uow, self._adapter))
