"""Defines the sentences that explain a condition or an amount: their Dutch text, and the values that they name.

Invariant: a sentence is stored with its name and values, so that it can be told in each language with the same days and
amounts as in Dutch. The other languages have the same names in `texts/<language>.toml`, table `[why]`.
"""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from buurtsein_kernel.days import in_words
from buurtsein_kernel.money import in_euros
from buurtsein_kernel.problems import Euros, Value

WHY: Mapping[str, str] = {
    "approved": "De korpschef heeft het netwerk goedgekeurd op {korpschef}, de burgemeester op {burgemeester}.",
    "not_approved": "Korpschef en burgemeester hebben het netwerk nog niet allebei goedgekeurd.",
    "never_recognised": "De FOD Binnenlandse Zaken heeft het netwerk nog niet erkend.",
    "recognised": "De erkenning door de FOD Binnenlandse Zaken (kenmerk {reference}) is begonnen op {start}.",
    "recognised_later": "De erkenning door de FOD Binnenlandse Zaken (kenmerk {reference}) begint pas op {start}.",
    "recognised_before": "De erkenning door de FOD Binnenlandse Zaken (kenmerk {reference}) is geëindigd op {end}.",
    "recognition_suspended": "De erkenning door de FOD Binnenlandse Zaken (kenmerk {reference}) is geschorst.",
    "recognition_expired": "De erkenning door de FOD Binnenlandse Zaken (kenmerk {reference}) is verlopen.",
    "recognition_inactive": "De erkenning door de FOD Binnenlandse Zaken (kenmerk {reference}) is niet actief.",
    "suspended": "De FOD Binnenlandse Zaken heeft de erkenning geschorst vanaf {start} (kenmerk {reference}).",
    "suspended_until": "De FOD Binnenlandse Zaken heeft de erkenning geschorst vanaf {start} tot en met {end} "
    "(kenmerk {reference}).",
    "ended": "Het netwerk bestaat niet meer sinds {end}.",
    "coordinates": "De aanvrager is sinds {start} coördinator van dit netwerk en gebruikt formulier {form}.",
    "does_not_coordinate": "De aanvrager is geen coördinator van dit netwerk.",
    "be_alert": "Het netwerk heeft BE-Alert (overeenkomst {version}) aanvaard op {start}.",
    "no_be_alert": "Het netwerk heeft BE-Alert nog niet aanvaard.",
    "reviewed": "De stad aanvaardt van deze kost {amount}.",
    "vat": "De stad betaalt de btw van {percent} % niet.",
    "share_percent": "Het netwerk betaalt zelf {percent} %.",
    "share_network": "Het netwerk betaalt zelf {amount} per netwerk en per jaar.",
    "share_member": "Het netwerk betaalt zelf {amount} per lid en per jaar, voor {number} leden.",
    "share_registered": "Het netwerk betaalt zelf {amount} per lid en per jaar, voor {number} leden volgens het "
    "register (opgegeven: {stated}).",
    "share_accepted": "Het netwerk betaalt zelf {amount} per lid en per jaar, voor de {number} leden die de stad "
    "aanvaardt (opgegeven: {stated}).",
    "share_message": "Het netwerk betaalt zelf {amount} per bericht, voor {number} berichten.",
    "ceiling_network": "De stad betaalt hoogstens {amount} per netwerk en per jaar.",
    "ceiling_member": "De stad betaalt hoogstens {amount} per lid en per jaar, voor {number} leden.",
    "ceiling_registered": "De stad betaalt hoogstens {amount} per lid en per jaar, voor {number} leden volgens het "
    "register (opgegeven: {stated}).",
    "ceiling_accepted": "De stad betaalt hoogstens {amount} per lid en per jaar, voor de {number} leden die de stad "
    "aanvaardt (opgegeven: {stated}).",
    "ceiling_message": "De stad betaalt hoogstens {amount} per bericht, voor {number} berichten.",
}
"""The Dutch sentence of each name; each other language has the same names and values."""


class Why(BaseModel):
    """A sentence by its name, with the days, the amounts in euro cents, and the other values that it names."""

    model_config = ConfigDict(frozen=True)

    name: str
    days: dict[str, date] = {}
    cents: dict[str, int] = {}
    values: dict[str, int | str] = {}

    @property
    def dutch(self) -> str:
        """Return the sentence in Dutch."""
        days = {name: in_words(day) for name, day in self.days.items()}
        cents = {name: in_euros(one) for name, one in self.cents.items()}
        return WHY[self.name].format(**days, **cents, **self.values)

    @property
    def named(self) -> Mapping[str, Value]:
        """Return the days, amounts and other values in the sentence, for the catalogues of other languages."""
        return {**self.days, **{name: Euros(one) for name, one in self.cents.items()}, **self.values}
