"""Entity tags: the version that an answer shows, and the one that a person's decision says to have read.

A handler compares the tag that was read with the present one by `require_seen` of the kernel, when it has loaded, under
lock, what is decided about.
"""

from typing import Annotated

from fastapi import Header

from buurtsein_chassis.problem import Problem

_WEAKENED = (
    "De versie in If-Match is zwak (W/). Een tussenserver die antwoorden comprimeert, verandert sterke versies in "
    "zwakke: vraag uw beheerder om dat uit te zetten voor dit adres. Stuur anders de versie zonder W/."
)

type IfMatch = Annotated[str | None, Header(max_length=100)]
"""A route's header `If-Match`."""


def etag(version: int | str) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


def tag_read(if_match: str | None) -> str:
    """The version in `If-Match`, without its quotes; Problem 428 without the header, 412 for a weak tag."""
    if if_match is None:
        raise Problem(428, "if_match_missing", "Geef in If-Match de versie die u gezien hebt.")
    if if_match.startswith("W/"):
        raise Problem(412, "weak_etag", _WEAKENED)
    return if_match.removeprefix('"').removesuffix('"')
