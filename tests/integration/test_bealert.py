"""Over real HTTP, the BE-Alert simulator stores messages, refuses invalid messages, and fails on request."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from buurtsein_stack import bealert

CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{}</identifier><sender>bin@example</sender>
<sent>2026-11-24T09:00:00+01:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope></alert>"""


class Running:
    """A running BE-Alert simulator; its `folder` with messages stays when it stops."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        peer = bealert.Peer(bealert.Mailbox(folder), bealert.load_schema())
        self.server = uvicorn.Server(uvicorn.Config(peer.app(), log_level="error", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()
        url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.client = httpx.Client(base_url=url, timeout=5, trust_env=False)

    def close(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(10)

    def post(self, identifier: str, timeout: float = 5) -> httpx.Response:
        headers = {"Content-Type": "application/cap+xml"}
        return self.client.post("/alerts", content=CAP.format(identifier), headers=headers, timeout=timeout)

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
    assert listed[0]["xml"] == CAP.format("a-1")
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


@pytest.mark.parametrize("body", ["no xml", "<alert/>", CAP.format("a").replace("<scope>Public</scope>", "")])
def test_a_body_that_is_not_cap_is_refused(simulator: Running, body: str) -> None:
    answer = simulator.client.post("/alerts", content=body, headers={"Content-Type": "application/cap+xml"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cap")
    assert simulator.client.get("/alerts").json() == []


@pytest.mark.parametrize(
    ("mode", "status"),
    [("500", 500), ("503_retry_after", 503), ("400", 400), ("401", 401), ("302", 302), ("404_page", 404)],
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
