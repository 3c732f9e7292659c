"""The relay compresses as the contracts say, and a Kafka consumer uses every broker in its settings."""

from typing import Any

import pytest

from buurtsein_chassis import kafka, kafka_access
from buurtsein_contracts.topics import COMPRESSION


def test_records_are_compressed_with_the_documented_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(kafka, "AIOKafkaProducer", lambda **options: given.update(options))
    kafka.make_producer(kafka_access.KafkaAccess("localhost:1", "user", "secret", encrypted=False), "test")
    assert COMPRESSION == "none"
    assert given["compression_type"] is None
    monkeypatch.setattr(kafka, "COMPRESSION", "gzip")
    kafka.make_producer(kafka_access.KafkaAccess("localhost:1", "user", "secret", encrypted=False), "test")
    assert given["compression_type"] == "gzip"


def test_a_consumer_knows_each_broker_of_the_setting() -> None:
    access = kafka_access.KafkaAccess("one:9093,two:9093,three:9093", "user", "secret", encrypted=False)
    broker = kafka.make_broker(access, "test", graceful_timeout=1)
    assert broker.specification.url == ["one:9093", "two:9093", "three:9093"]
