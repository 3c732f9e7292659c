"""In production, unsafe settings stop the start with one line and exit status 2; profile `local` allows them."""

import pytest
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_chassis.settings import ServiceSettings, load

GOOD = {
    "PORT": "0",
    "DATABASE_APP": "postgresql://thing_app:geheim@db.example/thing?sslmode=verify-full&sslrootcert=/etc/ca.pem",
    "DATABASE_RELAY": "postgresql://thing_relay@/thing?host=/run/postgresql",
    "KAFKA_BOOTSTRAP": "kafka.example:9093",
    "KAFKA_RELAY_USERNAME": "thing-relay",
    "KAFKA_RELAY_PASSWORD": "geheim",
    "KAFKA_WORKER_USERNAME": "thing-worker",
    "KAFKA_WORKER_PASSWORD": "geheim",
    "OIDC_ISSUER": "https://aanmelden.example",
    "PSEUDONYM_KEY": "k" * 32,
    "SOURCE": "urn:be:bin:test",
}
OPEN = {
    "an open broker": ({"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}, "kafka_security_protocol=SASL_SSL or SSL"),
    "an open issuer": ({"OIDC_ISSUER": "http://aanmelden.example"}, "oidc_issuer to begin with https"),
    "an open collector of traces": ({"OTEL_ENDPOINT": "http://otel.example:4318"}, "otel_endpoint to begin with https"),
    "any other open address": ({"PEER": "HTTP://peer.example"}, "peer to begin with https"),
    "an open database": ({"DATABASE_APP": "postgresql://x"}, "sslmode=verify-full in database_app"),
    "a database whose certificate is not checked": (
        {"DATABASE_RELAY": "postgresql://db.example/thing?sslmode=require"},
        "sslmode=verify-full in database_relay",
    ),
    "a database behind a socket that is not used": (
        {"DATABASE_MIGRATOR": "postgresql://thing@db.example/thing?host=/run/postgresql"},
        "sslmode=verify-full in database_migrator",
    ),
    "every proxy": ({"TRUSTED_PROXIES": "*"}, "trusted_proxies"),
    "every proxy and one": ({"TRUSTED_PROXIES": "192.0.2.1, *"}, "trusted_proxies"),
    "every proxy as a network": ({"TRUSTED_PROXIES": "192.0.2.1,0.0.0.0/0"}, "trusted_proxies"),
}


class Settings(ServiceSettings):
    """Example settings with the environment prefix `THING_`."""

    model_config = SettingsConfigDict(env_prefix="THING_")

    peer: OutwardUrl | None = None


def loaded(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]) -> Settings:
    monkeypatch.delenv("BUURTSEIN_SECRETS_DIR", raising=False)
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(f"THING_{name}", value)
    return load(Settings)


def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str]) -> str:
    with pytest.raises(SystemExit) as caught:
        loaded(monkeypatch, changes)
    assert caught.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


def test_production_starts_with_safe_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, {"TRUSTED_PROXIES": "192.0.2.1, 198.51.100.0/24"})
    assert settings.masked()["profile"] == "production"


@pytest.mark.parametrize(("changes", "complaint"), OPEN.values(), ids=OPEN)
def test_production_refuses_an_unsafe_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], complaint: str
) -> None:
    line = refusal(monkeypatch, capsys, changes)
    assert "profile production needs" in line
    assert complaint in line
    assert "geheim" not in line


def test_all_unsafe_settings_are_reported_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal(
        monkeypatch, capsys, {name: value for changes, _ in OPEN.values() for name, value in changes.items()}
    )
    assert all(complaint in line for _, complaint in OPEN.values())


@pytest.mark.parametrize("changes", [changes for changes, _ in OPEN.values()], ids=OPEN)
def test_profile_local_allows_unsafe_settings(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]) -> None:
    assert loaded(monkeypatch, changes | {"PROFILE": "local"}).masked()["profile"] == "local"


@pytest.mark.parametrize("issuer", ["https://a.example", "https://a.example/", "https://A.example:443/Realms/bin/"])
def test_an_issuer_is_kept_as_it_was_set(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    assert loaded(monkeypatch, {"OIDC_ISSUER": issuer}).oidc_issuer == issuer


@pytest.mark.parametrize(
    "address", ["", "peer.example", "ftp://peer.example", "https:/peer", "https://a b", "https://"]
)
def test_an_address_that_is_not_http_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert refusal(monkeypatch, capsys, {"PEER": address}).startswith("setting THING_PEER: ")


def test_the_secrets_in_an_address_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {
        "OTEL_ENDPOINT": "https://an:geheim@otel.example/v1?key=geheim&b=geheim#x",
        "PEER": "https://geheim@peer.example",
    }
    shown = loaded(monkeypatch, changes).masked()
    assert shown["otel_endpoint"] == "https://***@otel.example/v1?key=***&b=***#x"
    assert shown["peer"] == "https://***@peer.example"
    assert "geheim" not in str(shown)


HALF = {
    "a certificate that is missing": ({"KAFKA_SECURITY_PROTOCOL": "SSL"}, "needs kafka_relay_certificate_file"),
    "a key without a certificate": ({"KAFKA_RELAY_KEY_FILE": "/x.pem"}, "needs kafka_relay_certificate_file"),
    "a mechanism that is not offered": ({"KAFKA_SASL_MECHANISM": "PLAIN"}, "'SCRAM-SHA-512' or 'SCRAM-SHA-256'"),
}


@pytest.mark.parametrize(("changes", "complaint"), HALF.values(), ids=HALF)
def test_incomplete_settings_for_the_broker_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], complaint: str
) -> None:
    assert complaint in refusal(monkeypatch, capsys, changes)


def test_production_starts_with_certificates_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"KAFKA_{part}_CERTIFICATE_FILE": "/etc/client.pem" for part in ("RELAY", "WORKER")}
    assert loaded(monkeypatch, files | {"KAFKA_SECURITY_PROTOCOL": "SSL"}).kafka_security_protocol == "SSL"


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://app@one,two/thing?sslmode=verify-full",
        "postgresql://app@one,two/thing?sslmode=verify-full&target_session_attrs=any",
        "postgresql://app@/thing?host=one,two&sslmode=verify-full&target_session_attrs=read-write",
    ],
)
def test_a_database_with_several_hosts_must_ask_for_the_primary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], dsn: str
) -> None:
    said = refusal(monkeypatch, capsys, {"DATABASE_APP": dsn})
    assert "database_app with several hosts" in said
    assert "target_session_attrs=read-write" in said


def test_a_database_with_several_hosts_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = "postgresql://app@one,two:5433/thing?sslmode=verify-full&target_session_attrs=read-write"
    assert loaded(monkeypatch, {"DATABASE_APP": dsn}).database_app.get_secret_value() == dsn


def refusal_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *names: str, folder: str | None = None
) -> str:
    """Return what a start says when the settings with these names are missing."""
    for name, value in GOOD.items():
        monkeypatch.setenv(f"THING_{name}", value)
    for name in ("BUURTSEIN_SECRETS_DIR", *(f"THING_{name}" for name in names)):
        monkeypatch.delenv(name, raising=False)
    if folder:
        monkeypatch.setenv("BUURTSEIN_SECRETS_DIR", folder)
    with pytest.raises(SystemExit):
        load(Settings)
    return capsys.readouterr().err


@pytest.mark.parametrize("folder", [None, "."])
def test_a_missing_secret_is_named_with_its_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str | None
) -> None:
    said = refusal_without(monkeypatch, capsys, "PSEUDONYM_KEY", folder=folder)
    assert "it is a secret: write it in the file thing_pseudonym_key of the folder BUURTSEIN_SECRETS_DIR" in said
    assert ("not set" in said) == (folder is None)


def test_both_missing_passwords_of_kafka_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal_without(monkeypatch, capsys, "KAFKA_RELAY_PASSWORD", "KAFKA_WORKER_PASSWORD")
    assert "needs kafka_relay_password and kafka_worker_password" in said
