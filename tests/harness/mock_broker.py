"""Runs librdkafka's mock Kafka cluster, which can answer with errors that a real broker cannot be forced to send.

It is no Kafka and proves no feature; it only injects protocol errors.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import confluent_kafka

PRODUCE, OFFSET_COMMIT, FIND_COORDINATOR, JOIN_GROUP, HEARTBEAT = 0, 8, 10, 11, 12
NOT_LEADER, MESSAGE_TOO_LARGE, UNKNOWN_MEMBER, REBALANCE = 6, 10, 25, 27
NOT_COORDINATOR, TOPIC_AUTHORIZATION_FAILED, KAFKA_STORAGE_ERROR, POLICY_VIOLATION = 16, 29, 56, 44
REQUEST_TIMED_OUT = 7


def _library() -> Any:
    [found] = (Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs").glob("librdkafka-*.so*")
    library = ctypes.CDLL(str(found))
    for name in ("rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    library.rd_kafka_mock_get_requests.restype = ctypes.POINTER(ctypes.c_void_p)
    library.rd_kafka_mock_request_api_key.restype = ctypes.c_int16
    return library


class MockBroker:
    """A mock Kafka cluster of one broker."""

    def __init__(self, library: Any, cluster: ctypes.c_void_p) -> None:
        self._library = library
        self._cluster = cluster
        self.bootstrap: str = library.rd_kafka_mock_cluster_bootstraps(cluster).decode()

    def create(self, topic: str, partitions: int = 1) -> None:
        self._library.rd_kafka_mock_topic_create(self._cluster, topic.encode(), partitions, 1)

    def answer_with(self, request: int, errors: Sequence[int]) -> None:
        """Answer the next requests of this type with these error codes, one for each request; 0 means no error."""
        array = (ctypes.c_int * len(errors))(*errors)
        self._library.rd_kafka_mock_push_request_errors_array(
            self._cluster, ctypes.c_int16(request), ctypes.c_size_t(len(errors)), array
        )

    def requests(self, kind: int) -> int:
        """Return how many requests of a type the broker received, each of which used up one error of `answer_with`."""
        number = ctypes.c_size_t()
        found = self._library.rd_kafka_mock_get_requests(self._cluster, ctypes.byref(number))
        kinds = [
            self._library.rd_kafka_mock_request_api_key(ctypes.c_void_p(found[index])) for index in range(number.value)
        ]
        self._library.rd_kafka_mock_request_destroy_array(found, number)
        return kinds.count(kind)


@contextmanager
def mock_broker(*topics: str) -> Iterator[MockBroker]:
    """Yield a mock Kafka cluster with these topics."""
    library = _library()
    message = ctypes.create_string_buffer(512)
    handle = ctypes.c_void_p(library.rd_kafka_new(0, None, message, ctypes.c_size_t(512)))
    cluster = ctypes.c_void_p(library.rd_kafka_mock_cluster_new(handle, 1))
    broker = MockBroker(library, cluster)
    library.rd_kafka_mock_start_request_tracking(cluster)
    library.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, ctypes.c_int32(0))
    for topic in topics:
        broker.create(topic)
    try:
        yield broker
    finally:
        library.rd_kafka_mock_cluster_destroy(cluster)
        library.rd_kafka_destroy(handle)
