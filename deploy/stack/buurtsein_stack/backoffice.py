"""Runs the back-office of a police zone or city, which uses only buurtsein-contracts and aiokafka to read events.

Another team could have written it: it has read-only credentials and its own consumer group, drops duplicates by event
id, and checks the order by sequence number. It prints each event and appends it to a file before it commits the offset.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from buurtsein_contracts import Audience, Event, Unreadable, parse, topics_for

WHOSE = {Audience.POLICE: "politie", Audience.CITY: "stad"}


class BackOffice:
    """Applies each event once, in order, and remembers across restarts what it has seen."""

    def __init__(self, file: Path, whose: str) -> None:
        """Take the output file for events (one JSON line each), and the name of the back-office: police or city."""
        self._file, self._whose = file, whose
        lines = file.read_text().splitlines() if file.exists() else []
        self._seen = {json.loads(line)["id"] for line in lines}

    def apply(self, record: ConsumerRecord) -> None:
        """Print an event and append it to the file; skip a duplicate and a record that is no valid event."""
        try:
            event = parse(record.headers, record.value)
        except Unreadable as problem:
            print(f"      [back-office] onleesbaar: {problem.code}", flush=True)
            return
        if str(event.id) in self._seen:
            return
        self._seen.add(str(event.id))
        self._write(record.topic, event)

    def _write(self, topic: str, event: Event[Any]) -> None:
        now = datetime.now(UTC)
        line = {
            "id": str(event.id),
            "topic": topic,
            "key": event.key,
            "sequence": event.sequence,
            "type": event.type,
            "delay": (now - event.time).total_seconds(),
            "seen_at": now.isoformat(),
        }
        with self._file.open("a") as file:
            file.write(json.dumps(line) + "\n")
        name = type(event.data).__name__
        print(f"      [back-office {self._whose}] {topic:18} {name:20} {event.key[-6:]} #{event.sequence}", flush=True)


async def consume(office: BackOffice, audience: Audience, username: str, password: str) -> None:
    """Read all topics that this back-office's Kafka user may read, from their beginning, until `stop` is set."""
    consumer = AIOKafkaConsumer(
        *(topic.name for topic in topics_for(audience)),
        bootstrap_servers=os.environ["BACKOFFICE_BOOTSTRAP"],
        group_id=f"{username}.demo",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=username,
        sasl_plain_password=password,
    )
    await consumer.start()
    try:
        while True:
            batches = await consumer.getmany(timeout_ms=1000, max_records=500)
            for record in (record for batch in batches.values() for record in batch):
                office.apply(record)
            if batches:
                await consumer.commit()
    finally:
        await consumer.stop()


def main() -> None:
    """Run the back-office that writes events to FILE; environment variables give the Kafka address and password."""
    password = Path(os.environ["BACKOFFICE_PASSWORD_FILE"]).read_text()
    loop = asyncio.new_event_loop()
    username = os.environ["BACKOFFICE_USERNAME"]
    audience = Audience(os.environ["BACKOFFICE_AUDIENCE"])
    office = BackOffice(Path(sys.argv[1]), WHOSE[audience])
    work = loop.create_task(consume(office, audience, username, password))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(work)


if __name__ == "__main__":
    main()
