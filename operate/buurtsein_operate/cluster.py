"""Defines how the administrator of a Kafka cluster connects to it."""

import logging
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.kafka_access import MECHANISM, MECHANISMS

SECONDS = 20
"""How long to wait for one answer of the broker, in seconds."""


@dataclass(frozen=True)
class Cluster:
    """A Kafka cluster: its bootstrap address and its administrator's credentials."""

    bootstrap: str
    security_protocol: str
    username: str
    password: str
    ca_file: str | None = None
    """The file with the CA certificate of the broker, when the machine does not already trust that CA."""
    mechanism: str = MECHANISM
    """`SCRAM-SHA-512` or `SCRAM-SHA-256`; users get their password for this one."""
    certificate_file: str | None = None
    """The administrator's certificate, with which the protocol `SSL` needs no password (mTLS)."""
    key_file: str | None = None

    def __post_init__(self) -> None:
        """Raise CommandError `mechanism` for an unknown SASL mechanism, and `ca-file` for an unusable CA file."""
        if self.mechanism not in MECHANISMS:
            raise CommandError("mechanism", f"{self.mechanism} is not one of {', '.join(MECHANISMS)}")
        if self.ca_file:
            _certificate(self.ca_file)

    @classmethod
    def of_stack(cls, kafka: Mapping[str, Any]) -> Self:
        """Return the cluster in the table `kafka` of `stack.json`, with the credentials of the user `admin`."""
        admin = kafka["principals"]["admin"]
        return cls(kafka["bootstrap"], kafka["security_protocol"], admin["username"], admin["password"])

    @cached_property
    def admin(self) -> AdminClient:
        """Return Kafka's admin client, whose messages go to the logger `buurtsein.kafka` and not to the terminal."""
        settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.security_protocol,
            "reconnect.backoff.max.ms": 200,
            "socket.timeout.ms": SECONDS * 1000,
        }
        settings |= self._authentication()
        if self.ca_file:
            settings["ssl.ca.location"] = self.ca_file
        log = logging.getLogger("buurtsein.kafka")
        log.addHandler(logging.NullHandler())
        return AdminClient(settings, logger=log)

    def _authentication(self) -> dict[str, str | int | float | bool]:
        if self.security_protocol != "SSL":
            named = {"mechanism": self.mechanism, "username": self.username, "password": self.password}
            return {f"sasl.{name}": value for name, value in named.items()}
        if not self.certificate_file:
            raise CommandError("certificate", "protocol SSL needs a certificate: BUURTSEIN_KAFKA_CERTIFICATE_FILE")
        key = self.key_file or self.certificate_file
        return {"ssl.certificate.location": self.certificate_file, "ssl.key.location": key}

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn an error or timeout of the broker during the `with` block into CommandError `kafka`."""
        try:
            yield
        except KafkaException as error:
            reason = error.args[0]
            message = reason.str() if isinstance(reason, KafkaError) else str(reason)
            raise CommandError("kafka", f"Kafka at {self.bootstrap} refused: {message}") from error
        except TimeoutError as error:
            raise CommandError("kafka", f"Kafka at {self.bootstrap} did not answer for {SECONDS} s") from error

    def answers(self) -> bool:
        """Return whether a broker is reachable and accepts the password of the cluster's administrator."""
        if not any(map(_listens, self.bootstrap.split(","))):
            return False
        try:
            return bool(self.admin.list_topics(timeout=3).brokers)
        except KafkaException:
            return False


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def _certificate(path: str) -> None:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        why = "is no certificate" if isinstance(error, ssl.SSLError) else f"cannot be read: {error.strerror}"
        raise CommandError("ca-file", f"{path} {why} (BUURTSEIN_KAFKA_CA_FILE)") from error
