"""Reads the receipts of the peers of our own adapters: a JSON document, signed as Standard Webhooks says.

A signed request that is sent again changes nothing, because the newest count of each network holds. Therefore the time
in its signature is not compared with the clock.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from buurtsein_notifier.adapters import NotAuthentic
from buurtsein_notifier.adapters.signing import is_signed, key_of, signed
from buurtsein_notifier.adapters.usable import LONGEST_REFERENCE, MOST_MEMBERS, MOST_RECEIPTS
from buurtsein_notifier.domain.receipt import Receipt

type Count = Annotated[int, Field(ge=0, le=MOST_MEMBERS)]


class Counted(BaseModel):
    """How many members of one network got a message by one channel, as the peer counts it."""

    network: UUID
    channel: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    delivered: Count
    failed: Count
    at: AwareDatetime

    def receipt(self, identifier: str) -> Receipt:
        """Return the receipt for the message with this identifier."""
        return Receipt(identifier, self.network, self.channel, self.delivered, self.failed, self.at)


class CountedMessage(Counted):
    """A count as in `Counted`, with the CAP identifier of the message that the peer counted."""

    identifier: str = Field(min_length=1, max_length=LONGEST_REFERENCE)


class Receipts(BaseModel):
    """The JSON document with receipts that a peer posts to the notifier."""

    receipts: list[CountedMessage] = Field(max_length=MOST_RECEIPTS)


class SignedReceipts:
    """Adds `parse_receipt` to an adapter, for a peer that posts `Receipts` with a signature of Standard Webhooks."""

    @classmethod
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        """Return the receipts in a request; raise NotAuthentic without a right signature, or ValueError."""
        if not is_signed(headers, body, secret):
            raise NotAuthentic
        return [one.receipt(one.identifier) for one in Receipts.model_validate_json(body).receipts]

    @classmethod
    def receipt_example(cls, secret: str) -> tuple[Mapping[str, str], bytes]:
        """Return the headers and the body of a request with one receipt."""
        receipt = {
            "identifier": "bin@gemeente.example.019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8090.0",
            "network": "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091",
            "channel": "sms",
            "delivered": 41,
            "failed": 1,
            "at": "2026-11-24T18:05:00+01:00",
        }
        body = json.dumps({"receipts": [receipt]}).encode()
        return signed(key_of(secret), "receipt-1", "1795626300", body), body
