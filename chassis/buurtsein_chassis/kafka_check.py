"""Asks a Kafka broker once, at the start of a process, whether the broker accepts the user of the process."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from buurtsein_chassis.kafka_access import KafkaAccess

SECONDS = 3.0
"""The time that one broker may take to answer, in seconds."""
_REFUSED = (AuthenticationFailedError, SaslAuthenticationFailed)
_OTHERWISE = (UnsupportedSaslMechanismError, IllegalSaslStateError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a broker refuses this user: a sentence, and the setting to change (`{part}`: relay or worker)."""

    setting: str
    sentence: str


async def refused_by(access: KafkaAccess) -> Refusal | None:
    """Return why the first broker that answers refuses this user; None when it accepts, or when no broker answers."""
    for host, port in _brokers(access.bootstrap):
        try:
            return await _refusal(access, host, port)
        except (KafkaError, OSError, TimeoutError):
            continue
    return None


async def _refusal(access: KafkaAccess, host: str, port: int) -> Refusal | None:
    options = {name: value for name, value in access.client_options().items() if name != "bootstrap_servers"}
    try:
        async with asyncio.timeout(SECONDS):
            connection = await create_conn(host, port, request_timeout_ms=int(SECONDS * 1000), **options)
    except ssl.SSLCertVerificationError as error:
        return Refusal("ca_file", f"the certificate of the broker is not accepted: {error.verify_message}")
    except ssl.SSLError as error:
        return Refusal("security_protocol", f"no TLS with {host}:{port}: {error.reason}")
    except _REFUSED:
        return Refusal("{part}_password", f"the broker refuses the user {access.username} or its password")
    except _OTHERWISE:
        return Refusal("sasl_mechanism", f"the broker does not offer {access.mechanism}")
    connection.close()
    return None


def _brokers(bootstrap: str) -> Iterator[tuple[str, int]]:
    for named in bootstrap.split(","):
        host, _, port = named.strip().rpartition(":")
        yield host.strip("[]"), int(port)
