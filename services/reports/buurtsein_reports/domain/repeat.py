"""Computes the digest by which a report that is sent twice is recognised, as after a double click or a retry.

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
    """Return the digest of a report; `values` are its texts, numbers, times with an offset, and mappings of these."""
    words = json.dumps([caller, _plain(values)], sort_keys=True)
    return hmac.digest(key.encode(), f"same-report\n{words}".encode(), "sha256")


def _plain(value: Any) -> Plain:
    """Return a value in a form that does not depend on how it was typed."""
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
