"""Defines payment orders: the payments that the city asks its bank to make."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from buurtsein_funding.bank.account import Account, Iban


class Payer(BaseModel):
    """The account from which the city pays: the city's name, the IBAN, and the BIC if the bank asks for the BIC."""

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
