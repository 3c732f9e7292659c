"""Reads the export of a city's telephone hotline, and makes a report of each row."""

from collections.abc import Mapping
from pathlib import Path

from buurtsein_operate import sheets
from buurtsein_operate.sheets import Form, Sheet, cells
from buurtsein_operate.sheets.moments import moment
from buurtsein_operate.sheets.rows import Body, present


def read(path: Path) -> Sheet:
    """Return the export in a csv file; raise CommandError `import-file` as `sheets.read` does."""
    return sheets.read(path, HOTLINE)


def _report(values: Mapping[str, str]) -> Body:
    """Return a report's request body and remarks on cells; raise Unreadable for a cell that refuses the row.

    A row with only a street and a submunicipality gets these as the description of its place.
    """
    when, when_note = moment(values.get("datum", ""), values.get("uur", ""))
    postcode, postcode_note = cells.postcode(values.get("postcode", ""))
    email, email_note = cells.email(values.get("email_melder", ""), "email_melder")
    described = {"description": values.get("straat") or None, "neighbourhood": values.get("deelgemeente") or None}
    can_describe = not any(values.get(name) for name in ("lat", "lon", "huisnummer"))
    report = {
        "channel": "hotline",
        "category": values.get("categorie", ""),
        "text": values.get("omschrijving", ""),
        "happened_from": when.isoformat() if when else None,
        "location": present({
            "latitude": cells.coordinate(values.get("lat", ""), "lat", "breedtegraad", 90),
            "longitude": cells.coordinate(values.get("lon", ""), "lon", "lengtegraad", 180),
            "postcode": postcode,
            "street": values.get("straat") or None,
            "house_number": values.get("huisnummer") or None,
            **(described if can_describe else {}),
        }),
        "contact": present({"email": email}),
    }  # fmt: skip
    notes = (when_note, postcode_note, email_note)
    return present(report), tuple(note for note in notes if note)


HOTLINE = Form(
    word="meldingen",
    number=("nummer",),
    needed=("nummer", "categorie", "omschrijving", "datum", "uur", "lat", "lon"),
    body=_report,
    day="datum",
)
