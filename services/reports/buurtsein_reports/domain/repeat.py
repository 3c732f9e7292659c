"""Computes a digest of a report, by which a report that is submitted twice (a double click, a retry) is recognised.

Two reports are the same when the caller is the same and all that was reported is: category, text, place, time, contact,
channel and source. Capitals, spaces, punctuation and a metre of difference on the map do not count. Invariant: only a
digest under the installation's key is stored, from which the text cannot be computed.
"""

import hmac
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

COORDINATE_DECIMALS = 5
"""Coordinates are rounded to this many decimals, which is about a metre."""

type Plain = str | float | bool | dict[str, Plain] | None


def digest(key: str, caller: str | None, values: Mapping[str, Any]) -> bytes:
    """Return the digest of a report from its `values`: texts, numbers, times with a UTC offset, and mappings."""
    words = json.dumps([caller, _plain(values)], sort_keys=True)
    return hmac.digest(key.encode(), f"same-report\n{words}".encode(), "sha256")


def _plain(value: Any) -> Plain:
    """Return a value in a normal form, such as a time in UTC, so that equal values give equal digests."""
    match value:
        case str():
            return "".join(c for c in unicodedata.normalize("NFKC", value).casefold() if c.isalnum())
        case datetime():
            return value.astimezone(UTC).isoformat()
        case float():
            return round(value, COORDINATE_DECIMALS)
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case _:
            return value  # type: ignore[no-any-return]
