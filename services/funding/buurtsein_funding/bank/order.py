"""Defines what the bank is asked to pay."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from buurtsein_funding.bank.account import Account, Iban


class Payer(BaseModel):
    """The city as the one who pays: its name and account, and the BIC of its bank when the bank asks for it."""

    model_config = ConfigDict(frozen=True)

    name: str
    iban: Iban
    bic: str | None = None


class Order(BaseModel):
    """One payment: to whom, how much, and the text that the receiver reads when there is no structured message."""

    model_config = ConfigDict(frozen=True)

    end_to_end_id: str
    account: Account
    cents: int
    text: str


class Orders(BaseModel):
    """The payments of one file, on one day, from one account."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    made_at: datetime
    pay_on: date
    payer: Payer
    orders: tuple[Order, ...]

    @property
    def total_cents(self) -> int:
        """Return the control sum: all amounts together, in euro cents."""
        return sum(order.cents for order in self.orders)
