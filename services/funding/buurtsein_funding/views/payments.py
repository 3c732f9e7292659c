"""Shows accounts (masked), batches of payments and their files, and what the bank's answers changed."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.database import Connection
from buurtsein_funding.bank import Account, Orders, masked, to_pain001
from buurtsein_funding.documents import BATCHES
from buurtsein_funding.domain.application import unknown
from buurtsein_funding.domain.paying import Effect
from buurtsein_funding.domain.payment import Batch, BatchState, Payment, PaymentState
from buurtsein_funding.domain.sealed import Sealed, unseal
from buurtsein_funding.store.payments import batch_unknown
from buurtsein_funding.views.readings import Reading, ReadingReason, note_reading
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.problems import missing
from buurtsein_kernel.spreadsheets import guarded

_ACCOUNT = """
select p.data, p.key_id, p.data_key, a.application_id
from application a left join payment_account p using (application_id) left join known_network n using (network_id)
where a.application_id = $1
    and (case when $2::text is null then a.requested_at is not null
        else n.document #>> array['coordinators', $2, 'value', 'role'] is not null end)
"""
PAYMENTS_OF_BATCH = "select * from payment where batch_id = $1 order by application_id"


class FileForm(StrEnum):
    """The format of a batch's payment file: XML (pain.001) or CSV."""

    PAIN001 = "pain001"
    CSV = "csv"


class AccountGiven(BaseModel):
    """The part of the answer about an account that may be stored for repeated requests; it has no personal data."""

    application_id: UUID


class ShownAccount(AccountGiven):
    """The account of an application, with most of its number hidden."""

    holder: str
    iban: str
    message: str | None = None

    @classmethod
    def of(cls, application_id: UUID, account: Account) -> Self:
        """Make the response from an account, with a masked IBAN."""
        shown = masked(account.iban)
        return cls(application_id=application_id, holder=account.holder, iban=shown, message=account.message)


def add_account(account: Account, answer: dict[str, Any]) -> None:
    """Add the masked account to an answer that was stored without it; a repeated request has the same account."""
    shown = ShownAccount.of(UUID(answer["application_id"]), account)
    answer.update(shown.model_dump(mode="json", exclude_none=True))


class ShownPayment(BaseModel):
    """One payment: its application, its amount, and its result at the bank."""

    end_to_end_id: str
    application_id: UUID
    cents: int
    state: PaymentState
    paid_on: date | None = None
    reason: str | None = None


class BatchSummary(BaseModel):
    """A batch of payments: its state, the hash and sum of its file, and who prepared, released or cancelled it."""

    batch_id: UUID
    state: BatchState
    pay_on: date
    sha256: str
    """The SHA-256 of the file in the form pain.001."""
    number: int
    total_cents: int
    prepared_by: str
    prepared_at: datetime
    released_by: str | None = None
    released_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_at: datetime | None = None
    version: int


class BatchFile(BatchSummary):
    """A batch of payments with each payment, and the actions that are possible now."""

    payments: list[ShownPayment]
    actions: list[str]

    @classmethod
    def of(cls, batch: Batch, payments: Sequence[Payment]) -> Self:
        """Make the response from a batch and its payments, with the possible actions."""
        shown = [ShownPayment(**payment.model_dump()) for payment in payments]
        return cls(**batch.model_dump(), payments=shown, actions=batch.allowed())


class ReadBack(BaseModel):
    """What a file of the bank changed, by the end-to-end ids of the payments; payments of others are not named."""

    paid: list[str]
    failed: list[str]
    unchanged: list[str]
    to_check: list[str]
    """A person must look at these: another amount, not released, or the bank said something else before."""

    @classmethod
    def of(cls, effects: dict[Effect, list[str]]) -> Self:
        """Make the response from the payments' end-to-end ids by effect."""
        return cls(**{effect.value: ids for effect, ids in effects.items()})


async def account_read(
    connection: Connection, application_id: UUID, reading: Reading, keyring: Keyring
) -> ShownAccount:
    """Return the account of an application, masked, and record the reading.

    A coordinator knows only applications of networks that this person coordinates now, and the city only those that
    were submitted at least once. Raises DomainError `application_unknown`, `account_unknown`, `reason_missing`.
    """
    reading.require_reason()
    async with connection.transaction():
        row = await connection.fetchrow(_ACCOUNT, application_id, reading.own)
        if row is None:
            raise unknown()
        if row["data"] is None:
            raise missing("account_unknown", "Bij deze aanvraag is geen rekening gegeven.")
        await note_reading(connection, reading, application_id=application_id)
    text = unseal(keyring, Sealed(row["data"], row["key_id"], row["data_key"]), str(application_id))
    return ShownAccount.of(application_id, Account.model_validate_json(text))


async def batch_file(connection: Connection, batch_id: UUID) -> BatchFile:
    """Return a batch of payments; raise DomainError `batch_unknown`."""
    row = await connection.fetchrow("select document, schema from payment_batch where batch_id = $1", batch_id)
    if row is None:
        raise batch_unknown()
    rows = await connection.fetch(PAYMENTS_OF_BATCH, batch_id)
    return BatchFile.of(BATCHES.read_row(row), [Payment.model_validate(dict(one)) for one in rows])


async def payment_file(
    connection: Connection, batch_id: UUID, form: FileForm, reader: Caller, keyring: Keyring
) -> bytes:
    """Return the file of a released batch, and record the reading.

    Raises:
        DomainError: `batch_unknown`, `transition_refused` before the release, `payment_file_gone` after the retention.
        ValueError: the file is not the one whose hash was released.
    """
    async with connection.transaction():
        row = await connection.fetchrow("select * from payment_batch where batch_id = $1", batch_id)
        if row is None:
            raise batch_unknown()
        batch = BATCHES.read_row(row)
        batch.require("fetch")
        if row["data"] is None:
            raise missing("payment_file_gone", "Dit bestand wordt niet meer bewaard.")
        await note_reading(connection, Reading(reader, None, ReadingReason.PAYMENT), batch_id=batch_id)
    orders = Orders.model_validate_json(
        unseal(keyring, Sealed(row["data"], row["key_id"], row["data_key"]), str(batch_id))
    )
    xml = to_pain001(orders)
    if hashlib.sha256(xml).hexdigest() != batch.sha256:
        raise ValueError("the payment file is not the one that was released")
    return xml if form is FileForm.PAIN001 else _as_csv(orders)


def _as_csv(orders: Orders) -> bytes:
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";")
    lines.writerow(["end_to_end_id", "holder", "iban", "amount", "message"])
    for order in orders.orders:
        amount = f"{order.cents // 100},{order.cents % 100:02d}"
        account = order.account
        cells = (order.end_to_end_id, account.holder, account.iban, amount, account.message or order.text)
        lines.writerow([guarded(cell) for cell in cells])
    return ("\ufeff" + text.getvalue()).encode()
