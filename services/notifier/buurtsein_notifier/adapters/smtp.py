"""Sends cold (not urgent) messages by e-mail: one mail for each network, to the mailing list of its members.

This module knows only the address of each mailing list, never the address of a member. The mail server accepts or
refuses the mail of each network separately, so that the result of a message can be Partly.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from pydantic import Field, SecretStr

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters import (
    TURNED_AWAY,
    Answer,
    CannotSay,
    Delivered,
    NotAllowed,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.adapters.found import AdapterSettings
from buurtsein_notifier.adapters.limits import Limits, targets
from buurtsein_notifier.cap import CapAlert, Info, from_xml

SECONDS = 10.0
CONNECTING = 6.0
"""The most seconds for connection, encryption and login together; the rest of a call is for the mails."""
_BUSY = range(400, 500)


class SmtpSettings(AdapterSettings):
    """The mail server, the sender of mails, and the list of addresses of each network, by the network's id."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: str = Field(pattern=r"^[^\s@]+@[^\s@]+$")
    lists: dict[str, str] = Field(description='JSON: {"id of a network": "list@example.org"}')


class Smtp:
    """The adapter for a mail server; it takes only messages with the channel e-mail, such as cold messages."""

    name = "smtp"
    settings = SmtpSettings
    limits = Limits(channels=frozenset({"email"}))

    def __init__(self, settings: SmtpSettings) -> None:
        """Make the adapter from its settings; each message gets a connection of its own."""
        self._settings = settings

    async def check(self) -> str | None:
        """Return why the mail server cannot be used now, or None when it lets the adapter in."""
        try:
            await asyncio.to_thread(self._connected)
        except (OSError, smtplib.SMTPException) as error:
            return type(error).__name__
        return None

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Send a message to the lists of all its networks."""
        try:
            return await self.send_to(identifier, xml, targets(from_xml(xml)))
        except DomainError as error:
            return Refused(error.code)

    async def send_to(self, identifier: str, xml: bytes, targets: frozenset[str]) -> Outcome:
        """Send a message to the lists of these networks."""
        message = from_xml(xml)
        missing = targets - self._settings.lists.keys()
        if targets <= missing:
            return NotAllowed("no_list")
        mails = {network: self._mail(identifier, message, network) for network in sorted(targets - missing)}
        try:
            async with asyncio.timeout(CONNECTING):
                server = await asyncio.to_thread(self._connection)
        except (OSError, smtplib.SMTPException) as error:
            return _not_connected(error)
        return await asyncio.to_thread(_send_each, server, mails, bool(missing))

    async def status(self, identifier: str) -> Answer:  # noqa: ARG002 - a mail server cannot be asked
        """Return CannotSay, because a mail server cannot be asked."""
        return CannotSay("not_asked")

    async def close(self) -> None:
        """Do nothing: no connection stays open."""

    def _connected(self) -> None:
        with self._connection():
            pass

    def _connection(self) -> smtplib.SMTP:
        given, context = self._settings, ssl.create_default_context()
        if given.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(given.host, given.port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(given.host, given.port, timeout=SECONDS)
        if given.security == "starttls":
            server.starttls(context=context)
        if given.user and given.password:
            server.login(given.user, given.password.get_secret_value())
        return server

    def _mail(self, identifier: str, message: CapAlert, network: str) -> EmailMessage:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{identifier.replace('@', '.')}.{network}@{self._settings.sender.split('@')[1]}>"
        mail["Date"] = format_datetime(message.sent)
        mail["From"], mail["To"] = self._settings.sender, self._settings.lists[network]
        mail["Subject"] = " / ".join(dict.fromkeys(_one_line(info.headline or info.event) for info in message.info))
        mail["Auto-Submitted"] = "auto-generated"
        if message.status != "Actual":
            mail.replace_header("Subject", f"[{message.status}] {mail['Subject']}")
        mail.set_content("\n\n".join(text for info in message.info for text in _texts(info)))
        return mail


def _texts(info: Info) -> Iterator[str]:
    yield from filter(
        None, (info.headline, info.description, info.instruction, info.sender_name, info.contact, info.web)
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _send_each(server: smtplib.SMTP, mails: Mapping[str, EmailMessage], missing: bool) -> Outcome:  # noqa: FBT001
    """Send the mail of each network on an open connection, and close it; `missing` says that a network has no list."""
    reached: set[str] = set()
    outcome: Outcome = NotAllowed("no_list") if missing else Delivered()
    try:
        with server:
            for network, mail in mails.items():
                taken = _sent(server, mail)
                if isinstance(taken, Delivered):
                    reached.add(network)
                else:
                    outcome = taken
    except (OSError, smtplib.SMTPException) as error:
        if len(reached) < len(mails):
            return Unknown(type(error).__name__)
    if reached and not isinstance(outcome, Delivered):
        return Partly(frozenset(reached), outcome.reason)
    return outcome


def _sent(server: smtplib.SMTP, mail: EmailMessage) -> Outcome:
    """Send one mail on an open connection; raise the error of a connection that broke."""
    try:
        server.send_message(mail)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        return TryAgain(f"smtp_{code}") if code in _BUSY else Refused(f"smtp_{code}")
    except smtplib.SMTPResponseException as error:
        return TryAgain(f"smtp_{error.smtp_code}") if error.smtp_code in _BUSY else Refused(f"smtp_{error.smtp_code}")
    return Delivered()


def _not_connected(error: Exception) -> TryAgain:
    """Return TryAgain: the connection, its encryption or the login failed, so that no mail was sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return TryAgain(f"{TURNED_AWAY}_smtp_login")
    return TryAgain(type(error).__name__)
