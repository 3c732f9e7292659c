"""`buurtsein-contracts registry push` makes the right calls to a schema registry, and reports its refusals."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from buurtsein_contracts import EVENTS
from buurtsein_contracts.cli import app
from buurtsein_contracts.schema_registry import subjects

pytestmark = pytest.mark.external


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@dataclass
class Double:
    """A fake schema registry that records the calls, and answers as Apicurio 3.0.9 does."""

    url: str = ""
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    refuse: bool = False
    known: set[str] = field(default_factory=set)
    checked: set[str] = field(default_factory=set)
    """The subjects for which the fake registry answers that every new schema is incompatible."""

    def answer(self, method: str, subject: str) -> tuple[int, dict[str, Any]]:
        if self.refuse:
            return 422, {"message": "Failed to discover artifact type from content.", "error_code": 42201}
        if method == "PUT":
            if subject not in self.known:
                return 404, {
                    "message": f"No artifact with ID '{subject}' in group 'null' was found.",
                    "error_code": 40401,
                }
            self.checked.discard(subject)
            return 200, {"compatibility": "NONE"}
        if subject in self.checked:
            return 409, {
                "message": f"RuleViolationException: Incompatible artifact: {subject} [JSON]",
                "error_code": 409,
            }
        self.known.add(subject)
        return 200, {"id": len(self.calls)}


@pytest.fixture
def double() -> Iterator[Double]:
    kept = Double()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            right = self.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
            kept.calls.append((self.command, self.path, body))
            assert right, "the registry's own content type"
            status, said = kept.answer(self.command, self.path.split("/")[2])
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = _take  # noqa: N815 - the names that the server calls
        do_PUT = _take  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    kept.url = f"http://127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    server.server_close()


def test_registry_push_registers_every_reader_schema(double: Double) -> None:
    result = run("registry", "push", double.url)
    assert result.exit_code == 0, result.output
    sent = [(path, body) for method, path, body in double.calls if method == "POST"]
    assert len(sent) == sum(len(data.topics()) for data in EVENTS)
    assert sent[0][0] == "/subjects/bin.networks-be.bin.network.applied.v1/versions"
    assert sent[0][1]["schemaType"] == "JSON"
    assert json.loads(sent[0][1]["schema"])["title"] == "NetworkApplied"
    settings = [(path, body) for method, path, body in double.calls if method == "PUT"]
    assert settings[0] == ("/config/bin.networks-be.bin.network.applied.v1", {"compatibility": "NONE"})
    assert [method for method, *_ in double.calls[:4]] == ["POST", "PUT", "POST", "PUT"], "the schema first"


def test_registry_push_goes_on_where_a_compatibility_check_was_left_on(double: Double) -> None:
    first = f"{EVENTS[0].TOPIC.name}-{EVENTS[0].TYPE}"
    double.known.add(first)
    double.checked.add(first)
    assert run("registry", "push", double.url).exit_code == 0
    assert [method for method, *_ in double.calls[:5]] == ["POST", "PUT", "POST", "PUT", "POST"]


def test_registry_push_prints_the_refusal_of_the_registry(double: Double) -> None:
    double.refuse = True
    result = run("registry", "push", double.url)
    assert result.exit_code == 1
    assert "422" in result.stdout
    assert "Failed to discover" in result.stdout


def test_registry_push_sends_nothing_on_a_dry_run(double: Double) -> None:
    assert run("registry", "push", double.url, "--dry-run").stdout.count("would register") == len(subjects())
    assert double.calls == []


def test_an_unreachable_registry_exits_with_1() -> None:
    result = run("registry", "push", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "http://127.0.0.1:1" in result.stdout
