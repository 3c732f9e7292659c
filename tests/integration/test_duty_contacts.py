"""Duty contacts hear of a proposed alert through a real mail server and a real HTTP peer, until somebody decides."""

import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from integration.notifier_scene import LIVE, proposed, released
from unit.notifier.notifier_deeds import by

from buurtsein_chassis.database import Database
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.adapters import duty as ways
from buurtsein_notifier.domain.duty import Roster
from buurtsein_notifier.handlers.duty import Duty
from buurtsein_notifier.jobs import tell_duty
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.table_gauges import UNTOLD, refresh_untold
from buurtsein_stack.home import free_port


class Mailbox:
    """Keeps the messages that a mail server on a real port took."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name that aiosmtpd calls
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    @property
    def url(self) -> str:
        server = f"127.0.0.1:{self.controller.port}"
        return f"mailto://{server}?smtp=127.0.0.1&from=bin@politie.example&to=wacht@politie.example"


class Desk(HTTPServer):
    """An HTTP server on a real port that keeps the bodies it gets, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status, self.bodies = 204, []  # type: tuple[int, list[bytes]]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://geheim:woord@127.0.0.1:{self.server_port}/duty"


class _Answer(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Write nothing."""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    yield made
    made.controller.stop()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.shutdown()
    made.server_close()


def duty(**urls: str) -> Duty:
    contacts = [{"name": name, "url": url} for name, url in urls.items()]
    return Duty(Roster.model_validate({"contacts": contacts}), ways.tell)


async def test_a_proposal_is_told_once_by_mail_and_once_by_http(
    notifier_database: Database, mailbox: Mailbox, desk: Desk
) -> None:
    alert = await proposed(notifier_database)
    contacts = duty(mail=mailbox.url, desk=desk.url)
    for _ in range(2):
        await tell_duty(LIVE, contacts, notifier_database)
    (mail,) = mailbox.messages
    assert mail["Subject"] == "OEFENING: een waarschuwing wacht op een beslissing"
    assert len(desk.bodies) == 1
    assert str(alert.alert_id).encode() in desk.bodies[0]


async def test_a_contact_that_cannot_be_reached_is_tried_again_and_is_an_alarm_until_then(
    notifier_database: Database, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await proposed(notifier_database)
    contacts, desk.status = duty(desk=desk.url), 500
    await tell_duty(LIVE, contacts, notifier_database)
    assert await untold(notifier_database) > 0
    desk.status = 204
    await tell_duty(LIVE, contacts, notifier_database)
    assert await untold(notifier_database) == 0
    rows = await notifier_database.pool.fetch("select number, failures from duty_call")
    assert [tuple(row) for row in rows] == [(1, 1)]
    assert "geheim" not in caplog.text


async def test_a_proposal_that_was_returned_and_is_proposed_again_is_told_again(
    notifier_database: Database, desk: Desk
) -> None:
    alert = await proposed(notifier_database)
    await tell_duty(LIVE, duty(desk=desk.url), notifier_database)
    async with notifier_database.unit_of_work() as uow:
        store = NotifierStore(uow)
        command = commands.Return(reason="Zeg waar het is.")
        await handlers.give_back(alert.alert_id, command, await by(store, alert), LIVE, store)
        await handlers.propose(alert.alert_id, commands.Propose(), await by(store, alert), LIVE, store)
    await tell_duty(LIVE, duty(desk=desk.url), notifier_database)
    assert (len(desk.bodies), await untold(notifier_database)) == (2, 0)


async def test_nobody_is_told_of_an_alert_that_police_have_decided_on(notifier_database: Database, desk: Desk) -> None:
    await released(notifier_database)
    await tell_duty(LIVE, duty(desk=desk.url), notifier_database)
    assert desk.bodies == []


async def untold(database: Database) -> float:
    async with database.pool.acquire() as connection:
        await refresh_untold(connection)
    (metric,) = UNTOLD.collect()
    return float(metric.samples[0].value)
