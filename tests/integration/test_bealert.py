"""Over real HTTP, the BE-Alert simulator stores messages, refuses invalid messages, and fails on request."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from buurtsein_adapter_kit.messages import NETWORKS, message
from buurtsein_notifier.cap import check_schema
from buurtsein_stack import bealert
from harness.browser import browsing


class Running:
    """A running BE-Alert simulator; its `folder` with messages stays when it stops."""

    def __init__(self, folder: Path, token: str | None = None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        peer = bealert.Peer(bealert.Mailbox(folder), bealert.load_schema(), token)
        self.server = uvicorn.Server(uvicorn.Config(peer.app(), log_level="error", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.client = httpx.Client(base_url=self.url, timeout=5, trust_env=False)

    def close(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(10)

    def post(self, identifier: str, timeout: float = 5, **headers: str) -> httpx.Response:
        return self.send(message(identifier), timeout, **headers)

    def send(self, body: bytes | str, timeout: float = 5, **headers: str) -> httpx.Response:
        kind = {"Content-Type": "application/cap+xml"}
        return self.client.post("/alerts", content=body, headers=kind | headers, timeout=timeout)

    def fault(self, mode: str) -> None:
        assert self.client.post("/faults", json={"mode": mode, "times": 1}).is_success

    def known(self, identifier: str) -> bool:
        return self.client.get(f"/alerts/{identifier}").status_code == 200


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.close()


def test_accepted_messages_are_listed_and_counted(simulator: Running) -> None:
    assert simulator.post("a-1").status_code == 202
    assert simulator.post("a-2").json()["reference"]
    simulator.post("a-1")
    listed = simulator.client.get("/alerts").json()
    assert [(one["identifier"], one["deliveries"]) for one in listed] == [("a-1", 2), ("a-2", 1)]
    assert check_schema(listed[0]["xml"].encode()) == []
    assert simulator.known("a-1")
    assert not simulator.known("a-3")


def test_it_survives_a_restart(simulator: Running, tmp_path: Path) -> None:
    simulator.post("a-1")
    again = Running(tmp_path)
    try:
        again.post("a-1")
        assert again.client.get("/alerts").json()[0]["deliveries"] == 2
    finally:
        again.close()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("no xml", "Start tag"),
        ("<alert/>", "alert"),
        (message("a").replace(b"<scope>Restricted</scope>", b""), "scope"),
        (message("a").replace(b"<restriction>Leden van BIN Noordwijk</restriction>", b""), "cap_restriction_missing"),
        (message("a", cancels=["b"]).replace(b"references", b"incidents"), "cap_references_missing"),
    ],
)
def test_a_body_against_the_schema_or_a_rule_is_refused(simulator: Running, body: bytes | str, why: str) -> None:
    answer = simulator.send(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cap")
    assert why in answer.json()["detail"]
    assert simulator.client.get("/alerts").json() == []


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        ("500", 500),
        ("503_retry_after", 503),
        ("400", 400),
        ("401", 401),
        ("302", 302),
        ("404_page", 404),
        ("full", 507),
    ],
)
def test_a_fault_that_was_set_happens_once(simulator: Running, mode: str, status: int) -> None:
    simulator.fault(mode)
    answer = simulator.post("a-1")
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (mode == "503_retry_after")
    assert not simulator.known("a-1")
    assert simulator.post("a-1").status_code == 202


@pytest.mark.parametrize(("mode", "kept"), [("reset", False), ("reset_after_accept", True)])
def test_a_reset_connection(simulator: Running, mode: str, kept: bool) -> None:
    simulator.fault(mode)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        simulator.post("a-1")
    assert simulator.known("a-1") == kept


@pytest.mark.parametrize(("mode", "kept"), [("timeout", False), ("timeout_after_accept", True)])
def test_a_lost_answer(simulator: Running, mode: str, kept: bool) -> None:
    simulator.fault(mode)
    with pytest.raises(httpx.ReadTimeout):
        simulator.post("a-1", timeout=0.5)
    assert simulator.known("a-1") == kept


def test_an_unknown_fault_is_refused(simulator: Running) -> None:
    assert simulator.client.post("/faults", json={"mode": "explode"}).status_code == 400
    assert simulator.post("a-1").status_code == 202


def test_a_sender_without_the_token_is_turned_away(tmp_path: Path) -> None:
    guarded = Running(tmp_path, "t0ken")
    try:
        assert guarded.post("a-1").json()["code"] == "token"
        assert not guarded.known("a-1")
        assert guarded.post("a-1", Authorization="Bearer t0ken").status_code == 202
    finally:
        guarded.close()


def test_it_answers_by_network(simulator: Running) -> None:
    assert simulator.post("a-1").json()["networks"] == list(NETWORKS)
    simulator.fault("partial")
    answer = simulator.post("a-2")
    assert (answer.status_code, answer.json()["networks"]) == (207, [NETWORKS[0]])
    asked = simulator.client.get("/alerts/a-2")
    assert (asked.status_code, asked.json()["networks"]) == (207, [NETWORKS[0]])
    assert {one["network"] for one in asked.json()["receipts"]} == {NETWORKS[0]}
    simulator.post("a-2")
    assert simulator.known("a-2")


def test_a_message_that_was_taken_partly_stays_so_after_a_restart(simulator: Running, tmp_path: Path) -> None:
    simulator.fault("partial")
    simulator.post("a-1")
    again = Running(tmp_path)
    try:
        asked = again.client.get("/alerts/a-1")
        assert (asked.status_code, asked.json()["networks"]) == (207, [NETWORKS[0]])
    finally:
        again.close()


def test_it_is_slow_or_answers_wrongly_by_command(simulator: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bealert, "SLOW_SECONDS", 0.3)
    simulator.fault("slow")
    assert simulator.post("a-1").elapsed.total_seconds() >= 0.3
    simulator.fault("wrong")
    assert simulator.post("a-2").content == b"\xff{not json"


def test_it_stays_down_until_it_is_told_to_come_back(simulator: Running) -> None:
    simulator.fault("down")
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            simulator.post("a-1")
    with pytest.raises(httpx.TransportError):
        simulator.known("a-1")
    simulator.fault("none")
    assert simulator.post("a-1").status_code == 202


def test_the_page_shows_what_a_telephone_would_and_runs_no_markup(simulator: Running) -> None:
    simulator.send(message("a-1").replace(b"BIN Noordwijk</restriction>", b"&lt;img src=x&gt; Noordwijk</restriction>"))
    simulator.send(message("a-2", cancels=["a-1"]))
    with browsing() as tab:
        tab.page.goto(simulator.url)
        assert tab.page.locator("article").count() == 2
        newest, first = tab.page.locator("article").all()
        assert newest.locator(".mark").all_inner_texts() == ["OEFENING", "INGETROKKEN"]
        assert first.locator(".mark").all_inner_texts() == ["OEFENING"]
        assert first.locator(".sms").inner_text() == "Inbraken in uw buurt. Verdacht? Bel 101."
        assert "<img src=x> Noordwijk" in first.inner_text()
        assert tab.page.locator("img").count() == 0
        assert first.locator("tr").count() == 1 + 2 * len(NETWORKS)
        assert tab.errors == []
