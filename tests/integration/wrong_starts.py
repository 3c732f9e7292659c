"""Lists wrong starts of services: which setting is wrong, and what the error message says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WORD = "een-geheim-woord"
"""Part of every secret of these tests; no message may show it."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A wrong start of a service: the wrong setting, and what the error message must say.

    In the values and in `says`, names in braces are replaced by values of the scene. A variable that is None is unset,
    and `files` are written to the folder of the secrets.
    """

    says: str
    service: str = "reports"
    run: str = "run --only api"
    env: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def setting(name: str, value: str | None, says: str, run: str = "run --only api", service: str = "reports") -> Wrong:
    """Return a wrong start with one variable changed, whose error message names that variable."""
    return Wrong(service=service, run=run, env={name: value}, says=f"{name}: {says}")


WRONG = {
    # settings
    "a setting is missing": setting("REPORTS_PORT", None, "Field required"),
    "a setting does not exist": setting(
        "REPORTS_PROFIEL", "local", "there is no such setting: did you mean REPORTS_PROFILE?"
    ),
    "a variable of Kubernetes": setting("REPORTS_SERVICE_HOST", "10.0.0.1", "there is no such setting"),
    "a port of Kubernetes": setting("REPORTS_PORT", "tcp://10.0.0.1:80", "Input should be a valid integer"),
    "a word that is not in the list": setting(
        "REPORTS_PROFILE", "productie", "Input should be 'local' or 'production'"
    ),
    "a log level that does not exist": setting("REPORTS_LOG_LEVEL", "LOUD", "Input should be 'DEBUG'"),
    "a number that is too small": setting(
        "REPORTS_DATABASE_POOL_SIZE", "1", "Input should be greater than or equal to 2"
    ),
    "a source that is no URN": setting("REPORTS_SOURCE", "aalst", "String should match pattern"),
    "a key that is too short": setting("REPORTS_PSEUDONYM_KEY", WORD, "Value should have at least 32 items"),
    "production with an issuer on http": Wrong(
        env={"REPORTS_PROFILE": "production"}, says="oidc_issuer to begin with https"
    ),
    "production with an open database": Wrong(
        run="migrate",
        env={"REPORTS_PROFILE": "production"},
        says="setting REPORTS_*: profile production needs sslmode=verify-full in database_migrator",
    ),
    "traces to a collector on http": Wrong(
        env={"REPORTS_PROFILE": "production", "REPORTS_OTEL_ENDPOINT": "http://c.example"},
        says="otel_endpoint to begin with",
    ),
    "a role that does not exist": Wrong(
        run="run --only keizer", says="'keizer' is not one of 'api', 'relay', 'worker'"
    ),
    "a command that does not exist": Wrong(run="start", says="No such command 'start'"),
    "an option that does not exist": Wrong(run="migrate --force", says="No such option: --force"),
    # secrets
    "the folder of secrets is missing": Wrong(
        env={"BUURTSEIN_SECRETS_DIR": "{tmp}/none"},
        says="BUURTSEIN_SECRETS_DIR: {tmp}/none cannot be read: No such file",
    ),
    "the folder of secrets is a file": Wrong(
        env={"BUURTSEIN_SECRETS_DIR": "{area}"}, says="BUURTSEIN_SECRETS_DIR: {area} cannot be read: Not a directory"
    ),
    "a secret file is empty": Wrong(
        files={"reports_database_app": "\n"}, says="secret file {tmp}/secrets/reports_database_app is empty"
    ),
    "a secret file cannot be read": Wrong(
        files={"reports_tracking_key/": ""},
        says="secret file {tmp}/secrets/reports_tracking_key cannot be read: Is a directory",
    ),
    "a secret file is no text": Wrong(
        files={"reports_tracking_key": "\udcff\udcfe"},
        says="secret file {tmp}/secrets/reports_tracking_key is no text in UTF-8",
    ),
    "a secret is missing": Wrong(
        files={"reports_tracking_key": "-"},
        says="REPORTS_TRACKING_KEY: Field required; it is a secret: write it in the file reports_tracking_key",
    ),
    "the owner's secret is missing": Wrong(
        run="migrate", files={"reports_database_migrator": "-"}, says="REPORTS_DATABASE_MIGRATOR: Field required"
    ),
    "a key of the vault is too short": Wrong(
        service="registry",
        files={"registry_vault_key": "kort"},
        says="setting REGISTRY_VAULT_KEY: Value should have at",
    ),
    "another key of the vault is too short": Wrong(
        service="registry",
        files={"registry_vault_other_keys": "kort"},
        says="vault_other_keys: each key has at least 32",
    ),
    "the key of the vault is missing": Wrong(
        service="registry", files={"registry_vault_key": "-"}, says="REGISTRY_VAULT_KEY: Field required"
    ),
    "the key of the vault is another one": Wrong(
        service="registry",
        env={"REGISTRY_DATABASE_APP": "{vault}"},
        says="setting REGISTRY_VAULT_KEY: the vault has rows under the key with id 0badc0de",
    ),
    # files of the installation
    "the area is missing": setting(
        "REPORTS_MUNICIPALITY_AREA", "{tmp}/none", "{tmp}/none cannot be read: No such file"
    ),
    "the area is of another municipality": Wrong(
        env={"REPORTS_NIS": "11002"}, says="setting REPORTS_MUNICIPALITY_AREA: {area} cannot be used"
    ),
    "the area is no GeoJSON": setting("REPORTS_MUNICIPALITY_AREA", "{nonsense}", "{nonsense} is no JSON in UTF-8"),
    "the lists of emergencies are broken": setting("REPORTS_EMERGENCIES_FILE", "{nonsense}", "", service="reports"),
    "the lists of emergencies are missing": setting("REPORTS_EMERGENCIES_FILE", "{tmp}/none", ""),
    "the schemes are broken": setting("FUNDING_SCHEMES_FILE", "{nonsense}", "{nonsense}", service="funding"),
    "the schemes are missing": setting("FUNDING_SCHEMES_FILE", "{tmp}/none", "{tmp}/none", service="funding"),
    "the rules are broken": setting(
        "NOTIFIER_RULES_FILE", "{nonsense}", "Expected '=' after a key", service="notifier"
    ),
    "the rules are no rules": setting(
        "NOTIFIER_RULES_FILE", "{toml}", "rule.0.event: Field required; ", service="notifier"
    ),
    "the rules are missing": setting(
        "NOTIFIER_RULES_FILE", "{tmp}/none", "{tmp}/none cannot be read", service="notifier"
    ),
    # adapters
    "the adapter is unknown": setting("NOTIFIER_ADAPTER", "duif", "neither cap-http, file", service="notifier"),
    "the adapter's module is broken": Wrong(
        service="notifier",
        env={"NOTIFIER_ADAPTER": "broken_adapter:Pigeon", "PYTHONPATH": "{tmp}"},
        says="NOTIFIER_ADAPTER: adapter broken_adapter:Pigeon cannot be imported: ZeroDivisionError",
    ),
    "the adapter is no adapter": setting("NOTIFIER_ADAPTER", "json:JSONDecoder", "not an adapter", service="notifier"),
    "the adapter has no address": Wrong(
        service="notifier",
        env={"NOTIFIER_ADAPTER": "cap-http", "NOTIFIER_BEALERT_URL": None},
        says="adapter cap-http needs bealert_url",
    ),
    # certificates
    "the broker's authority is missing": setting(
        "REPORTS_KAFKA_CA_FILE", "{tmp}/none", "{tmp}/none cannot be read: No such file", "run --only relay"
    ),
    "the broker's authority is no certificate": Wrong(
        run="run --only relay",
        env={"REPORTS_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "REPORTS_KAFKA_CA_FILE": "{nonsense}"},
        says="REPORTS_KAFKA_CA_FILE: no usable certificate",
    ),
    "a client's certificate is missing": Wrong(
        run="run --only worker",
        env={"REPORTS_KAFKA_SECURITY_PROTOCOL": "SSL", "REPORTS_KAFKA_WORKER_CERTIFICATE_FILE": "{tmp}/none"},
        says="REPORTS_KAFKA_WORKER_CERTIFICATE_FILE: {tmp}/none cannot be read",
    ),
    "the authorities of the machine are missing": Wrong(
        env={"SSL_CERT_FILE": "{tmp}/none"}, says="SSL_CERT_FILE: {tmp}/none cannot be read"
    ),
    # the port
    "the port is taken": setting("REPORTS_PORT", "{taken}", "127.0.0.1 port {taken}: Address already in use"),
    "the internal port is taken": setting(
        "REPORTS_INTERNAL_PORT", "{taken}", "127.0.0.1 port {taken}: Address already in use"
    ),
    "the host is not of this machine": Wrong(env={"REPORTS_HOST": "192.0.2.1"}, says="REPORTS_PORT: 192.0.2.1 port "),
    # the database
    "the address is no address": setting(
        "REPORTS_DATABASE_APP", f"postgres//x:{WORD}@x", "this is no address such as postgresql://"
    ),
    "the address has a wrong port": setting(
        "REPORTS_DATABASE_APP", f"postgresql://x:{WORD}@x:port/x", "this is no address such as"
    ),
    "the host is unknown": setting(
        "REPORTS_DATABASE_APP", f"postgresql://x:{WORD}@db.invalid/x", "the name of its host is unknown"
    ),
    "the database's authority is missing": Wrong(
        env={"REPORTS_DATABASE_APP": "{app}?sslmode=verify-full&sslrootcert={tmp}/none"},
        says="setting REPORTS_DATABASE_APP (sslrootcert): {tmp}/none cannot be read: No such file",
    ),
    "the database's authority is no certificate": setting(
        "REPORTS_DATABASE_APP",
        "{app}?sslmode=verify-full&sslrootcert={nonsense}",
        "no TLS with this server or these certificate files",
    ),
    "the database has another authority": setting(
        "REPORTS_DATABASE_APP",
        f"postgresql://x:{WORD}@127.0.0.1:{{tls}}/x?sslmode=verify-full&sslrootcert={{other}}",
        "the certificate of the server is not accepted",
    ),
    "the database's certificate has another name": setting(
        "REPORTS_DATABASE_APP",
        f"postgresql://x:{WORD}@localhost:{{tls}}/x?sslmode=verify-full&sslrootcert={{authority}}",
        "the certificate of the server is not accepted: Hostname mismatch",
    ),
    "the database offers no TLS": setting(
        "REPORTS_DATABASE_APP", "{app}?sslmode=verify-full&sslrootcert={other}", "the server offers no TLS"
    ),
    "the password is wrong": setting(
        "REPORTS_DATABASE_APP", "{wrong_password}", "the server refuses the user or its password"
    ),
    "the user is unknown": setting(
        "REPORTS_DATABASE_RELAY", "{wrong_user}", "the server refuses the user or its password", "run --only relay"
    ),
    "the database does not exist": setting(
        "REPORTS_DATABASE_APP", "{no_database}", "the server has no database of that name"
    ),
    "the database is another service's": setting(
        "REPORTS_DATABASE_APP", "{funding}", "this user may not connect to this database"
    ),
    "the migrator's password is wrong": setting(
        "REPORTS_DATABASE_MIGRATOR", "{wrong_password}", "the server refuses the user", "migrate"
    ),
    "retention has a wrong database": setting(
        "REPORTS_DATABASE_MIGRATOR", "{no_database}", "the server has no database", "retention --dry-run"
    ),
    "the database is away for too long": Wrong(
        run="migrate",
        env={
            "REPORTS_DATABASE_MIGRATOR": f"postgresql://x:{WORD}@127.0.0.1:{{closed}}/x",
            "REPORTS_DATABASE_START_TIMEOUT": "0",
        },
        says="REPORTS_DATABASE_MIGRATOR: the database could not be reached for 0 s (ConnectionRefusedError)",
    ),
    # the schema
    "the schema is empty": Wrong(
        env={"REPORTS_DATABASE_APP": "{empty}"},
        says="the first is buurtsein_chassis/0001_outbox.sql: run migrate of this release first",
    ),
    "the schema is too new": Wrong(
        env={"REPORTS_DATABASE_APP": "{newer}"},
        says="the schema of reports is too new for this release: upgrade to at least buurtsein_reports 9.1.0",
    ),
    "an applied migration was edited": Wrong(
        run="migrate",
        env={"REPORTS_DATABASE_MIGRATOR": "{edited}"},
        says="migration buurtsein_reports/0001_reports.sql is not the file that was applied",
    ),
    "migrate has no right to make tables": Wrong(
        run="migrate",
        env={"REPORTS_DATABASE_MIGRATOR": "{empty}"},
        says="was not applied: permission denied for schema public",
    ),
    "a role has an impossible name": Wrong(
        run="migrate", env={"REPORTS_DATABASE_APP_ROLE": 'x"; drop'}, says="cannot be the name of a role or database"
    ),
    # the broker
    "the broker has no port": setting(
        "REPORTS_KAFKA_BOOTSTRAP", "kafka.example", "String should match pattern", "run --only worker"
    ),
    "the relay's Kafka password is wrong": setting(
        "REPORTS_KAFKA_RELAY_PASSWORD",
        WORD,
        "the broker refuses the user reports-relay or its password",
        "run --only relay",
    ),
    "the worker's Kafka password is wrong": setting(
        "REPORTS_KAFKA_WORKER_PASSWORD",
        WORD,
        "the broker refuses the user reports-worker or its password",
        "run --only worker",
    ),
    "the broker does not offer the mechanism": setting(
        "REPORTS_KAFKA_SASL_MECHANISM", "SCRAM-SHA-256", "the broker does not offer SCRAM-SHA-256", "run --only worker"
    ),
}
"""A name for each wrong start; the sentence must contain `says`."""
