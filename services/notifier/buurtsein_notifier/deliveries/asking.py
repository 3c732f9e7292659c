"""Asks a peer whether a message with an unknown outcome arrived, and how many members got a message that was sent.

Nothing is sent here. When a person has reported the outcome of a message, it is not changed.
"""

import asyncio
from functools import partial

import structlog

from buurtsein_chassis.database import DATABASE_ERRORS, Database
from buurtsein_chassis.health import Probe
from buurtsein_notifier import handlers
from buurtsein_notifier.adapters import LONGEST_CALL, Adapter, Answer, CannotSay, Found, NotFound, limits_of
from buurtsein_notifier.adapters.usable import usable_answer
from buurtsein_notifier.deliveries.repeating import repeat
from buurtsein_notifier.domain.delivery import DeliveryState
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store import NotifierStore, receipts
from buurtsein_notifier.store.receipts import Question

IDLE_SECONDS = 5.0

log = structlog.get_logger("asking")


async def status_of(adapter: Adapter, identifier: str) -> Answer:
    """Return what the peer says about a message; any error of the adapter and any delay become CannotSay."""
    try:
        async with asyncio.timeout(LONGEST_CALL):
            return usable_answer(await adapter.status(identifier))
    except Exception as error:  # noqa: BLE001 - after any error of an adapter, the answer of the peer is not known
        return CannotSay(type(error).__name__)


class Asking:
    """A loop that asks the peer of one adapter about messages, and stores the outcomes and receipts."""

    def __init__(self, adapter: Adapter, given: Dependencies) -> None:
        """Take the adapter and the dependencies of the handlers; any number of workers can run."""
        self._adapter = adapter
        self._given = given

    async def run(self, database: Database, probe: Probe) -> None:
        """Ask the peer about due messages again and again, until cancelled; then close the adapter."""
        try:
            await repeat(self.step, database, probe, IDLE_SECONDS)
        finally:
            await self._adapter.close()

    async def step(self, database: Database) -> int:
        """Ask the peer for the status of each message whose time to ask has come; return how many there were.

        A failure of one question does not stop the others.
        """
        name, tells = self._adapter.name, limits_of(self._adapter).receipts
        asked = await receipts.to_ask(database.pool, name, receipts=tells)
        ends = await asyncio.gather(*map(partial(self._ask, database), asked), return_exceptions=True)
        for question, error in zip(asked, ends, strict=True):
            if isinstance(error, DATABASE_ERRORS):
                raise error
            if error is not None:
                log.warning("asking.failed", alert_id=str(question.alert_id), error=type(error).__name__)
        return len(asked)

    async def _ask(self, database: Database, question: Question) -> None:
        answer = await status_of(self._adapter, question.cap_identifier)
        async with database.unit_of_work() as uow:
            await self._keep(question, answer, NotifierStore(uow))

    async def _keep(self, question: Question, answer: Answer, store: NotifierStore) -> None:
        unknown = question.state == DeliveryState.UNKNOWN
        match answer:
            case Found(reference, told):
                if unknown:
                    await handlers.found_out(question.alert_id, "sent", reference, self._given, store)
                about = [one for one in told if one.identifier == question.cap_identifier]
                await handlers.receive(about, self._adapter.name, self._given, store)
            case NotFound() if unknown:
                await handlers.found_out(question.alert_id, "failed", None, self._given, store)
