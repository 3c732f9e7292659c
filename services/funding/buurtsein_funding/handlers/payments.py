"""Handles accounts and payments: giving an account, preparing, releasing and cancelling batches, entering results."""

import hashlib
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from buurtsein_funding import commands
from buurtsein_funding.bank import Account, Order, Orders, Payer, Result, schema_problems, to_pain001
from buurtsein_funding.domain import settling
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.paying import Effect, settle
from buurtsein_funding.domain.payment import Batch, Payment
from buurtsein_funding.domain.sealed import Sealed, seal, unseal
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.evidence import evidence_unknown
from buurtsein_funding.handlers.of_city import application_for_city
from buurtsein_funding.handlers.own import own_application
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, forbidden


class PaymentStore(Store, Protocol):
    """A Protocol: also reads and writes accounts, batches and payments."""

    async def put_account(self, application_id: UUID, account: Sealed) -> None:
        """Store the account of an application, in the place of an earlier one."""

    async def account(self, application_id: UUID) -> Sealed | None:
        """Return the account of an application, or None."""

    async def add_batch(self, batch: Batch, orders: Sealed, payments: Sequence[Payment]) -> None:
        """Insert a batch with its payments; raise DomainError `payment_exists` when an application has one already."""

    async def batch(self, batch_id: UUID) -> Batch:
        """Return a batch and lock its row; raise DomainError `batch_unknown`."""

    async def save_batch(self, batch: Batch) -> None:
        """Update a batch and add 1 to its version."""

    async def payments_of(self, batch_id: UUID) -> Sequence[Payment]:
        """Return the payments of a batch, by application."""

    async def payment(self, end_to_end_id: str) -> tuple[UUID, Payment] | None:
        """Return the batch and the payment with this end-to-end id, or None."""

    async def save_payment(self, payment: Payment) -> None:
        """Update the state, the day and the bank's reason of a payment."""


async def give_account(
    application_id: UUID, command: commands.GiveAccount, actor: str, given: Dependencies, store: PaymentStore
) -> None:
    """Store, encrypted, the account to which the support is paid; only coordinators of the network can give it."""
    application = await own_application(application_id, actor, store)
    settling.require_account_wanted(application)
    text = command.made().model_dump_json()
    await store.put_account(application_id, seal(given.keyring, text, str(application_id)))


async def prepare(
    command: commands.PreparePayments, actor: str, given: Dependencies, store: PaymentStore
) -> tuple[Batch, Sequence[Payment]]:
    """Prepare the payment of granted applications and store the hash of the file; nothing is paid yet.

    Raises:
        DomainError: `payments_off`, `pay_on_past`, `application_unknown`, `transition_refused` for an application that
            is not granted or is paid, `account_missing`, `payment_exists` when it is in another batch.
    """
    now = given.clock.now()
    if given.payer is None:
        raise forbidden("payments_off", "Bij deze dienst is geen rekening van de stad ingesteld.")
    if command.pay_on < brussels_day(now):
        raise DomainError("pay_on_past", "Geef vandaag of een latere dag.")
    applications = [await _payable(one, actor, store) for one in sorted(set(command.application_ids))]
    found = [(one, await _order(one, given, store)) for one in applications]
    batch = Batch(
        pay_on=command.pay_on,
        sha256="",
        number=len(found),
        total_cents=sum(order.cents for _, order in found),
        prepared_by=actor,
        prepared_at=now,
    )
    orders = _orders(batch, given.payer, [order for _, order in found])
    batch.sha256 = hashlib.sha256(to_pain001(orders)).hexdigest()
    payments = [
        Payment(end_to_end_id=order.end_to_end_id, application_id=one.application_id, cents=order.cents)
        for one, order in found
    ]
    await store.add_batch(batch, seal(given.keyring, orders.model_dump_json(), str(batch.batch_id)), payments)
    return batch, payments


async def release(batch_id: UUID, by: By, given: Dependencies, store: PaymentStore) -> tuple[Batch, Sequence[Payment]]:
    """Release a batch, as a person who did not prepare it, so that its file can be fetched.

    The applications are locked before the batch, in the same order as in `read_back`.

    Raises:
        DomainError: `batch_unknown`, `version_changed`, `transition_refused`; `same_person` for the person who prepared
            the batch, and for the writers and present coordinators of its applications.
    """
    payments = await store.payments_of(batch_id)
    for payment in payments:
        await application_for_city(payment.application_id, by.actor, store)
    batch = await _as_read(batch_id, by, store)
    batch.release(by.actor, given.clock.now())
    await store.save_batch(batch)
    return batch, payments


async def cancel(batch_id: UUID, by: By, given: Dependencies, store: PaymentStore) -> tuple[Batch, Sequence[Payment]]:
    """Cancel a batch that was not released; its applications can be paid in another one."""
    batch, payments = await _as_read(batch_id, by, store), await store.payments_of(batch_id)
    batch.cancel(by.actor, given.clock.now(), payments)
    await store.save_batch(batch)
    for payment in payments:
        await store.save_payment(payment)
    return batch, payments


async def read_back(
    results: Sequence[Result], actor: str, given: Dependencies, store: PaymentStore
) -> dict[Effect, list[str]]:
    """Apply the results of the bank, and return the payments' ids by effect; record FundingPaid for payments paid now.

    Results of payments that are not ours are ignored. After a failed payment the application is granted as before, and
    can be paid again.
    """
    effects: dict[Effect, list[str]] = {effect: [] for effect in Effect}
    for payment, batch_id, result in await _matched(results, store):
        application = await store.application(payment.application_id)
        batch = await store.batch(batch_id)
        found = await store.payment(payment.end_to_end_id)
        fresh = found[1] if found else payment
        effect = settle(fresh, result, batch.state)
        effects[effect].append(fresh.end_to_end_id)
        if effect in {Effect.PAID, Effect.FAILED}:
            await store.save_payment(fresh)
        if effect is Effect.PAID and fresh.paid_on:
            events = settling.pay(application, fresh.paid_on, fresh.end_to_end_id, actor, given.clock.now())
            await store.save_application(application)
            await store.record(*events)
    return effects


async def justify(
    application_id: UUID, command: commands.Justify, by: By, given: Dependencies, store: Store
) -> Application:
    """Enter what the network proved with its invoices; record FundingJustified.

    Raises:
        DomainError: `evidence_unknown` for an invoice of another application, `same_person`, `transition_refused`.
    """
    application = await _decided(application_id, by, store)
    proved = {one.evidence_id: one.cents for one in command.invoices}
    if proved.keys() - {one.evidence_id for one in await store.evidence(application_id)}:
        raise evidence_unknown()
    events = settling.justify(application, proved, by.actor, given.clock.now())
    await store.save_application(application)
    await store.record(*events)
    return application


async def reclaim(
    application_id: UUID, command: commands.Reclaim, by: By, given: Dependencies, store: Store
) -> Application:
    """Claim a part of the paid amount back, or all of it; record FundingReclaimed."""
    application = await _decided(application_id, by, store)
    events = settling.reclaim(application, command.reclaimed_cents, command.reason, by.actor, given.clock.now())
    await store.save_application(application)
    await store.record(*events)
    return application


async def _decided(application_id: UUID, by: By, store: Store) -> Application:
    application = await application_for_city(application_id, by.actor, store)
    application.require_seen(by.seen)
    return application


async def _payable(application_id: UUID, actor: str, store: Store) -> Application:
    application = await application_for_city(application_id, actor, store)
    application.require("pay")
    return application


async def _order(application: Application, given: Dependencies, store: PaymentStore) -> Order:
    sealed = await store.account(application.application_id)
    if sealed is None:
        of = str(application.application_id)
        raise conflict("account_missing", f"Voor aanvraag {of} is nog geen rekening gegeven.", application=of)
    text = unseal(given.keyring, sealed, str(application.application_id))
    return Order(
        end_to_end_id=Payment.new_id(),
        account=Account.model_validate_json(text),
        cents=application.granted_cents or 0,
        text=f"Steun communicatiekosten {application.year}",
    )


def _orders(batch: Batch, payer: Payer, orders: Sequence[Order]) -> Orders:
    made = Orders(
        message_id=batch.message_id, made_at=batch.prepared_at, pay_on=batch.pay_on, payer=payer, orders=tuple(orders)
    )
    if problems := schema_problems(to_pain001(made)):
        raise ValueError(f"the payment file is not valid: {problems[0]}")
    return made


async def _as_read(batch_id: UUID, by: By, store: PaymentStore) -> Batch:
    batch = await store.batch(batch_id)
    batch.require_seen(by.seen)
    return batch


async def _matched(results: Sequence[Result], store: PaymentStore) -> list[tuple[Payment, UUID, Result]]:
    """Return the payments that the results are about, by application, so that locks are taken in the same order."""
    found: list[tuple[Payment, UUID, Result]] = []
    for result in results:
        if result.end_to_end_id:
            one = await store.payment(result.end_to_end_id)
            found += [(one[1], one[0], result)] if one else []
        elif batch_id := Batch.id_of(result.message_id):
            found += [(payment, batch_id, result) for payment in await store.payments_of(batch_id)]
    return sorted(found, key=lambda one: one[0].application_id)
