"""Defines what a Kafka user needs to connect, without importing a Kafka client.

The operator's command uses it for each subcommand, and most subcommands do not use Kafka.
"""

import ssl
from dataclasses import dataclass
from typing import Any

MECHANISM = "SCRAM-SHA-512"
MECHANISMS = (MECHANISM, "SCRAM-SHA-256")


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """The address of the cluster, and what one Kafka user needs to connect: a password, a certificate, or both."""

    bootstrap: str
    username: str
    password: str | None
    """The user's password; None when the certificate alone authenticates the user (mTLS)."""
    encrypted: bool = True
    ca_file: str | None = None
    mechanism: str = MECHANISM
    certificate_file: str | None = None
    """A PEM file with the user's certificate and the certificates between it and the CA."""
    key_file: str | None = None

    def ssl_context(self) -> ssl.SSLContext | None:
        """Return the TLS context; None for a plaintext listener."""
        if not self.encrypted:
            return None
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context

    def client_options(self) -> dict[str, Any]:
        """Return the keyword arguments for any aiokafka client."""
        reached = {"bootstrap_servers": self.bootstrap, "ssl_context": self.ssl_context()}
        if self.password is None:
            return reached | {"security_protocol": "SSL"}
        return reached | {
            "security_protocol": "SASL_SSL" if self.encrypted else "SASL_PLAINTEXT",
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }
