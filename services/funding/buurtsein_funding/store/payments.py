"""Reads and writes accounts, batches of payments, and payments."""

from collections.abc import Sequence
from typing import override
from uuid import UUID

import asyncpg

from buurtsein_funding.documents import BATCHES
from buurtsein_funding.domain.payment import Batch, Payment
from buurtsein_funding.domain.sealed import Sealed
from buurtsein_funding.handlers import PaymentStore
from buurtsein_funding.store.unit import Unit
from buurtsein_kernel.problems import conflict, missing

_PUT = """insert into payment_account (application_id, data, key_id, data_key) values ($1, $2, $3, $4)
on conflict (application_id) do update set data = excluded.data, key_id = excluded.key_id,
    data_key = excluded.data_key, given_at = now()"""
_ADD = """insert into payment_batch (batch_id, state, version, document, schema, prepared_at, data, key_id, data_key)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
_ADD_PAYMENT = """insert into payment (end_to_end_id, batch_id, application_id, cents, state)
values ($1, $2, $3, $4, $5)"""
_SAVE = "update payment_batch set state = $2, version = $3, document = $4, schema = $5 where batch_id = $1"


class PaymentTables(Unit, PaymentStore):
    """Reads and writes the tables of accounts and payments, in one unit of work."""

    @override
    async def put_account(self, application_id: UUID, account: Sealed) -> None:
        await self._connection.execute(_PUT, application_id, account.data, account.key_id, account.data_key)

    @override
    async def account(self, application_id: UUID) -> Sealed | None:
        row = await self._connection.fetchrow(
            "select data, key_id, data_key from payment_account where application_id = $1", application_id
        )
        return Sealed(**dict(row)) if row else None

    @override
    async def add_batch(self, batch: Batch, orders: Sealed, payments: Sequence[Payment]) -> None:
        sealed = (orders.data, orders.key_id, orders.data_key)
        await self._connection.execute(_ADD, *_values(batch), batch.prepared_at, *sealed)
        try:
            for one in payments:
                values = (one.end_to_end_id, batch.batch_id, one.application_id, one.cents, one.state)
                await self._connection.execute(_ADD_PAYMENT, *values)
        except asyncpg.UniqueViolationError as error:
            raise conflict("payment_exists", "Een van deze aanvragen wordt al betaald.") from error

    @override
    async def batch(self, batch_id: UUID) -> Batch:
        row = await self._connection.fetchrow(
            "select document, schema from payment_batch where batch_id = $1 for update", batch_id
        )
        if row is None:
            raise batch_unknown()
        return BATCHES.read_row(row)

    @override
    async def save_batch(self, batch: Batch) -> None:
        batch.next_version()
        await self._connection.execute(_SAVE, *_values(batch))

    @override
    async def payments_of(self, batch_id: UUID) -> Sequence[Payment]:
        rows = await self._connection.fetch(
            "select * from payment where batch_id = $1 order by application_id", batch_id
        )
        return [Payment.model_validate(dict(row)) for row in rows]

    @override
    async def payment(self, end_to_end_id: str) -> tuple[UUID, Payment] | None:
        row = await self._connection.fetchrow("select * from payment where end_to_end_id = $1", end_to_end_id)
        return (row["batch_id"], Payment.model_validate(dict(row))) if row else None

    @override
    async def save_payment(self, payment: Payment) -> None:
        await self._connection.execute(
            "update payment set state = $2, paid_on = $3, reason = $4 where end_to_end_id = $1",
            payment.end_to_end_id,
            payment.state,
            payment.paid_on,
            payment.reason,
        )

    @override
    async def forget_account(self, application_id: UUID) -> None:
        await self._connection.execute("delete from payment_account where application_id = $1", application_id)


def _values(batch: Batch) -> tuple[object, ...]:
    return batch.batch_id, batch.state, batch.version, BATCHES.write(batch), BATCHES.schema


def batch_unknown() -> Exception:
    """Return the error for a batch of payments that does not exist."""
    return missing("batch_unknown", "Deze betalingen bestaan niet.")
