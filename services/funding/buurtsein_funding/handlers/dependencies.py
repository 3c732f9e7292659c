"""Defines the objects that the handlers of funding need besides the store."""

from dataclasses import dataclass

from buurtsein_funding.bank import Payer
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that the handlers need besides the store."""

    clock: Clock
    schemes: Schemes
    keyring: Keyring
    """The installation keys, under which accounts are encrypted."""
    payer: Payer | None = None
    """The city's account; None when this service prepares no payments."""
