"""Writes a message as a text that a person copies into BE-Alert, because BE-Alert offers no interface to programs.

Whether the person sent it is not known here: the delivery becomes `unknown`, and the person confirms it with BE-Alert's
reference by `POST /v1/alerts/{id}/delivery`.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters import BY_HAND, Answer, CannotSay, Outcome, Refused, TryAgain, Unknown
from buurtsein_notifier.adapters.file import write_whole
from buurtsein_notifier.adapters.found import AdapterSettings
from buurtsein_notifier.adapters.limits import Limits, only_for
from buurtsein_notifier.cap import CapAlert, Info, cap_time, from_xml


class ManualSettings(AdapterSettings):
    """The setting of the manual adapter: the folder in which a person finds the text files."""

    folder: Path


class Manual:
    """Writes one file for each message, `<identifier>.txt`, with its groups, channels, texts and end of validity."""

    name = "manual"
    settings = ManualSettings
    limits = Limits(headline=160)

    def __init__(self, settings: ManualSettings) -> None:
        """Make the adapter; the folder need not exist yet."""
        self._folder = settings.folder

    async def check(self) -> str | None:
        """Return `no_folder` when the folder can neither be made nor be used."""
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        except OSError:
            return "no_folder"
        return None

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Write the text; the outcome is Unknown until a person confirms it, or TryAgain when it cannot be written."""
        try:
            message = from_xml(xml)
        except DomainError as error:
            return Refused(error.code)
        return await self._written(identifier, message)

    async def send_to(self, identifier: str, xml: bytes, targets: frozenset[str]) -> Outcome:
        """Write the text for these networks only: another peer has the message for the others already."""
        return await self._written(identifier, only_for(from_xml(xml), targets))

    async def _written(self, identifier: str, message: CapAlert) -> Outcome:
        text = "\n".join(_lines(message))
        try:
            await asyncio.to_thread(self._write, identifier, text)
        except OSError as error:
            return TryAgain(type(error).__name__)
        return Unknown(BY_HAND)

    async def status(self, identifier: str) -> Answer:  # noqa: ARG002 - only a person knows
        """Return CannotSay, because only the person knows."""
        return CannotSay(BY_HAND)

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def _write(self, identifier: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / f"{quote(identifier, safe='@')}.txt", text.encode())


def _lines(message: CapAlert) -> Iterator[str]:
    """Yield the lines that a person copies, in Dutch, the texts as they are sent."""
    yield f"{message.status.value.upper()} - {message.msg_type.value} - kenmerk {message.identifier}"
    yield f"Groepen: {', '.join(dict.fromkeys(area.area_desc for info in message.info for area in info.area))}"
    for info in message.info[:1]:
        channels = (one.value for one in info.parameter if one.value_name == "BIN-CHANNEL")
        yield f"Kanalen: {', '.join(channels)}"
        yield f"Versturen voor: {cap_time(info.expires) if info.expires else 'zonder einde'}"
    for info in message.info:
        yield from _texts(info)
    yield ""
    yield "Bevestig daarna de verzending met het kenmerk van BE-Alert."


def _texts(info: Info) -> Iterator[str]:
    yield ""
    yield f"[{info.language or 'nl-BE'}]"
    yield from filter(None, (info.headline, info.description, info.instruction, info.contact, info.web))
