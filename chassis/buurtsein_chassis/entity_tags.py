"""Writes the header ETag and reads the header If-Match.

A handler loads the aggregate under a row lock, and then compares the tag of If-Match with the present one by
`require_seen` of the kernel. A document of a `Versioned` record knows which fields changed since that tag.
"""

from typing import Annotated

from fastapi import Header

from buurtsein_chassis.problem import Problem

_WEAKENED = (
    "De versie in If-Match is zwak (W/). Een tussenserver die antwoorden comprimeert, verandert sterke versies in "
    "zwakke: vraag uw beheerder om dat uit te zetten voor dit adres. Stuur anders de versie zonder W/."
)

type IfMatch = Annotated[str | None, Header(max_length=100)]
"""The type of a route's parameter that gets the header `If-Match`, or None."""


def etag(version: int | str) -> str:
    """Return the ETag header for a version of the data: a strong entity tag."""
    return f'"{version}"'


def tag_read(if_match: str | None) -> str:
    """Return the tag in `If-Match` without quotes; raise Problem 428 without the header, 412 for a weak tag."""
    if if_match is None:
        raise Problem(428, "if_match_missing", "Geef in If-Match de versie die u gezien hebt.")
    if if_match.startswith("W/"):
        raise Problem(412, "weak_etag", _WEAKENED)
    return if_match.removeprefix('"').removesuffix('"')
