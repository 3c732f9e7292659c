"""Looks up official addresses in the Flemish address register, through its service Adresmatch (version 2) over HTTP.

The service takes `straatnaam`, `huisnummer`, `busnummer`, `postcode` and `niscode`, and answers with at most ten
addresses, the best first. The point of each is a GML text in Lambert 72 (EPSG:31370).
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import httpx
import structlog
from pydantic import SecretStr

from buurtsein_chassis.address_sources.lambert import PROJECTIONS
from buurtsein_chassis.backoff import Backoff
from buurtsein_kernel.official_addresses import AddressQuery, AddressSourceUnavailable, Match, OfficialAddress, choose

TRIES = 3
FRESH_SECONDS = 3600
MOST_CACHED = 1000
IN_USE = frozenset({"inGebruik", "voorgesteld"})
"""The statuses of addresses that people can have; the others are refused or historical."""
_POINT = re.compile(r"EPSG/0/(31370|3812)\W.*<gml:pos>\s*([\d.]{1,20})\s+([\d.]{1,20})\s*</gml:pos>", re.DOTALL)
_UNREADABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)

log = structlog.get_logger("addresses")


class Adresmatch:
    """A source of addresses over HTTP; it remembers answers for an hour, in memory only."""

    def __init__(self, url: str, nis: str, seconds: float, key: SecretStr | None = None) -> None:
        """Take the URL of the service, the municipality, the seconds for one lookup, and the API key or None."""
        self._url = url
        self._nis = nis
        self._seconds = seconds
        headers = {"Accept": "application/ld+json"} | ({"x-api-key": key.get_secret_value()} if key else {})
        self._client = httpx.AsyncClient(headers=headers, timeout=seconds / TRIES)
        self._cached: OrderedDict[AddressQuery, tuple[float, Match]] = OrderedDict()

    async def match(self, asked: AddressQuery) -> Match:
        """Look up an address, within the seconds of the setting; raise AddressSourceUnavailable."""
        expires, match = self._cached.get(asked, (0.0, None))
        if match is None or expires < time.monotonic():
            match = await self._fetched(asked)
            self._cached[asked] = (time.monotonic() + FRESH_SECONDS, match)
            if len(self._cached) > MOST_CACHED:
                self._cached.popitem(last=False)
        return match

    async def _fetched(self, asked: AddressQuery) -> Match:
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._answered(asked)
            return Match(None) if answer is None else choose(asked, _addresses(answer, asked.postcode))
        except (httpx.HTTPError, TimeoutError, *_UNREADABLE) as error:
            log.warning("addresses.unavailable", error=type(error).__name__)
            raise AddressSourceUnavailable from error

    async def _answered(self, asked: AddressQuery) -> Any:
        """Return the answer as JSON, or None when the service refuses what the person wrote; raise HTTPError."""
        question = {
            "straatnaam": asked.street[:80],
            "huisnummer": asked.house_number,
            "postcode": asked.postcode,
            "niscode": self._nis,
        } | ({"busnummer": asked.box} if asked.box else {})
        response = await self._tried(question)
        if response.status_code == httpx.codes.BAD_REQUEST:
            return None
        return response.raise_for_status().json()

    async def _tried(self, question: dict[str, str]) -> httpx.Response:
        """Send a question, and retry after a temporary error; raise TransportError when all tries fail."""
        backoff = Backoff(0.05, 0.5)
        for tries_left in reversed(range(TRIES)):
            try:
                response = await self._client.get(self._url, params=question)
            except httpx.TransportError:
                if not tries_left:
                    raise
            else:
                if not (tries_left and _can_pass(response)):
                    return response
            await asyncio.sleep(backoff.next())
        raise AssertionError("the last try returns or raises")


def _can_pass(response: httpx.Response) -> bool:
    return response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS


def _addresses(answer: Any, postcode: str) -> Iterator[OfficialAddress]:
    """Yield the addresses of an answer, without matches that are only a street or a municipality.

    An address without postcode in the answer gets the one that was asked for.
    """
    for item in answer["adresMatches"]:
        if item.get("huisnummer") and item.get("adresPositie") and item.get("adresStatus") in IN_USE:
            longitude, latitude = _degrees(item["adresPositie"]["geometrie"]["gml"])
            yield OfficialAddress(
                address_id=str(item["identificator"]["objectId"]),
                street=item["straatnaam"]["straatnaam"]["geografischeNaam"]["spelling"],
                house_number=item["huisnummer"],
                box=item.get("busnummer"),
                postcode=(item.get("postinfo") or {}).get("objectId", postcode),
                nis=item["gemeente"]["objectId"],
                longitude=longitude,
                latitude=latitude,
            )


def _degrees(gml: str) -> tuple[float, float]:
    """Return longitude and latitude (WGS84) of a GML point in Lambert 72 or Lambert 2008; raise ValueError."""
    found = _POINT.search(gml)
    if found is None:
        raise ValueError("not a point in Lambert")
    longitude, latitude = PROJECTIONS[int(found[1])].degrees(float(found[2]), float(found[3]))
    return round(longitude, 6), round(latitude, 6)
