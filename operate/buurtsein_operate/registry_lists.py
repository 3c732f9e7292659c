"""Reads lists of networks, members and coordinators, with the columns of the registry's own exports."""

import json
from collections.abc import Mapping
from typing import Any

from buurtsein_operate.sheets import Form, Unreadable, cells
from buurtsein_operate.sheets.moments import day
from buurtsein_operate.sheets.rows import Body, present

_NETWORK_KINDS = {"bin": "BIN", "bin-z": "BIN-Z", "binz": "BIN-Z"}
_MEMBER_KINDS = {
    "resident": "RESIDENT",
    "bewoner": "RESIDENT",
    "worker": "WORKER",
    "werknemer": "WORKER",
    "trader": "TRADER",
    "handelaar": "TRADER",
}
_CHANNELS = {"sms": "sms", "gsm": "sms", "voice": "voice", "telefoon": "voice", "email": "email", "e-mail": "email"}
_ROLES = {
    "coordinator": "coordinator",
    "coördinator": "coordinator",
    "co-coordinator": "co-coordinator",
    "co-coördinator": "co-coordinator",
}
_NOT_IN_FORCE = frozenset({"SUSPENDED", "ENDED", "GESCHORST", "GESTOPT"})
_OUTCOMES = {"ok": "OK", "gunstig": "OK", "not_ok": "NOT_OK", "ongunstig": "NOT_OK"}


def _network(values: Mapping[str, str]) -> Body:
    body = {
        "name": values.get("naam", ""),
        "kind": cells.one_of(values.get("soort", ""), _NETWORK_KINDS, "soort"),
        "area": _area(values.get("gebied", "")),
        "postcodes": cells.several(values.get("postcodes", "")),
        "applicant": values.get("aanvrager", ""),
    } | _of_area(values)
    return body | _recognised(values), ()


def _recognised(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the recognition in a row, or an empty dict when the row has no reference of the ministry's letter.

    Raises Unreadable `network_not_in_force` for a network that is suspended or has ended, and `cell_missing` when the
    cell of a needed day is empty.
    """
    if not values.get("kenmerk_fod"):
        return {}
    if values.get("status", "").upper() in _NOT_IN_FORCE:
        raise Unreadable("network_not_in_force", "status", "alleen een netwerk dat nu erkend is, wordt overgenomen")
    return {
        "recognised": present({
            "reference": values["kenmerk_fod"],
            "document_sha256": values.get("brief_sha256") or None,
            "start": _day(values, "erkend_van"),
            "end": _day(values, "erkend_tot", needed=False),
            "renewal_on": _day(values, "hernieuwen_op", needed=False),
            "signed_on": _day(values, "charter_getekend_op"),
            "korpschef_on": _day(values, "korpschef_op"),
            "burgemeester_on": _day(values, "burgemeester_op"),
            "charter_sha256": values.get("charter_sha256") or None,
        })
    }  # fmt: skip


def _of_area(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the streets, dwellings and languages of an area; columns that are empty or absent are left out."""
    found = {
        "streets": cells.several(values.get("straten", "")),
        "dwellings": values.get("woningen", ""),
        "languages": [one.casefold() for one in cells.several(values.get("talen", ""))],
    }
    return {name: value for name, value in found.items() if value}


def _day(values: Mapping[str, str], column: str, *, needed: bool = True) -> str | None:
    found = day(_needed(values, column) if needed else values.get(column, ""), column)
    return found.isoformat() if found else None


def _needed(values: Mapping[str, str], column: str) -> str:
    if not values.get(column):
        raise Unreadable("cell_missing", column, "een netwerk dat al erkend is, wordt alleen met deze dag overgenomen")
    return values[column]


def _area(text: str) -> Any:
    """Return the GeoJSON in a cell; raise Unreadable `area_unreadable`."""
    try:
        return json.loads(text)
    except ValueError:
        raise Unreadable("area_unreadable", "gebied", "dit is geen GeoJSON") from None


def _member(values: Mapping[str, str]) -> Body:
    _require_consent(values)
    email, note = cells.email(values.get("email", ""), "email")
    consented_on = day(values["toestemming_op"], "toestemming_op")
    body = present({
        "kind": cells.one_of(values.get("soort", ""), _MEMBER_KINDS, "soort"),
        "name": values.get("naam", ""),
        "mobile": values.get("gsm", ""),
        "email": email,
        "address": _address(values),
        "adult": True,
        "consent_version": values["toestemming"],
        "consented_on": consented_on.isoformat() if consented_on else None,
        "language": values.get("taal", "").casefold() or None,
        "channels": [cells.one_of(one, _CHANNELS, "kanalen") for one in cells.several(values.get("kanalen", ""))],
        "enterprise_number": values.get("ondernemingsnummer") or None,
        "legal_person": cells.is_yes(values.get("rechtspersoon", "")),
        "asks_exception": cells.is_yes(values.get("uitzondering", "")),
    })  # fmt: skip
    return body, (note,) if note else ()


def _require_consent(values: Mapping[str, str]) -> None:
    for column in ("toestemming", "toestemming_op"):
        if not values.get(column):
            detail = "zonder versie en dag van de toestemming wordt niemand lid"
            raise Unreadable("consent_missing", column, detail)
    if not cells.is_yes(values.get("meerderjarig", "")):
        raise Unreadable("adult_missing", "meerderjarig", "schrijf ja als de persoon verklaarde meerderjarig te zijn")


def _address(values: Mapping[str, str]) -> dict[str, Any]:
    return present({
        "street": values.get("straat", ""),
        "house_number": values.get("huisnummer", ""),
        "box": values.get("bus") or None,
        "postcode": cells.postcode(values.get("postcode", ""))[0] or "",
        "address_id": values.get("adres_id") or None,
        "establishment_number": values.get("vestigingsnummer") or None,
    })  # fmt: skip


def _coordinator(values: Mapping[str, str]) -> Body:
    if not cells.is_yes(values.get("meerderjarig", "")):
        raise Unreadable("adult_missing", "meerderjarig", "schrijf ja als de persoon meerderjarig is")
    screened_on = day(values.get("screening_op", ""), "screening_op")
    if screened_on is None:
        raise Unreadable("screening_missing", "screening_op", "zonder dag van de screening wordt niemand coördinator")
    body = {
        "candidate": values.get("persoon", ""),
        "role": cells.one_of(values.get("rol", ""), _ROLES, "rol"),
        "adult": True,
        "screening_outcome": cells.one_of(values.get("screening", ""), _OUTCOMES, "screening"),
        "screened_on": screened_on.isoformat(),
    }
    return body, ()


NETWORKS = Form(
    word="netwerken",
    number=("code",),
    needed=("code", "naam", "soort", "postcodes", "gebied", "aanvrager"),
    body=_network,
)
MEMBERS = Form(
    word="leden",
    number=("netwerk", "nummer"),
    needed=(
        *("netwerk", "nummer", "naam", "gsm", "straat", "huisnummer", "postcode", "soort", "kanalen"),
        *("meerderjarig", "toestemming", "toestemming_op"),
    ),
    body=_member,
)
COORDINATORS = Form(
    word="coördinatoren",
    number=("netwerk", "persoon"),
    needed=("netwerk", "persoon", "rol", "screening", "screening_op", "meerderjarig"),
    body=_coordinator,
)
