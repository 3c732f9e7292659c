"""The operator's commands find an installation by environment variables and secret files, or by `stack.json`."""

import json
import socket
import stat
from pathlib import Path

import pytest
from confluent_kafka import KafkaException

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_operate.operations.reach import checked, operator, reach
from harness.tls import greeting, private_authority

SETTINGS = ("BOOTSTRAP", "USERNAME", "SECURITY_PROTOCOL", "CA_FILE")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(f"BUURTSEIN_KAFKA_{name}", raising=False)
    monkeypatch.setenv("BUURTSEIN_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("BUURTSEIN_HOME", str(tmp_path))


def test_a_cluster_is_named_by_environment_and_its_secrets_are_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BUURTSEIN_KAFKA_BOOTSTRAP", "broker:9093")
    monkeypatch.setenv("BUURTSEIN_KAFKA_USERNAME", "operations")
    with pytest.raises(CommandError, match="kafka_operations does not exist"):
        reach()
    (tmp_path / "kafka_operations").write_text("word\n")
    (tmp_path / "reports_database_migrator").write_text("postgresql://reports\n")

    found = reach()

    assert found.dsn("reports") == "postgresql://reports"
    with pytest.raises(CommandError, match="funding_database_migrator does not exist"):
        found.dsn("funding")
    cluster = found.cluster
    assert (cluster.bootstrap, cluster.username, cluster.password) == ("broker:9093", "operations", "word")
    assert found.kafka().encrypted


def named(monkeypatch: pytest.MonkeyPatch, secrets: Path, bootstrap: str) -> None:
    """Set the environment variables and write the secret files of a Kafka cluster."""
    monkeypatch.setenv("BUURTSEIN_KAFKA_BOOTSTRAP", bootstrap)
    for service in service_names():
        (secrets / f"{service}_database_migrator").write_text("postgresql://u:w@127.0.0.1:1/x")
    (secrets / "kafka_admin").write_text("word")


@pytest.mark.external
def test_every_client_trusts_the_configured_private_authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ca, shown = private_authority(tmp_path)
    with greeting(shown) as broker:
        named(monkeypatch, tmp_path, f"127.0.0.1:{broker.port}")
        with pytest.raises(KafkaException):
            reach().cluster.admin.list_topics(timeout=1)
        assert broker.welcomed == 0
        monkeypatch.setenv("BUURTSEIN_KAFKA_CA_FILE", str(ca))
        reading = reach().kafka().ssl_context()
        assert reading
        with socket.create_connection(("127.0.0.1", broker.port)) as plain:
            reading.wrap_socket(plain, server_hostname="127.0.0.1").close()
        with pytest.raises(KafkaException):  # the fake broker closes the connection after the TLS handshake
            reach().cluster.admin.list_topics(timeout=1)
        assert broker.welcomed >= 2


def test_a_stack_is_found_by_its_stack_json(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no stack runs here"):
        reach()
    admin = {"username": "admin", "password": "word"}
    kafka = {"bootstrap": "127.0.0.1:1", "security_protocol": "SASL_PLAINTEXT", "principals": {"admin": admin}}
    manifest = tmp_path / "stack.json"
    manifest.write_text(json.dumps({"kafka": kafka, "postgres": {"databases": {"registry": "postgresql://x"}}}))
    manifest.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert reach().dsn("registry") == "postgresql://x"
    assert not reach().kafka().encrypted


@pytest.mark.external
async def test_an_unreachable_database_gives_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path, "broker:9093")
    with pytest.raises(CommandError) as caught:
        async with reach().database("registry"):
            pass
    assert caught.value.code == "database"
    assert "w@" not in caught.value.sentence


def test_the_operator_is_the_user_of_the_machine_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "an.user")
    assert operator(None, "because").who == "an.user"
    assert operator("somebody", "because").who == "somebody"


def test_a_reason_is_needed_except_for_a_dry_run() -> None:
    assert checked(" because ", dry_run=False) == "because"
    assert checked(None, dry_run=True)
    for reason in (None, "", " "):
        with pytest.raises(CommandError, match="a reason is needed"):
            checked(reason, dry_run=False)
