"""Tests adapters with real servers: mail, webhook, `Manual` (a person sends the text) and `Null` (nobody gets it)."""

import socket
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from buurtsein_adapter_kit.conformance import AdapterConformance, MakeAdapter
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import CANCELLING, IDENTIFIER, NETWORKS, message
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_notifier import adapters
from buurtsein_notifier.adapters import CannotSay, Delivered, Found, NotAllowed, Partly, TryAgain, Unknown
from buurtsein_notifier.adapters.manual import Manual, ManualSettings
from buurtsein_notifier.adapters.null import Null, NullSettings
from buurtsein_notifier.adapters.signing import key_of, signature
from buurtsein_notifier.adapters.smtp import Smtp, SmtpSettings
from buurtsein_notifier.adapters.webhook import Webhook, WebhookSettings
from buurtsein_notifier.cap import from_xml, to_xml
from buurtsein_stack.home import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the secret in the specification's example
LISTS = {network: f"lijst-{network[-2:]}@buurt.example" for network in NETWORKS}


class MailServer:
    """A real mail server on this machine that can refuse the mails of all lists or of one list."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.messages: dict[str, list[bytes]] = {}
        self.code, self.only = 0, ""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.code and self.only in address:
            return f"{self.code} told to"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(mail)
        for identifier in (IDENTIFIER, CANCELLING):
            if identifier.replace("@", ".") in mail["Message-ID"]:
                self.messages.setdefault(identifier, []).append(envelope.content)
        return "250 OK"

    def fail(self, failure: Failure) -> None:
        self.code = {Failure.REFUSES: 550, Failure.BUSY: 451}[failure]

    def deliveries(self, identifier: str) -> int:
        """Return how many copies of a message the mailing list with the most copies got."""
        taken = [mail["Message-ID"] for mail in self.mails if identifier.replace("@", ".") in mail["Message-ID"]]
        return max(Counter(taken).values(), default=0)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    running = MailServer()
    running.controller.start()
    yield running
    running.controller.stop()


def smtp(server: MailServer) -> Smtp:
    return Smtp(
        SmtpSettings(host="127.0.0.1", port=server.port, security="none", sender="bin@stad.example", lists=LISTS)
    )


class OnceRefused(Smtp):
    """A mail adapter whose server refuses the first message and accepts later ones."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        super().__init__(smtp(server)._settings)

    async def send(self, identifier: str, xml: bytes) -> Any:
        outcome = await super().send(identifier, xml)
        self.server.code = 0
        return outcome


class TestSmtp(AdapterConformance):
    failures = frozenset({Failure.REFUSES, Failure.BUSY})

    @pytest.fixture
    def peer(self, mail_server: MailServer) -> MailServer:
        return mail_server

    @pytest.fixture
    def make_adapter(self, peer: MailServer) -> MakeAdapter:
        return lambda: OnceRefused(peer)


class TestWebhook(AdapterConformance):
    failures = frozenset(Failure)

    @pytest.fixture
    def peer(self) -> Iterator[HttpPeer]:
        with HttpPeer() as peer:
            yield peer

    @pytest.fixture
    def make_adapter(self, peer: HttpPeer) -> MakeAdapter:
        return lambda: Webhook(WebhookSettings(url=peer.url, secret=SECRET), 0.5)

    @pytest.fixture
    def secrets(self) -> tuple[str, ...]:
        return (SECRET,)


async def test_the_mails_of_a_list_that_is_busy_are_tried_again_and_the_others_never(mail_server: MailServer) -> None:
    adapter = smtp(mail_server)
    first, second = NETWORKS
    mail_server.code, mail_server.only = 451, LISTS[second]
    assert await adapter.send(IDENTIFIER, message()) == Partly(frozenset({first}), "smtp_451")
    mail_server.code = 0
    assert await adapter.send_to(IDENTIFIER, message(), frozenset({second})) == Delivered()
    assert [mail["To"] for mail in mail_server.mails] == [LISTS[first], LISTS[second]]
    mail = mail_server.mails[0]
    assert mail["Subject"] == "[Exercise] Inbraken in uw buurt. Verdacht? Bel 101."
    assert "Sluit uw deuren goed af." in mail.get_content()


async def test_a_message_is_tried_again_when_there_is_no_connection_to_the_mail_server(mail_server: MailServer) -> None:
    given = smtp(mail_server)._settings.model_dump()
    for wrong in ({"security": "starttls"}, {"security": "tls"}, {"host": "mail.invalid"}, {"port": free_port()}):
        outcome = await Smtp(SmtpSettings(**given | wrong)).send(IDENTIFIER, message())
        assert isinstance(outcome, TryAgain), wrong
        assert not outcome.find_first
    assert mail_server.mails == []


async def test_a_mail_server_that_never_greets_got_nothing(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters.smtp, "CONNECTING", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        given = smtp(mail_server)._settings.model_copy(update={"port": silent.getsockname()[1]})
        assert await Smtp(given).send(IDENTIFIER, message()) == TryAgain("TimeoutError")


async def test_a_network_without_a_mailing_list_is_told(mail_server: MailServer) -> None:
    adapter = smtp(mail_server)
    other = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8099"
    assert await adapter.send_to(IDENTIFIER, message(), frozenset({other})) == NotAllowed("no_list")
    some = await adapter.send_to(IDENTIFIER, message(), frozenset({other, NETWORKS[0]}))
    assert some == Partly(frozenset({NETWORKS[0]}), "no_list")
    assert await adapter.check() is None
    away = Smtp(adapter._settings.model_copy(update={"port": 1}))
    assert await away.check() == "ConnectionRefusedError"


def test_a_webhook_is_signed_as_the_specification_says() -> None:
    """The values are those of the example in the specification."""
    made = signature(key_of(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["whsec_!", "whsec_c2hvcnQ=", "short"])
def test_a_secret_that_is_too_short_or_no_base64_stops_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        WebhookSettings(url="http://127.0.0.1:1", secret=secret)


async def test_a_person_gets_a_text_to_copy_and_nobody_says_that_it_was_sent(tmp_path: Path) -> None:
    adapter = Manual(ManualSettings(folder=tmp_path / "te-versturen"))
    assert await adapter.check() is None
    assert await adapter.send(IDENTIFIER, message()) == Unknown("by_hand")
    assert await adapter.status(IDENTIFIER) == CannotSay("by_hand")
    text = (tmp_path / "te-versturen" / f"{IDENTIFIER}.txt").read_text()
    assert text.startswith(f"EXERCISE - Alert - kenmerk {IDENTIFIER}\nGroepen: BIN Noordwijk\nKanalen: sms, email\n")
    assert "Inbraken in uw buurt. Verdacht? Bel 101." in text


async def test_a_person_gets_a_text_for_the_networks_that_another_peer_did_not_take(tmp_path: Path) -> None:
    made = from_xml(message())
    (info,) = made.info
    two = (info.area[0], info.area[1].model_copy(update={"area_desc": "BIN Zuidwijk"}))
    xml = to_xml(made.model_copy(update={"info": (info.model_copy(update={"area": two}),)}))
    adapter = Manual(ManualSettings(folder=tmp_path))
    assert await adapter.send_to(IDENTIFIER, xml, frozenset({NETWORKS[1]})) == Unknown("by_hand")
    assert "\nGroepen: BIN Zuidwijk\n" in (tmp_path / f"{IDENTIFIER}.txt").read_text()


async def test_the_null_adapter_takes_what_is_not_for_real() -> None:
    adapter = Null(NullSettings())
    assert await adapter.status(IDENTIFIER) == CannotSay("not_kept")
    assert await adapter.send(IDENTIFIER, message()) == Delivered("nobody")
    assert await adapter.status(IDENTIFIER) == Found("nobody")
    real = message().replace(b"Exercise", b"Actual")
    assert await adapter.send(CANCELLING, real) == NotAllowed("actual_to_nobody")
