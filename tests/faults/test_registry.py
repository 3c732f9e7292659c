"""Runs `registry push` against a real Apicurio schema registry, which the test starts."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest
from typer.testing import CliRunner

from buurtsein_contracts.cli import app
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.schema_registry import RegistryRefused, SchemaRegistry, subjects
from buurtsein_stack.home import free_port
from harness import tools
from harness.waiting import wait_for

pytestmark = [pytest.mark.thorough, tools.needs("apicurio")]


@pytest.fixture(scope="module")
def apicurio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of Apicurio's API for Confluent clients."""
    port, folder = free_port(), tools.apicurio()
    program = folder / f"apicurio-registry-app-{tools.APICURIO}-runner.jar"
    where = ["-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}"]
    log = tmp_path_factory.mktemp("apicurio") / "log"
    with log.open("w") as out:
        process = subprocess.Popen(["java", "-Xmx400m", *where, "-jar", program], cwd=folder, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}/apis/ccompat/v7"

    def answers() -> bool:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            return httpx.get(f"{url}/subjects").is_success
        except httpx.TransportError:
            return False

    try:
        wait_for("Apicurio answers", answers, 90)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def test_every_schema_is_registered_once_however_often_it_is_pushed(apicurio: str) -> None:
    told = [CliRunner().invoke(app, ["registry", "push", apicurio]) for _ in range(2)]
    assert [result.exit_code for result in told] == [0, 0], told[0].output
    assert told[0].output == told[1].output
    assert set(httpx.get(f"{apicurio}/subjects").json()) == set(subjects())
    for subject in subjects():
        assert httpx.get(f"{apicurio}/subjects/{subject}/versions").json() == [1]
        assert httpx.get(f"{apicurio}/config/{subject}").json() == {"compatibilityLevel": "NONE"}
    assert len(subjects()) == sum(len(data.topics()) for data in EVENTS)


def test_a_check_that_was_left_on_does_not_stop_a_new_schema(apicurio: str) -> None:
    subject, draft = "bin.test-left-on", {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}
    with SchemaRegistry(apicurio) as registry:
        first = registry.push(subject, draft | {"properties": {"a": {"type": "string"}}})
        httpx.put(f"{apicurio}/config/{subject}", json={"compatibility": "BACKWARD"}).raise_for_status()
        assert registry.push(subject, draft | {"properties": {"a": {"type": "integer"}}}) != first
        with pytest.raises(RegistryRefused):
            registry.push(subject, {"what": "is no schema"})
