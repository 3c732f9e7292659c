"""Computes the partition of a key as Kafka's own clients do: murmur2 of the key, modulo the number of partitions.

Source: Apache Kafka, `Utils.murmur2` and the default partitioner. This implementation reads four bytes at a time and
takes half the time of aiokafka's, which would take a third of the relay's time for an event. A test compares the two.
"""

from functools import cache
from struct import Struct

_SEED, _FACTOR, _WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


def partition_of(key: bytes, count: int) -> int:
    """Return the partition of a key, from 0; `count` is the number of partitions of the topic."""
    return (murmur2(key) & 0x7FFFFFFF) % count


def murmur2(data: bytes) -> int:
    """Return the murmur2 hash of the data with Kafka's seed, as an unsigned 32-bit number."""
    h = _SEED ^ len(data)
    for word in _words(len(data) // 4).unpack_from(data):
        k = word * _FACTOR & _WORD
        h = h * _FACTOR & _WORD ^ (k ^ k >> 24) * _FACTOR & _WORD
    if rest := data[len(data) & ~3 :]:
        h = (h ^ int.from_bytes(rest, "little")) * _FACTOR & _WORD
    h = (h ^ h >> 13) * _FACTOR & _WORD
    return h ^ h >> 15


@cache
def _words(number: int) -> Struct:
    return Struct(f"<{number}I")
