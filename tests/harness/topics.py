"""Reads a cluster's topics with one consumer, which keeps all records and fetches only new ones."""

import time
from collections import defaultdict

from confluent_kafka import Consumer, Message, TopicPartition

from buurtsein_chassis.kafka_access import KafkaAccess

SECONDS = 20.0


class Topics:
    """Reads topics and keeps their records, so that each record is fetched from Kafka only once."""

    def __init__(self, access: KafkaAccess) -> None:
        """Take the Kafka user with which to read; the reader joins no consumer group."""
        self._consumer = Consumer(
            {
                "bootstrap.servers": access.bootstrap,
                "security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": access.username,
                "sasl.password": access.password,
                "group.id": "tests-that-only-read",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,  # a fetch of the previous topic delays the next fetch by this time
            }
        )
        self._records: dict[str, list[Message]] = defaultdict(list)
        self._next: dict[tuple[str, int], int] = {}

    def records(self, topic: str) -> list[Message]:
        """Return every record that is on a topic now, in order within each partition.

        Raises:
            AssertionError: the broker gave nothing for too long.
        """
        ends = self._ends(topic)
        self._consumer.assign([TopicPartition(topic, number, self._at(topic, number)) for number in ends])
        deadline = time.monotonic() + SECONDS
        while any(self._at(topic, number) < end for number, end in ends.items()):
            assert time.monotonic() < deadline, f"{topic} could not be read within {SECONDS} s"
            first = self._consumer.poll(0.5)  # `consume` alone waits until it has as many records as it may have
            self._keep(topic, [*filter(None, [first]), *self._consumer.consume(500, timeout=0)])
        self._consumer.unassign()
        return list(self._records[topic])

    def close(self) -> None:
        self._consumer.close()

    def _ends(self, topic: str) -> dict[int, int]:
        """Return the end offset of each partition that has unread records."""
        numbers = self._consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions
        marks = {
            number: self._consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=SECONDS)
            for number in numbers
        }
        return {number: end for number, (_, end) in marks.items() if self._at(topic, number) < end}

    def _at(self, topic: str, number: int) -> int:
        return self._next.get((topic, number), 0)

    def _keep(self, topic: str, batch: list[Message]) -> None:
        for message in batch:
            number, offset = message.partition(), message.offset()
            if message.error() is None and message.topic() == topic and number is not None and offset is not None:
                self._records[topic].append(message)
                self._next[topic, number] = offset + 1
