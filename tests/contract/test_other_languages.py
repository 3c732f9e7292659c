"""The samples in Java and TypeScript: built from generated models, reading real Kafka, standing what comes."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from buurtsein_contracts.testing import records
from buurtsein_contracts.testing.records import Record
from buurtsein_deploy.servers import servers_for_tests
from harness.kafka import access, send_raw
from harness.programs import needs, run

SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
MAVEN = ["mvn", "-q", "-B", "-Dstyle.color=never"]

pytestmark = pytest.mark.timeout(400)


def copied(name: str, tmp_path: Path) -> Path:
    folder = tmp_path / name
    shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("node_modules", "target", "build"))
    return folder


def generated(language: str, folder: Path) -> None:
    command = [sys.executable, "-m", "buurtsein_contracts.cli", "generate", language, "--to", str(folder)]
    assert subprocess.run(command, check=True, capture_output=True).returncode == 0


def stream() -> Iterator[Record]:
    """A report, twice; poison; one of a newer version, with an unknown field and with unknown values; another event."""
    yield from records.duplicated("IncidentReported", reference="AAAA-1111")
    yield from records.poisoned("IncidentReported").values()
    yield from records.from_the_future("IncidentReported")
    yield records.as_record(records.made("IncidentTriaged"))
    yield records.as_record(records.made("IncidentReported", reference="ZZZZ-9999"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The way to a Kafka of our own with only that stream on it, for a police back-office."""
    servers = servers_for_tests(tmp_path_factory.mktemp("servers"))
    sent = [(record.key, record.value, record.headers) for record in stream()]
    asyncio.run(send_raw(access(servers, "reports-relay"), "bin.incidents", sent))
    who = servers.principals["police-backoffice"]
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(who.password)
    yield {
        "BIN_BOOTSTRAP": servers.bootstrap,
        "BIN_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "BIN_USERNAME": who.username,
        "BIN_PASSWORD_FILE": str(secret),
    }
    servers.destroy()


def check(output: str) -> None:
    """Four different reports, each once."""
    lines = output.splitlines()
    reports = [line for line in lines if line.endswith(" 41002")]
    assert len(reports) == 4, output
    assert [line for line in reports if line.startswith("AAAA-1111 ")] == ["AAAA-1111 inbraak 41002"], output
    assert any(f" {records.UNKNOWN} " in line for line in reports)
    assert any(line.startswith("put aside: ") for line in lines)


@needs("java", "javac", "mvn")
def test_the_java_sample_reads_the_stream(environment: dict[str, str], tmp_path: Path) -> None:
    folder = copied("java-consumer", tmp_path)
    generated("java", folder / "src/main/java")
    run([*MAVEN, "compile"], folder)
    check(run([*MAVEN, "exec:java", "-Dexec.args=4"], folder, environment))


@needs("node", "npm")
def test_the_typescript_sample_reads_the_stream(environment: dict[str, str], tmp_path: Path) -> None:
    folder = copied("typescript-consumer", tmp_path)
    generated("typescript", folder)
    run(["npm", "install", "--no-audit", "--no-fund", "--silent"], folder)
    run(["npm", "run", "build"], folder)
    check(run(["node", "build/consumer.js", "4"], folder, environment))
