"""Run with `python run.py`: reads the topics and updates the desk. Environment variables say how to reach Kafka."""

import asyncio
import os
import ssl
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from desk import Desk

TOPICS = ("bin.incidents", "bin.alerts")


def connected() -> AIOKafkaConsumer:
    """Return a consumer with a group of its own, which begins at the oldest record that the topics keep."""
    protocol = os.environ.get("BIN_SECURITY_PROTOCOL", "SASL_SSL")
    user = os.environ["BIN_USERNAME"]
    return AIOKafkaConsumer(
        *TOPICS,
        bootstrap_servers=os.environ["BIN_BOOTSTRAP"],
        group_id=f"{user}.desk",  # the user's name and a point; the broker refuses other names
        auto_offset_reset="earliest",  # a new group begins at the first event, not at the next one
        enable_auto_commit=False,  # we commit after the desk has stored the event
        security_protocol=protocol,
        ssl_context=ssl.create_default_context(cafile=os.environ.get("BIN_CA_FILE"))
        if protocol == "SASL_SSL"
        else None,
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=user,
        sasl_plain_password=Path(os.environ["BIN_PASSWORD_FILE"]).read_text().strip(),
    )


async def run(desk: Desk) -> None:
    """Process every record, then commit its offset; after a crash in between, records come twice and count once."""
    async with connected() as consumer:
        while True:
            batches = await consumer.getmany(timeout_ms=1000)
            for record in (record for batch in batches.values() for record in batch):
                desk.take((record.topic, record.partition, record.offset), record.headers, record.value)
            if batches:
                await consumer.commit()
                print("reports", desk.tally(), "alerts", desk.alerts(), "aside", desk.aside(), flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(run(Desk(os.environ.get("DESK_FILE", "desk.sqlite"))))
    except KeyboardInterrupt:
        pass
