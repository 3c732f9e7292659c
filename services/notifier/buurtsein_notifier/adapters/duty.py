"""Tells duty contacts by mail, Teams, Signal and other ways, through the library Apprise.

Invariant: an address, which holds credentials, never reaches a log or an error message.
"""

import asyncio
import logging
from urllib.parse import urlsplit

import apprise
import structlog

from buurtsein_notifier.domain.duty import Contact, Roster

SECONDS = 20
"""The longest time that one message to one contact may take."""

log = structlog.get_logger("duty")
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its messages show addresses


def require_usable(roster: Roster, *, encrypted: bool) -> None:
    """Raise ValueError that names the contact whose address Apprise does not know, or that is not encrypted.

    Args:
        roster: the duty contacts.
        encrypted: whether each address must lead over an encrypted connection.
    """
    for contact in roster.contacts:
        way = _way(contact)
        if way is None:
            raise ValueError(f"duty: the address of {contact.name} is none that Apprise knows")
        if encrypted and _is_plain(contact):
            raise ValueError(f"duty: the address of {contact.name} leads over a connection without encryption")


async def tell(contact: Contact, title: str, text: str) -> bool:
    """Send a message to one contact; return whether its server took the message, and log when it did not."""
    way = _way(contact)
    try:
        async with asyncio.timeout(SECONDS):
            told = way is not None and bool(await way.async_notify(title=title, body=text))
    except Exception as error:  # noqa: BLE001 - whatever one of a hundred ways out raises
        log.warning("duty.failed", contact=contact.name, error=type(error).__name__)
        return False
    if not told:
        log.warning("duty.refused", contact=contact.name)
    return told


def _way(contact: Contact) -> apprise.NotifyBase | None:
    way: apprise.NotifyBase | None = apprise.Apprise.instantiate(
        contact.url.get_secret_value(), suppress_exceptions=True
    )
    return way


def _is_plain(contact: Contact) -> bool:
    """Return whether the address has a scheme that its kind of server also offers with encryption."""
    plain = getattr(_way(contact), "protocol", None) or ()
    return urlsplit(contact.url.get_secret_value()).scheme in ([plain] if isinstance(plain, str) else plain)
