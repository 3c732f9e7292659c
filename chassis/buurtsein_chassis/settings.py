"""Defines the settings of every service: environment variables, and files for secrets, all checked at the start."""

import os
import sys
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field, SecretStr, ValidationError, create_model, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from buurtsein_chassis.addresses import OutwardUrl, database_guarded, primary_chosen, without_secrets
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.setting_files import FOLDER, SecretFiles, secrets_folder, unknown_settings
from buurtsein_chassis.tasks import COMPOSED, RUNNING, Task, UsedBy, reads

READ_WRITE = "target_session_attrs=read-write"
MOST_MESSAGES = 3
"""The largest number of messages that are shown about one setting; a file that it names can have many mistakes."""
_RUN = UsedBy(*RUNNING)
_RELAY = UsedBy(Task.RELAY)
_CONSUMERS = UsedBy(Task.CONSUMERS)
_KAFKA = UsedBy(Task.RELAY, Task.CONSUMERS)
_OWNER = UsedBy(Task.MIGRATE, Task.RETENTION)


class Profile(StrEnum):
    """The environment in which a service runs; `production` refuses unsafe settings."""

    LOCAL = "local"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """The base class of each service's settings; a subclass sets its own `env_prefix`.

    A secret can also be the text of a file whose name is the prefix and the field in lower case. A field that is marked
    with `UsedBy` is read only for the tasks of the mark.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
    tasks: ClassVar[Collection[Task]] = frozenset(Task)
    """The tasks for which the settings were read."""
    unread: ClassVar[Collection[str]] = frozenset()
    """The names of the settings that these tasks do not read; their values are None."""

    profile: Profile = Profile.PRODUCTION
    host: str = "127.0.0.1"
    port: Annotated[int, _RUN] = Field(ge=0, le=65535)
    internal_host: str = "127.0.0.1"
    internal_port: int | None = Field(default=None, ge=0, le=65535, description="a second port, for /metrics")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = 65_536
    body_timeout: float = Field(default=10.0, gt=0, description="seconds to receive the body of a request")
    rate_limit_per_minute: int = Field(default=600, ge=1, description="requests of one caller (pseudonym)")
    rate_limit_anonymous_per_minute: int = Field(default=60, ge=1, description="requests without token of one address")
    trusted_proxies: str = Field(default="", description="addresses whose X-Forwarded-For is trusted, by commas")

    database_app: Annotated[SecretStr, _RUN]
    database_relay: Annotated[SecretStr, _RELAY]
    database_migrator: Annotated[SecretStr | None, _OWNER] = None
    database_app_role: Annotated[str | None, UsedBy(Task.MIGRATE)] = Field(default=None, min_length=1, max_length=63)
    database_relay_role: Annotated[str | None, UsedBy(Task.MIGRATE)] = Field(default=None, min_length=1, max_length=63)
    database_start_timeout: Annotated[float, _OWNER] = Field(
        default=60.0, ge=0, description="seconds that migrate and retention wait for a database that is away"
    )
    migration_lock_timeout: Annotated[float, UsedBy(Task.MIGRATE)] = Field(default=3.0, gt=0, description="seconds")
    migration_lock_tries: Annotated[int, UsedBy(Task.MIGRATE)] = Field(default=10, ge=1)
    migration_statement_timeout: Annotated[float, UsedBy(Task.MIGRATE)] = Field(
        default=60.0, gt=0, description="seconds"
    )
    database_pool_size: int = Field(default=8, ge=2)
    database_command_timeout: float = Field(default=10.0, gt=0, description="seconds")
    database_wait_timeout: float = Field(default=5.0, gt=0, description="seconds a request waits for a connection")
    drain_seconds: float = Field(default=5.0, ge=0, description="seconds not ready but answering after SIGTERM")
    graceful_seconds: float = Field(default=15.0, gt=0, description="seconds that running work gets at a stop")
    stalled_seconds: float = Field(default=30.0, gt=0, description="seconds without progress until not ready")

    kafka_bootstrap: Annotated[str, _KAFKA] = Field(pattern=r"^[^\s,]+:\d{1,5}(,\s*[^\s,]+:\d{1,5})*$")
    kafka_security_protocol: Annotated[Literal["SASL_PLAINTEXT", "SASL_SSL", "SSL"], _KAFKA] = "SASL_SSL"
    kafka_sasl_mechanism: Annotated[Literal["SCRAM-SHA-512", "SCRAM-SHA-256"], _KAFKA] = "SCRAM-SHA-512"
    kafka_ca_file: Annotated[str | None, _KAFKA] = None
    kafka_relay_username: Annotated[str, _RELAY]
    kafka_relay_password: Annotated[SecretStr | None, _RELAY] = None
    kafka_relay_certificate_file: Annotated[str | None, _RELAY] = None
    kafka_relay_key_file: Annotated[str | None, _RELAY] = None
    kafka_worker_username: Annotated[str, _CONSUMERS]
    kafka_worker_password: Annotated[SecretStr | None, _CONSUMERS] = None
    kafka_worker_certificate_file: Annotated[str | None, _CONSUMERS] = None
    kafka_worker_key_file: Annotated[str | None, _CONSUMERS] = None

    oidc_issuer: Annotated[OutwardUrl, UsedBy(Task.API)] = Field(
        description="compared with a token's `iss` character by character"
    )
    oidc_audience: str = "buurtsein"
    oidc_roles_claim: str = Field(default="roles", description="claim with the roles; dots: nested claims")
    pseudonym_key: Annotated[SecretStr, UsedBy(Task.API)] = Field(min_length=32)
    source: Annotated[str, UsedBy(*RUNNING, Task.RETENTION)] = Field(
        pattern=r"^urn:", description="CloudEvents source without the service"
    )
    otel_endpoint: Annotated[OutwardUrl | None, _RUN] = Field(
        default=None, description="OTLP/HTTP address for traces; None for none"
    )

    retention_inbox_days: int = Field(default=14, ge=1)
    retention_idempotency_days: int = Field(default=7, ge=1)
    retention_dead_letter_days: int = Field(default=90, ge=1, description="days after the redrive or discard")
    retention_operator_action_days: int = Field(default=1826, ge=1)

    @model_validator(mode="after")
    def _known_to_the_broker(self) -> "ServiceSettings":
        """Check that the password or certificate that the protocol needs is set, and a certificate for each key."""
        proof = "certificate_file" if self.kafka_security_protocol == "SSL" else "password"
        parts = [part for part, task in (("relay", Task.RELAY), ("worker", Task.CONSUMERS)) if task in self.tasks]
        names = [f"kafka_{part}_{proof}" for part in parts]
        if lacking := " and ".join(name for name in names if getattr(self, name) is None):
            raise ValueError(f"kafka_security_protocol {self.kafka_security_protocol} needs {lacking}")
        for part in parts:
            if getattr(self, f"kafka_{part}_key_file") and not getattr(self, f"kafka_{part}_certificate_file"):
                raise ValueError(f"kafka_{part}_key_file needs kafka_{part}_certificate_file")
        return self

    @model_validator(mode="after")
    def _on_the_primary(self) -> "ServiceSettings":
        """Check that a DSN with several hosts asks for the primary; otherwise the first host could be a standby."""
        for name, value in self:
            if name.startswith("database_") and isinstance(value, SecretStr) and not _chosen(value):
                raise ValueError(f"{name} with several hosts needs them before the database, and {READ_WRITE}")
        return self

    @model_validator(mode="after")
    def _guarded_in_production(self) -> "ServiceSettings":
        lacking = "; ".join(self._lacking()) if self.profile is Profile.PRODUCTION else ""
        if lacking:
            raise ValueError(f"profile production needs {lacking}")
        return self

    def _lacking(self) -> Iterator[str]:
        """Yield each setting that must change for safe production, such as a protocol without encryption."""
        if self.kafka_security_protocol == "SASL_PLAINTEXT":
            yield "kafka_security_protocol=SASL_SSL or SSL"
        for name, value in self:
            if isinstance(value, OutwardUrl) and not value.encrypted:
                yield f"{name} to begin with https"
            if name.startswith("database_") and isinstance(value, SecretStr) and not _guarded(value):
                yield f"sslmode=verify-full in {name}, or the folder of a socket of this machine as its host"
        if any(proxy.strip() == "*" or proxy.strip().endswith("/0") for proxy in self.trusted_proxies.split(",")):
            yield "the addresses of the proxies in trusted_proxies, and not every address"

    def source_of(self, service: str) -> str:
        """Return the CloudEvents source of the events that a service records."""
        return f"{self.source}:{service}"

    def checked_elsewhere(self) -> Collection[str]:
        """Return the prefixes of environment variables that are not checked here, because other code checks them."""
        return ()

    @property
    def metrics_port(self) -> int | None:
        """Return the port that serves /metrics: 0 when every port serves it, None when no port does."""
        return self.internal_port if self.internal_port is not None else 0 if self.profile is Profile.LOCAL else None

    def masked(self) -> dict[str, object]:
        """Return the settings of this process as text, with secrets masked, also secrets inside addresses."""
        return {name: without_secrets(str(value)) for name, value in self if name not in self.unread}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 # the interface of pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources of settings in order of precedence: arguments, environment variables, secret files."""
        return init_settings, env_settings, SecretFiles.instead_of(file_secret_settings, settings_cls, cls.unread)


def _chosen(dsn: SecretStr) -> bool:
    return primary_chosen(dsn.get_secret_value())


def _guarded(dsn: SecretStr) -> bool:
    return database_guarded(dsn.get_secret_value())


def load[S: ServiceSettings](settings: type[S], tasks: Collection[Task] = tuple(Task)) -> S:
    """Load the settings that these tasks read, from environment and secrets folder.

    Without the task `api` or `worker` only the settings that every service has are read, and for `retention` those of
    the service that begin with `retention_`.

    What is wrong is printed, never a value, and the process ends with exit status 2.
    """
    prefix = settings.model_config.get("env_prefix", "")
    narrow = _narrowed(settings, tasks)
    try:
        loaded = narrow(_secrets_dir=secrets_folder(), **dict.fromkeys(narrow.unread))
        composed = COMPOSED & set(tasks)
        wrong = list(unknown_settings(prefix, settings.model_fields, loaded.checked_elsewhere())) if composed else []
    except ValidationError as error:
        wrong = _by_setting(settings, error)
    except SettingsError as error:
        wrong = [str(error.__cause__ if isinstance(error.__cause__, CommandError) else error)]
    except CommandError as error:
        wrong = [error.sentence]
    if wrong:
        sys.stderr.writelines(f"{line}\n" for line in wrong)
        sys.exit(2)
    return loaded


def _narrowed[S: ServiceSettings](settings: type[S], tasks: Collection[Task]) -> type[S]:
    """Return a settings subclass in which settings that these tasks do not read are None."""
    base: type[Any] = settings if COMPOSED & set(tasks) else ServiceSettings
    unread = {name for name, field in base.model_fields.items() if not reads(field, tasks)}
    own = set(settings.model_fields) - set(base.model_fields) if Task.RETENTION in tasks else set()
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in settings.model_fields.items()
        if name in own and name.startswith("retention_")
    }
    fields |= dict.fromkeys(unread, (Any, None))
    made = create_model(settings.__name__, __base__=base, __module__=settings.__module__, **fields)
    narrow: type[S] = cast("Any", made)
    narrow.tasks, narrow.unread = frozenset(tasks), frozenset(unread)
    narrow.model_config = narrow.model_config | {"env_prefix": settings.model_config.get("env_prefix", "")}
    return narrow


def secret_missing(setting: str) -> str:
    """Return the error for a secret that has neither a file nor an environment variable, with the expected file."""
    folder = os.environ.get(FOLDER) or "this variable is not set"
    return f"Field required; it is a secret: write it in the file {setting.lower()} of the folder {FOLDER} ({folder})"


def _by_setting(settings: type[ServiceSettings], error: ValidationError) -> list[str]:
    """Return a sentence for each invalid setting; an error in several settings is shown as `<PREFIX>*`."""
    found: dict[str, list[str]] = {}
    prefix = settings.model_config.get("env_prefix", "")
    secrets = {name for name, field in settings.model_fields.items() if field.annotation is SecretStr}
    for problem in error.errors(include_input=False, include_url=False):
        name, *inside = problem["loc"] or ("*",)
        message = problem["msg"].removeprefix("Value error, ")
        if name in secrets and problem["type"] == "missing":
            message = secret_missing(f"{prefix}{name}")
        place = ".".join(map(str, inside))
        found.setdefault(f"{prefix}{name}".upper(), []).append(f"{place}: {message}" if place else message)
    return [f"setting {name}: {_some(messages)}" for name, messages in found.items()]


def _some(messages: list[str]) -> str:
    more = len(messages) - MOST_MESSAGES
    return "; ".join(messages[:MOST_MESSAGES]) + (f"; and {more} more" if more > 0 else "")


def in_one_line(error: Exception) -> str:
    """Return an error's message on one line, also for an error of pydantic in a file."""
    if isinstance(error, ValidationError):
        wrong = error.errors(include_input=False, include_url=False)
        return _some([f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong])
    return " ".join(str(error).split())
