"""Defines settings of a notifier on one machine, some of which each test changes."""

from typing import Any

from buurtsein_notifier.settings import Settings

GOOD: dict[str, Any] = {
    "profile": "local",
    "port": 0,
    "database_app": "postgresql://x",
    "database_relay": "postgresql://x",
    "kafka_bootstrap": "127.0.0.1:1",
    "kafka_security_protocol": "SASL_PLAINTEXT",
    "kafka_relay_username": "notifier-relay",
    "kafka_relay_password": "x",
    "kafka_worker_username": "notifier-worker",
    "kafka_worker_password": "x",
    "oidc_issuer": "http://127.0.0.1:1",
    "pseudonym_key": "x" * 32,
    "source": "urn:be:nis:41002:bin",
    "adapter": "simulator",
    "bealert_url": "http://127.0.0.1:1",
    "cap_sender": "bin@gemeente.example",
}


def settings(**changes: Any) -> Settings:
    return Settings(**(GOOD | changes))
