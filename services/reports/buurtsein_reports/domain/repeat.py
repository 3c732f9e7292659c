"""The same report sent twice: by an impatient finger, a client that tries again, a page that is loaded again.

Two reports are the same when the same caller says the same of the same place and moment and leaves the same contact;
capitals, spaces, punctuation and a metre of difference on the map do not count.

Invariant: what is kept to recognise one is a digest under the installation's key, from which nobody gets the text back.
"""

import hmac
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

COORDINATE_DECIMALS = 5
"""About a metre."""

type Plain = str | float | bool | dict[str, Plain] | None


def digest(key: str, caller: str | None, said: Mapping[str, Any]) -> bytes:
    """32 bytes; `said` holds texts, numbers, moments with their offset and tables of them."""
    words = json.dumps([caller, _plain(said)], sort_keys=True)
    return hmac.digest(key.encode(), f"same-report\n{words}".encode(), "sha256")


def _plain(value: Any) -> Plain:
    """The meaning of a value, without the way in which it was typed."""
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
