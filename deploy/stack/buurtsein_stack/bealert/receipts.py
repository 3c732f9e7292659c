"""Counts, for the simulator, how many members got a message, and posts these counts to a receiver.

The counts are invented, and the same each time for the same network and channel.
"""

import asyncio
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from buurtsein_notifier.adapters.signing import key_of, signed
from buurtsein_notifier.cap import from_xml
from buurtsein_stack.bealert.mailbox import Received


@dataclass(frozen=True, slots=True)
class Receiver:
    """The address that gets receipts, the secret that signs them, and after how many seconds they come."""

    url: str
    secret: str
    seconds: float


def counts(message: Received) -> Iterator[dict[str, Any]]:
    """Yield how many members of each network that it was taken for got a message, by channel."""
    info = from_xml(message.xml.encode()).info[:1]
    networks = [code.value for one in info for area in one.area for code in area.geocode if code.value_name == "BIN"]
    networks = [one for one in networks if message.networks is None or one in message.networks]
    channels = [one.value for block in info for one in block.parameter if one.value_name == "BIN-CHANNEL"]
    for network in networks:
        for channel in channels:
            number = zlib.crc32(f"{network}{channel}".encode())
            yield {
                "network": network,
                "channel": channel,
                "delivered": 20 + number % 30,
                "failed": number % 3,
                "at": message.received_at,
            }


async def post(message: Received, receiver: Receiver) -> None:
    """Post the counts of a message to a receiver, signed as Standard Webhooks says; a failure is not tried again."""
    await asyncio.sleep(receiver.seconds)
    receipts = [{"identifier": message.identifier, **one} for one in counts(message)]
    body = json.dumps({"receipts": receipts}).encode()
    at = str(int(datetime.fromisoformat(message.received_at).timestamp()))
    headers = {"Content-Type": "application/json", **signed(key_of(receiver.secret), message.identifier, at, body)}
    async with httpx.AsyncClient(timeout=5) as client:
        await client.post(receiver.url, content=body, headers=headers)
