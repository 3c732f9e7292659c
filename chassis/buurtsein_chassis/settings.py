"""Defines the settings of every service: environment variables, and files for secrets, all checked at the start."""

import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from buurtsein_chassis.addresses import OutwardUrl, database_guarded, without_secrets


class Profile(StrEnum):
    """The environment in which a service runs; `production` refuses unsafe settings."""

    LOCAL = "local"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """Base class of the settings of each service, which sets its `env_prefix`.

    A secret can also be the text of a file whose name is the prefix and the field in lower case.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    profile: Profile = Profile.PRODUCTION
    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    internal_host: str = "127.0.0.1"
    internal_port: int | None = Field(default=None, ge=0, le=65535, description="a second port, for /metrics")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = 65_536
    body_timeout: float = Field(default=10.0, gt=0, description="seconds to receive the body of a request")
    rate_limit_per_minute: int = Field(default=600, ge=1, description="requests of one caller (pseudonym)")
    rate_limit_anonymous_per_minute: int = Field(default=60, ge=1, description="requests without token of one address")
    trusted_proxies: str = Field(default="", description="addresses whose X-Forwarded-For is trusted, by commas")

    database_app: SecretStr
    database_relay: SecretStr
    database_migrator: SecretStr | None = None
    database_pool_size: int = Field(default=8, ge=2)
    database_command_timeout: float = Field(default=10.0, gt=0, description="seconds")
    database_wait_timeout: float = Field(default=5.0, gt=0, description="seconds a request waits for a connection")
    drain_seconds: float = Field(default=5.0, ge=0, description="seconds not ready but answering after SIGTERM")
    graceful_seconds: float = Field(default=15.0, gt=0, description="seconds that running work gets at a stop")
    stalled_seconds: float = Field(default=30.0, gt=0, description="seconds without progress until not ready")

    kafka_bootstrap: str
    kafka_security_protocol: Literal["SASL_PLAINTEXT", "SASL_SSL", "SSL"] = "SASL_SSL"
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256"] = "SCRAM-SHA-512"
    kafka_ca_file: str | None = None
    kafka_relay_username: str
    kafka_relay_password: SecretStr | None = None
    kafka_relay_certificate_file: str | None = None
    kafka_relay_key_file: str | None = None
    kafka_worker_username: str
    kafka_worker_password: SecretStr | None = None
    kafka_worker_certificate_file: str | None = None
    kafka_worker_key_file: str | None = None

    oidc_issuer: OutwardUrl = Field(description="compared with a token's `iss` character by character")
    oidc_audience: str = "buurtsein"
    oidc_roles_claim: str = Field(default="roles", description="claim with the roles; dots: nested claims")
    pseudonym_key: SecretStr = Field(min_length=32)
    source: str = Field(pattern=r"^urn:", description="CloudEvents source without the service")
    otel_endpoint: OutwardUrl | None = Field(default=None, description="OTLP/HTTP address for traces; None for none")

    retention_inbox_days: int = Field(default=14, ge=1)
    retention_idempotency_days: int = Field(default=7, ge=1)
    retention_dead_letter_days: int = Field(default=90, ge=1, description="days after the redrive or discard")
    retention_operator_action_days: int = Field(default=1826, ge=1)

    @model_validator(mode="after")
    def _known_to_the_broker(self) -> "ServiceSettings":
        """Check that there is a password or certificate, as the protocol needs, and a certificate for each key."""
        proof = "certificate_file" if self.kafka_security_protocol == "SSL" else "password"
        for part in ("relay", "worker"):
            if getattr(self, f"kafka_{part}_{proof}") is None:
                raise ValueError(f"kafka_security_protocol {self.kafka_security_protocol} needs kafka_{part}_{proof}")
            if getattr(self, f"kafka_{part}_key_file") and not getattr(self, f"kafka_{part}_certificate_file"):
                raise ValueError(f"kafka_{part}_key_file needs kafka_{part}_certificate_file")
        return self

    @model_validator(mode="after")
    def _guarded_in_production(self) -> "ServiceSettings":
        lacking = "; ".join(self._lacking()) if self.profile is Profile.PRODUCTION else ""
        if lacking:
            raise ValueError(f"profile production needs {lacking}")
        return self

    def _lacking(self) -> Iterator[str]:
        """Yield the names of settings whose values are not safe in production."""
        if self.kafka_security_protocol == "SASL_PLAINTEXT":
            yield "kafka_security_protocol=SASL_SSL or SSL"
        for name, value in self:
            if isinstance(value, OutwardUrl) and not value.encrypted:
                yield f"{name} to begin with https"
            if name.startswith("database_") and isinstance(value, SecretStr) and not _guarded(value):
                yield f"sslmode=verify-full in {name}, or the folder of a socket of this machine as its host"
        if any(proxy.strip() == "*" or proxy.strip().endswith("/0") for proxy in self.trusted_proxies.split(",")):
            yield "the addresses of the proxies in trusted_proxies, and not every address"

    @property
    def metrics_port(self) -> int | None:
        """Return the port on which /metrics is served; 0 for every port, None for no port."""
        return self.internal_port if self.internal_port is not None else 0 if self.profile is Profile.LOCAL else None

    def masked(self) -> dict[str, object]:
        """Return all settings as text, with secrets masked, also those inside addresses."""
        return {name: without_secrets(str(value)) for name, value in self}


def _guarded(dsn: SecretStr) -> bool:
    return database_guarded(dsn.get_secret_value())


def load[S: ServiceSettings](settings: type[S]) -> S:
    """Load the settings from environment and secrets folder; print what is wrong, never a value, and exit with 2."""
    try:
        return settings(_secrets_dir=os.environ.get("BUURTSEIN_SECRETS_DIR"))
    except ValidationError as error:
        prefix = settings.model_config.get("env_prefix", "")
        for problem in error.errors(include_input=False, include_url=False):
            name = prefix + "_".join(map(str, problem["loc"]))
            sys.stderr.write(f"setting {name.upper() if problem['loc'] else ''}: {problem['msg']}\n")
        sys.exit(2)
