"""The operator's commands reach the services with addresses and a token, or with the secret of one service."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_operate.cli import app
from buurtsein_operate.operations.services import way

pytestmark = pytest.mark.external


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SERVICES", "TOKEN_FILE", "SECRETS_DIR"):
        monkeypatch.delenv(f"BUURTSEIN_{name}", raising=False)
    monkeypatch.setenv("BUURTSEIN_HOME", str(tmp_path))


class _Service(BaseHTTPRequestHandler):
    """A fake service that returns prepared answers in turn and records the requests."""

    server: "_Server"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        status, headers, body = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Write no log."""


class _Server(ThreadingHTTPServer):
    def __init__(self, answers: list[tuple[int, dict[str, str], Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Service)
        self.answers = answers
        self.asked: list[tuple[str, str]] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def answering(*answers: tuple[int, dict[str, str], Any]) -> Iterator[_Server]:
    server = _Server(list(answers))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def named(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str, *, suffix: str = "toml") -> None:
    """Set the environment variables that name the file of service addresses and the token file."""
    addresses, token = folder / f"services.{suffix}", folder / "token"
    addresses.write_text(text)
    token.write_text("a.good.token\n")
    monkeypatch.setenv("BUURTSEIN_SERVICES", str(addresses))
    monkeypatch.setenv("BUURTSEIN_TOKEN_FILE", str(token))


async def rows(service: str = "reports", **options: Any) -> list[dict[str, Any]]:
    async with way(service, **options).to(service) as operations:
        return await operations.rows("parked", key="one")


def refused(service: str = "reports", **options: Any) -> CommandError:
    with pytest.raises(CommandError) as caught:
        asyncio.run(rows(service, **options))
    return caught.value


def test_services_are_found_in_a_file_and_all_pages_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with answering((200, {}, {"items": [{"n": 1}], "next": "here"}), (200, {}, {"items": [{"n": 2}]})) as server:
        named(monkeypatch, tmp_path, f'reports = "{server.address}"')
        assert asyncio.run(rows()) == [{"n": 1}, {"n": 2}]
    assert server.asked == [
        ("/v1/operations/parked?key=one&limit=100", "Bearer a.good.token"),
        ("/v1/operations/parked?key=one&limit=100&cursor=here", "Bearer a.good.token"),
    ]


def test_the_file_may_be_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with answering((200, {}, {"items": []})) as server:
        named(monkeypatch, tmp_path, json.dumps({"reports": server.address}), suffix="json")
        assert asyncio.run(rows()) == []


def test_a_request_over_the_rate_limit_is_sent_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with answering((429, {"Retry-After": "0"}, {}), (200, {}, {"items": [{"n": 1}]})) as server:
        named(monkeypatch, tmp_path, f'reports = "{server.address}"')
        assert asyncio.run(rows()) == [{"n": 1}]


def test_a_refusal_is_a_sentence_with_its_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    problem = {"code": "role_missing", "detail": "U hebt niet de rol die hiervoor nodig is."}
    with answering((403, {"Content-Type": "application/problem+json"}, problem)) as server:
        named(monkeypatch, tmp_path, f'reports = "{server.address}"')
        error = refused()
    assert error.code == "role-missing"
    assert error.sentence == "reports refused: role_missing. U hebt niet de rol die hiervoor nodig is."


def test_a_refusal_names_the_wrong_fields(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = {"field": "reason", "code": "too_short", "message": "Dit is te kort."}
    problem = {"code": "invalid_request", "detail": "Fout ingevuld.", "errors": [wrong]}
    with answering((422, {"Content-Type": "application/problem+json"}, problem)) as server:
        named(monkeypatch, tmp_path, f'reports = "{server.address}"')
        assert refused().sentence == "reports refused: invalid_request. Fout ingevuld. reason: Dit is te kort."


def test_the_error_for_a_service_that_is_down_names_direct(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path, 'reports = "http://127.0.0.1:1"')
    error = refused()
    assert error.code == "service-away"
    assert "--direct --service reports" in error.sentence


SUMMARY_OF_0_1_0 = {
    "service": "reports",
    "outbox": {"pending": 0, "frozen_streams": 0, "oldest_seconds": 0.0},
    "dead_letters": 0,
    "parked_streams": 0,
    "failed_jobs": [],
    "overdue_jobs": [],
    "stale_projections": [],
}


@pytest.mark.parametrize(("changed", "status"), [({}, 0), ({"dead_letters": 1}, 1)])
def test_the_summary_shows_a_service_of_the_release_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: dict[str, Any], status: int
) -> None:
    with answering((200, {}, SUMMARY_OF_0_1_0 | changed)) as server:
        named(monkeypatch, tmp_path, f'reports = "{server.address}"')
        shown = CliRunner().invoke(app, ["summary", "--service", "reports"])
    assert shown.exit_code == status, shown.output
    assert "reports" in shown.output


@pytest.mark.parametrize(
    "command",
    [
        ["jobs", "--service", "reports"],
        ["projections", "list", "--service", "reports"],
        ["dead-letters", "list", "--service", "reports"],
        ["parked", "list", "--service", "reports"],
        ["outbox", "status", "--service", "reports"],
        ["log", "recovered", "--service", "reports"],
        ["vault", "keys"],
        ["erasures"],
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_an_answer_of_another_release_gives_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str], known: bool
) -> None:
    unknown = (404, {"Content-Type": "application/problem+json"}, {"code": "not_found", "detail": "Nee."})
    with answering((200, {}, {}) if known else unknown) as server:
        named(monkeypatch, tmp_path, "\n".join(f'{name} = "{server.address}"' for name in ("reports", "registry")))
        error = CliRunner().invoke(app, command).exception
    assert isinstance(error, CommandError)
    assert error.code == "other-release"
    assert "of another release than this command" in error.sentence


@pytest.mark.parametrize(
    ("text", "code"), [("", "no-address"), ("reports = 1", "services-file"), ("no toml", "services-file")]
)
def test_an_unusable_file_of_addresses_gives_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, code: str
) -> None:
    named(monkeypatch, tmp_path, text)
    assert refused().code == code


def test_a_token_is_needed_and_its_file_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path, 'reports = "http://127.0.0.1:1"')
    monkeypatch.setenv("BUURTSEIN_TOKEN_FILE", str(tmp_path / "nowhere"))
    assert "nowhere cannot be read" in refused().sentence
    monkeypatch.delenv("BUURTSEIN_TOKEN_FILE")
    assert "BUURTSEIN_TOKEN_FILE" in refused().sentence


def test_direct_needs_only_the_secret_of_that_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BUURTSEIN_SECRETS_DIR", str(tmp_path))
    assert f"{tmp_path / 'funding_database_app'} does not exist" in refused("funding", direct=True).sentence
    (tmp_path / "funding_database_app").write_text("postgresql://u:secret@127.0.0.1:1/x")
    error = refused("funding", direct=True)
    assert error.code == "database"
    assert "secret" not in error.sentence


@pytest.mark.parametrize(
    ("service", "options", "code"),
    [
        ("finance", {}, "unknown-service"),
        (None, {"direct": True}, "direct"),
        ("funding", {"who": "somebody"}, "as"),
    ],
)
def test_options_that_exclude_each_other_give_one_sentence(
    service: str | None, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(CommandError) as caught:
        way(service, **options)
    assert caught.value.code == code


def test_without_a_name_the_command_acts_on_all_services() -> None:
    assert tuple(way(None).services) == service_names()


def test_without_a_running_stack_a_command_prints_one_sentence() -> None:
    error = refused()
    assert error.code == "no-stack"
    assert "BUURTSEIN_SERVICES" in error.sentence
