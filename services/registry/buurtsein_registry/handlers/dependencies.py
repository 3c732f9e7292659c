"""Defines the objects that the handlers need besides the store."""

from dataclasses import dataclass
from datetime import date

from buurtsein_kernel.clock import Clock
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.official_addresses import AddressSource
from buurtsein_kernel.places import Municipality
from buurtsein_registry.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that the handlers need besides the store."""

    clock: Clock
    rules: Rules
    """The rules that the installation sets for networks and members."""
    municipality: Municipality
    addresses: AddressSource
    """The source in which addresses of members are looked up."""
    network_code: str
    """The part of a network's code that names the municipality."""
    police_zone: str
    keyring: Keyring
    """The installation keys, under which the data keys of persons are encrypted."""

    @property
    def today(self) -> date:
        """Return the present day in Belgium."""
        return brussels_day(self.clock.now())
