"""The relay's Kafka producer compresses records with the codec that the contracts name."""

from typing import Any

import pytest

from buurtsein_chassis import kafka
from buurtsein_contracts.topics import COMPRESSION


def test_records_are_compressed_with_the_documented_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(kafka, "AIOKafkaProducer", lambda **options: given.update(options))
    kafka.make_producer(kafka.KafkaAccess("localhost:1", "user", "secret", encrypted=False), "test")
    assert COMPRESSION == "none"
    assert given["compression_type"] is None
    monkeypatch.setattr(kafka, "COMPRESSION", "gzip")
    kafka.make_producer(kafka.KafkaAccess("localhost:1", "user", "secret", encrypted=False), "test")
    assert given["compression_type"] == "gzip"
