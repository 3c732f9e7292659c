"""Run with `python run.py`: reads the reports and updates the board. Environment variables say how to reach Kafka."""

import asyncio
import os
import ssl
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from board import Board


def connected() -> AIOKafkaConsumer:
    """Return a Kafka consumer with a group of its own, which begins at the oldest record that the topic keeps."""
    protocol = os.environ.get("BIN_SECURITY_PROTOCOL", "SASL_SSL")
    return AIOKafkaConsumer(
        "bin.incidents",
        bootstrap_servers=os.environ["BIN_BOOTSTRAP"],
        group_id=f"{os.environ['BIN_USERNAME']}.reports-board",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        security_protocol=protocol,
        ssl_context=ssl.create_default_context() if protocol == "SASL_SSL" else None,
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=os.environ["BIN_USERNAME"],
        sasl_plain_password=Path(os.environ["BIN_PASSWORD_FILE"]).read_text().strip(),
    )


async def run(board: Board) -> None:
    """Store every record on the board, and then commit its offset."""
    async with connected() as consumer:
        while True:
            batches = await consumer.getmany(timeout_ms=1000)
            for record in (record for batch in batches.values() for record in batch):
                board.apply(record.headers, record.value)
            if batches:
                await consumer.commit()


if __name__ == "__main__":
    asyncio.run(run(Board(os.environ.get("BOARD_FILE", "board.sqlite"))))
