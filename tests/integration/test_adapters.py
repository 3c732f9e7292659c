"""Each adapter, with a real peer, returns the right outcome for every failure and never delivers twice."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from integration.notifier_scene import LIVE, Peer, released
from unit.notifier.notifier_settings import settings

from buurtsein_adapter_kit import messages
from buurtsein_chassis.database import Database
from buurtsein_notifier.adapters import (
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.file import File
from buurtsein_notifier.adapters.simulator import Simulator
from buurtsein_notifier.cap import Status, from_xml, to_xml
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_stack import bealert

IMPATIENT = 0.5
AT_ONCE = {"none", "hostile_reference", "slow", "wrong", "partial"}
"""The modes of the simulator in which it takes the message and says so."""


def message(identifier: str, status: Status = Status.EXERCISE) -> bytes:
    made = from_xml(messages.message(identifier))
    return to_xml(made.model_copy(update={"status": status}))


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    running = Peer(tmp_path / "peer")
    yield running
    running.close()


@pytest.fixture
async def adapter(peer: Peer) -> AsyncIterator[Simulator]:
    made = Simulator(settings(bealert_url=peer.url), IMPATIENT)
    yield made
    await made.close()


async def test_an_accepted_message_has_the_reference_of_the_peer_and_can_be_found(
    peer: Peer, adapter: Simulator
) -> None:
    assert await adapter.status("a.1@b") == NotFound()
    outcome = await adapter.send("a.1@b", message("a.1@b"))
    assert isinstance(outcome, Delivered)
    assert outcome.reference
    assert isinstance(await adapter.status("a.1@b"), Found)
    assert peer.deliveries() == {"a.1@b": 1}


@pytest.mark.parametrize(
    ("mode", "outcome", "arrived"),
    [
        ("400", Refused("http_400"), False),
        ("503_retry_after", TryAgain("http_503", after=1.0), False),
        ("500", TryAgain("http_500", find_first=True), False),
        ("timeout", Unknown("ReadTimeout"), False),
        ("timeout_after_accept", Unknown("ReadTimeout"), True),
        ("reset", Unknown("ReadError"), False),
        ("reset_after_accept", Unknown("ReadError"), True),
    ],
)
async def test_each_failure_has_its_outcome_and_the_message_arrives_once(
    peer: Peer, adapter: Simulator, mode: str, outcome: Outcome, arrived: bool
) -> None:
    peer.fault(mode)
    assert await adapter.send("a-1", message("a-1")) == outcome
    found = await adapter.status("a-1")
    assert isinstance(found, Found if arrived else NotFound)
    if not arrived:
        assert isinstance(await adapter.send("a-1", message("a-1")), Delivered)
    assert peer.deliveries() == {"a-1": 1}


@pytest.mark.parametrize("mode", sorted(bealert.MODES - AT_ONCE - {"400", "down"}))
async def test_through_the_queue_a_peer_that_fails_once_gets_the_message_once(
    peer: Peer, adapter: Simulator, notifier_database: Database, mode: str
) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(adapter, LIVE)
    peer.fault(mode)
    await worker.step(notifier_database)
    assert await notifier_database.pool.fetchval("select state from delivery") == "ready"
    await notifier_database.pool.execute("update delivery set run_at = now()")
    await worker.step(notifier_database)
    assert await notifier_database.pool.fetchval("select state from delivery") == "sent"
    assert peer.deliveries() == {alert.cap_identifier: 1}


async def test_through_the_queue_a_hostile_reference_becomes_none(
    peer: Peer, adapter: Simulator, notifier_database: Database
) -> None:
    alert = await released(notifier_database)
    peer.fault("hostile_reference")
    await Deliveries(adapter, LIVE).step(notifier_database)
    kept = await notifier_database.pool.fetchrow("select state, reference from delivery")
    assert kept is not None
    assert tuple(kept) == ("sent", None)
    assert peer.deliveries() == {alert.cap_identifier: 1}


async def test_a_peer_that_took_a_message_partly_says_so_again_when_asked(peer: Peer, adapter: Simulator) -> None:
    peer.fault("partial")
    for answer in (await adapter.send("a-1", message("a-1")), await adapter.status("a-1")):
        assert isinstance(answer, Partly)
        assert (answer.reached, answer.reason) == (frozenset({messages.NETWORKS[0]}), "http_207")


async def test_a_peer_refuses_text_that_is_no_cap_message(peer: Peer) -> None:
    adapter = CapHttp(settings(adapter="cap-http", bealert_url=peer.url))
    assert await adapter.send("a-1", b"<alert/>") == Refused("http_400")
    await adapter.close()
    assert peer.deliveries() == {}


async def test_the_simulator_never_gets_a_real_alert(peer: Peer, adapter: Simulator) -> None:
    assert await adapter.send("a-1", message("a-1", Status.ACTUAL)) == Refused("actual_to_simulator")
    assert peer.deliveries() == {}


async def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    adapter = CapHttp(settings(adapter="cap-http", bealert_url=f"http://127.0.0.1:{port}"))
    assert await adapter.send("a-1", message("a-1")) == TryAgain("ConnectError")
    assert await adapter.status("a-1") == CannotSay("ConnectError")
    await adapter.close()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("429 Too Many Requests\r\nRetry-After: 7", TryAgain("http_429", after=7.0)),
        ("429 Too Many Requests\r\nRetry-After: soon", TryAgain("http_429")),
        ("503 Busy\r\nRetry-After: Tue, 24 Nov 2020 09:00:00 GMT", TryAgain("http_503", after=0.0)),
        ("408 Request Timeout", TryAgain("http_408")),
        ("401 Unauthorized", TryAgain("turned_away_http_401")),
        ("403 Forbidden", TryAgain("turned_away_http_403")),
        ("404 Not Found", TryAgain("turned_away_http_404")),
        ("302 Found\r\nLocation: http://127.0.0.1:1/", TryAgain("turned_away_http_302")),
        ("409 Conflict", TryAgain("http_409", find_first=True)),
        ("422 Unprocessable", Refused("http_422")),
        ("429 Too Many Requests\r\nRetry-After: Tue, 24 Nov 99999999999 09:00:00 GMT", TryAgain("http_429")),
        ("204 No Content", Delivered()),
        ("507 Insufficient Storage", TryAgain("http_507", find_first=True)),
    ],
)
async def test_other_answers_of_a_peer(answer: str, outcome: Outcome) -> None:
    assert await heard_by_a_peer(answer) == outcome


async def test_a_peer_gets_the_token_and_the_media_type() -> None:
    heard = bytearray()
    await heard_by_a_peer("204 No Content", heard=heard)
    head = heard.decode().lower()
    assert head.startswith("post /be-alert/alerts http/1.1")
    assert "authorization: bearer t0ken" in head
    assert "content-type: application/cap+xml" in head


@asynccontextmanager
async def peer_that_says(status: str, body: bytes, until: bytes, heard: bytearray) -> AsyncIterator[CapHttp]:
    """Run a peer that reads a request until these bytes and then sends this answer; yield an adapter for the peer."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(until))
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/be-alert"
        adapter = CapHttp(settings(adapter="cap-http", bealert_url=url, bealert_token="t0ken"))
        yield adapter
        await adapter.close()


async def heard_by_a_peer(status: str, body: bytes = b"", heard: bytearray | None = None) -> Outcome:
    keep = bytearray() if heard is None else heard
    async with peer_that_says(status, body, b"</alert>", keep) as adapter:
        return await adapter.send("a-1", message("a-1"))


async def asked_of_a_peer(status: str, body: bytes) -> Answer:
    async with peer_that_says(status, body, b"\r\n\r\n", bytearray()) as adapter:
        return await adapter.status("a-1")


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        (b'{"reference": "BA-1"}', "BA-1"),
        (b'{"reference": 7}', None),
        (b"[" * 60_000, None),
        (b'{"reference": "BA-1"}' + b" " * 70_000, None),
        (b"\xff\xfe", None),
    ],
)
async def test_a_message_is_delivered_whatever_body_the_peer_answers_with(body: bytes, reference: str | None) -> None:
    assert await heard_by_a_peer("202 Accepted", body) == Delivered(reference)


@pytest.mark.parametrize(
    ("body", "sent", "asked"),
    [
        (b'{"networks": ["a"], "reference": "r"}', *2 * [Partly(frozenset("a"), "http_207", "r")]),
        (b'{"networks": []}', Unknown("http_207"), CannotSay("http_207")),
        (b'{"networks": "all"}', Delivered(), Found()),
    ],
)
async def test_a_peer_that_has_a_message_for_some_networks_names_them(
    body: bytes, sent: Outcome, asked: Answer
) -> None:
    assert await heard_by_a_peer("207 Multi-Status", body) == sent
    assert await asked_of_a_peer("207 Multi-Status", body) == asked


async def test_a_page_that_is_not_found_does_not_mean_that_the_message_never_came() -> None:
    assert await asked_of_a_peer("404 Not Found", b"<html>Onderhoud</html>") == CannotSay("http_404")
    assert await asked_of_a_peer("404 Not Found", b'{"code": "unknown"}') == NotFound()


@pytest.mark.parametrize("media", ["text/html", "Text/HTML; charset=utf-8"])
async def test_a_page_for_people_does_not_mean_that_the_message_came(media: str) -> None:
    answer, page = f"200 OK\r\nContent-Type: {media}", b"<html>Onderhoud</html>"
    assert await heard_by_a_peer(answer, page) == Unknown("html_page")
    assert await asked_of_a_peer(answer, page) == CannotSay("html_page")
    assert await asked_of_a_peer(f"404 Not Found\r\nContent-Type: {media}", page) == CannotSay("html_page")


async def test_a_file_is_complete_can_be_found_and_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "uit"
    adapter = File(settings(adapter="file", alert_folder=folder))
    xml = message("bin@x.1")
    assert await adapter.status("bin@x.1") == NotFound()
    assert await adapter.send("bin@x.1", xml) == Delivered("bin@x.1.xml")
    assert await adapter.send("bin@x.1", xml) == Delivered("bin@x.1.xml")
    assert await adapter.send("bin@x.1", message("bin@x.1", Status.TEST)) == Refused("other_file_there")
    assert await adapter.status("bin@x.1") == Found("bin@x.1.xml")
    assert [path.name for path in folder.iterdir()] == ["bin@x.1.xml"]
    assert (folder / "bin@x.1.xml").read_bytes() == xml


def names_under(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.xml")]


async def test_an_identifier_cannot_leave_the_folder(tmp_path: Path) -> None:
    adapter = File(settings(adapter="file", alert_folder=tmp_path / "uit"))
    await adapter.send("../../weg", message("../../weg"))
    assert names_under(tmp_path) == ["..%2F..%2Fweg.xml"]


async def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "uit").write_text("a file where the folder should be")
    adapter = File(settings(adapter="file", alert_folder=tmp_path / "uit"))
    assert await adapter.send("a-1", message("a-1")) == TryAgain("FileExistsError", find_first=True)
