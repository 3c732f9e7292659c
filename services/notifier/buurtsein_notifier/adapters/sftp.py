"""Writes CAP messages to a folder on another machine over SFTP, from which its owner collects the files.

Invariant: a file with its final name is complete, and the same message written twice is one file. Nothing is sent
to a machine that does not have the key in `known_hosts`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import asyncssh
from pydantic import Field, SecretStr, model_validator

from buurtsein_notifier.adapters import (
    TURNED_AWAY,
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Refused,
    TryAgain,
)
from buurtsein_notifier.adapters.found import AdapterSettings

SECONDS = 5.0
_LARGEST = 1024 * 1024
_NOT_LET_IN = (asyncssh.PermissionDenied, asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed)
asyncssh.set_log_level("WARNING")  # at INFO it logs addresses


class SftpSettings(AdapterSettings):
    """The other machine with its key, the user with a key or a password, and the folder."""

    host: str
    port: int = Field(default=22, ge=1, le=65_535)
    user: str
    known_hosts: Path = Field(description="a file with the machine's key, as OpenSSH writes it")
    key: SecretStr | None = None
    password: SecretStr | None = None
    folder: str = "."

    @model_validator(mode="after")
    def _proves_who_it_is(self) -> "SftpSettings":
        if self.key is None and self.password is None:
            raise ValueError("sftp needs a key or a password")
        if not self.known_hosts.is_file():
            raise ValueError("known_hosts cannot be read")
        return self


class Sftp:
    """Writes one file for each message, `<identifier>.xml`, over a connection of its own."""

    name = "sftp"
    settings = SftpSettings

    def __init__(self, settings: SftpSettings) -> None:
        """Make the adapter from its settings; it connects for each message."""
        self._settings = settings
        key = settings.key.get_secret_value() if settings.key else None
        self._keys = [asyncssh.import_private_key(key)] if key else None

    async def check(self) -> str | None:
        """Return why no file can be written now, or None when the folder is there."""
        try:
            async with self._connected() as sftp:
                return None if await sftp.isdir(self._settings.folder) else "no_folder"
        except (OSError, asyncssh.Error) as error:
            return type(error).__name__

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Write the message to a file; an existing file with different content is never overwritten."""
        begun = False
        try:
            async with self._connected() as sftp:
                begun = True
                return await self._written(sftp, self._path(identifier), xml)
        except _NOT_LET_IN as error:
            return TryAgain(f"{TURNED_AWAY}_{type(error).__name__}")
        except (OSError, asyncssh.Error) as error:
            return TryAgain(type(error).__name__, find_first=begun)

    async def status(self, identifier: str) -> Answer:
        """Return Found if the message's file exists, NotFound if it does not exist, CannotSay after an error."""
        path = self._path(identifier)
        try:
            async with self._connected() as sftp:
                return Found(Path(path).name) if await sftp.exists(path) else NotFound()
        except (OSError, asyncssh.Error) as error:
            return CannotSay(type(error).__name__)

    async def close(self) -> None:
        """Do nothing: no connection stays open."""

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncssh.SFTPClient]:
        given = self._settings
        async with (
            asyncio.timeout(2 * SECONDS),
            asyncssh.connect(
                given.host,
                given.port,
                username=given.user,
                password=given.password.get_secret_value() if given.password else None,
                client_keys=self._keys,
                known_hosts=str(given.known_hosts),
                config=None,
                agent_path=None,
                connect_timeout=SECONDS,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):
            yield sftp

    def _path(self, identifier: str) -> str:
        return f"{self._settings.folder}/{quote(identifier, safe='@')}.xml"

    async def _written(self, sftp: asyncssh.SFTPClient, path: str, xml: bytes) -> Outcome:
        name = Path(path).name
        if await sftp.exists(path):
            async with sftp.open(path, "r") as file:
                return Delivered(name) if await file.read(_LARGEST) == xml.decode() else Refused("other_file_there")
        new = f"{path}.new"
        async with sftp.open(new, "wb") as file:
            await file.write(xml)
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()
        await sftp.posix_rename(new, path)
        return Delivered(name)
