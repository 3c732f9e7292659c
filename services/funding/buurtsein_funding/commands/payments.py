"""Defines the bodies of the requests about accounts, payments and their settlement."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from buurtsein_funding.bank import Account, Iban, StructuredMessage
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name

Cents = Annotated[int, Field(strict=True, ge=1)]


class GiveAccount(Command):
    """The account to which the city pays: its holder, its IBAN, and a structured message if payments must have one."""

    holder: Annotated[str, Field(min_length=1, max_length=70), Name]
    iban: Iban
    message: StructuredMessage | None = None

    def made(self) -> Account:
        """Convert the request to the `Account` that is stored."""
        return Account(**self.model_dump())


class PreparePayments(Command):
    """The granted applications that are paid together, and the day on which the bank pays."""

    application_ids: list[UUID] = Field(min_length=1, max_length=500)
    pay_on: date


class ProvedCost(Command):
    """The amount that finance accepts for one invoice, in euro cents."""

    evidence_id: UUID
    cents: Cents


class Justify(Command):
    """The invoices with which the network proved its costs, and what finance accepts of each."""

    invoices: list[ProvedCost] = Field(min_length=1, max_length=50)


class Reclaim(Command):
    """The amount that the city claims back, in euro cents, and the code of the reason."""

    reclaimed_cents: Cents
    reason: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,59}$")]
