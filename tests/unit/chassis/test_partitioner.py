"""Our partitioner gives each key the same partition as Kafka's own clients."""

import random

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as theirs

from buurtsein_chassis.partitioner import murmur2, partition_of
from buurtsein_contracts import uuid7


@pytest.mark.parametrize("length", range(45))
def test_the_hash_equals_that_of_the_client_library(length: int) -> None:
    for key in (random.randbytes(length) for _ in range(50)):
        assert murmur2(key) == theirs(key)


# These values are from Kafka's own test UtilsTest.testMurmur2.
@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_equals_that_of_kafka(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed & 0xFFFFFFFF


def test_a_key_gets_the_partition_that_other_clients_choose() -> None:
    keys = [str(uuid7()).encode() for _ in range(1000)]
    chosen = [partition_of(key, 3) for key in keys]
    assert chosen == [DefaultPartitioner()(key, [0, 1, 2], [0, 1, 2]) for key in keys]
    assert set(chosen) == {0, 1, 2}
