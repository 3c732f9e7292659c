"""Defines what the messages of an alert cost for one network, which the support for communication costs is based on."""

from typing import Self
from uuid import UUID

from buurtsein_contracts.model import EventPart, described

_PER_CENT = 1_000_000  # hundredths of a micro-euro, the unit of a price in micro-euro times a percentage


class MessageCost(EventPart):
    """What the messages of one alert to one network cost."""

    network_id: UUID = described("The network whose members got them.", "Het netwerk waarvan leden ze kregen.")
    units: int = described(
        "Units for all receivers together: parts of SMS, or minutes of voice that began.",
        "Eenheden voor alle ontvangers samen: delen van sms'en, of begonnen minuten spraak.",
        ge=0,
    )
    free_units: int = described("Those of them that were free.", "Hoeveel daarvan gratis waren.", ge=0)
    unit_micro_euro: int = described(
        "Price of one unit without VAT, in millionths of a euro (55000 is EUR 0.055).",
        "Prijs van een eenheid zonder btw, in miljoensten van een euro (55000 is 0,055 euro).",
        ge=0,
    )
    vat_percent: int = described("VAT in percent.", "Btw in procent.", ge=0, le=100)
    total_cents: int = described(
        "What the units that were not free cost with VAT, in euro cents, rounded half up.",
        "Wat de niet gratis eenheden met btw kosten, in eurocent, afgerond.",
        ge=0,
    )

    @classmethod
    def of(cls, network_id: UUID, units: int, free_units: int, unit_micro_euro: int, vat_percent: int) -> Self:
        """Return the cost of these units, and the total; raise ValueError when more units are free than sent."""
        if free_units > units:
            raise ValueError("more units are free than were sent")
        exact = (units - free_units) * unit_micro_euro * (100 + vat_percent)
        return cls(
            network_id=network_id,
            units=units,
            free_units=free_units,
            unit_micro_euro=unit_micro_euro,
            vat_percent=vat_percent,
            total_cents=(2 * exact + _PER_CENT) // (2 * _PER_CENT),
        )
