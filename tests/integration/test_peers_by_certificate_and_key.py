"""The notifier sends to real servers that recognise it by a client certificate (mutual TLS) or a key (SFTP)."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self, override

import asyncssh
import pytest
import trustme
from unit.notifier.notifier_settings import settings

from buurtsein_adapter_kit.conformance import AdapterConformance, MakeAdapter
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import IDENTIFIER, message
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_notifier.adapters import CannotSay, Delivered, Found, NotFound, Outcome, Refused, TryAgain, Unknown
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.sftp import Sftp, SftpSettings


class TlsPeer(HttpPeer):
    """An HTTPS server that takes only senders with a certificate of one authority."""

    trusted: trustme.CA

    @override
    def __enter__(self) -> Self:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.trusted.issue_cert("localhost").configure_cert(context)
        self.trusted.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        started = super().__enter__()
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = self.url.replace("http://127.0.0.1", "https://localhost")
        return started


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_peer(authority: trustme.CA) -> Iterator[TlsPeer]:
    peer = TlsPeer()
    peer.trusted = authority
    with peer:
        yield peer


def files_of(folder: Path, authority: trustme.CA, client: trustme.CA | None) -> dict[str, Path]:
    """Write the files of an authority and of a client's certificate; return the settings that name them."""
    authority.cert_pem.write_to_path(folder / "ca.pem")
    found = {"bealert_ca_file": folder / "ca.pem"}
    if client:
        own = client.issue_cert("notifier.gemeente.example")
        own.private_key_and_cert_chain_pem.write_to_path(folder / "own.pem")
        found["bealert_certificate_file"] = folder / "own.pem"
    return found


async def sent_over_tls(peer: TlsPeer, files: dict[str, Path]) -> tuple[Outcome, Any]:
    adapter = CapHttp(settings(adapter="cap-http", bealert_url=peer.url, **files), 5)
    outcome = await adapter.send(IDENTIFIER, message())
    status = await adapter.status(IDENTIFIER)
    await adapter.close()
    return outcome, status


async def test_a_peer_that_knows_the_certificate_takes_the_message(
    tls_peer: TlsPeer, authority: trustme.CA, tmp_path: Path
) -> None:
    outcome, status = await sent_over_tls(tls_peer, files_of(tmp_path, authority, authority))
    assert outcome == Delivered("kit-1")
    assert isinstance(status, Found)
    assert tls_peer.deliveries(IDENTIFIER) == 1


@pytest.mark.parametrize("client", [None, trustme.CA()], ids=["without a certificate", "with one of another authority"])
async def test_a_peer_that_does_not_know_the_certificate_turns_the_sender_away(
    tls_peer: TlsPeer, authority: trustme.CA, tmp_path: Path, client: trustme.CA | None
) -> None:
    outcome, status = await sent_over_tls(tls_peer, files_of(tmp_path, authority, client))
    assert outcome in {TryAgain("turned_away_certificate"), Unknown("ReadError")}
    assert isinstance(status, CannotSay)
    assert tls_peer.deliveries(IDENTIFIER) == 0


async def test_a_peer_of_another_authority_is_sent_nothing(
    tls_peer: TlsPeer, authority: trustme.CA, tmp_path: Path
) -> None:
    files = files_of(tmp_path, trustme.CA(), authority)
    outcome, _ = await sent_over_tls(tls_peer, files)
    assert outcome == TryAgain("ConnectError")


def test_a_certificate_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("no certificate")
    with pytest.raises(ValueError, match="bealert_certificate_file, bealert_key_file or bealert_ca_file"):
        settings(adapter="cap-http", bealert_certificate_file=tmp_path / "own.pem")
    with pytest.raises(ValueError, match="bealert_key_file needs bealert_certificate_file"):
        settings(adapter="cap-http", bealert_key_file=tmp_path / "own.pem")


class OneUser(asyncssh.SSHServer):
    """Lets in the user `bin` with the password or with the key that the server was given."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("bin", "geheim")


class SftpServer:
    """A real SFTP server on this machine, whose users see one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "uit", folder
        self.folder.mkdir()
        self.key, self.host_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-rsa")
        (folder / "authorized").write_bytes(self.key.export_public_key())
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.port = self.call(self._start(0))
        self.known(self.host_key)

    def known(self, key: asyncssh.SSHKey) -> None:
        public = key.export_public_key().decode()
        (self.home / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}")

    async def _start(self, port: int) -> int:
        self.server = await asyncssh.listen(
            "127.0.0.1",
            port,
            server_factory=OneUser,
            server_host_keys=[self.host_key],
            authorized_client_keys=str(self.home / "authorized"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self.home).encode()),
            reuse_address=True,
        )
        return self.server.get_port()

    async def _stop(self) -> None:
        self.server.close()
        await self.server.wait_closed()

    def call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def close(self) -> None:
        self.call(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def fail(self, failure: Failure) -> None:
        if failure is Failure.REFUSES:
            (self.folder / f"{IDENTIFIER}.xml").write_text("another message")
        elif failure is Failure.TURNS_AWAY:
            self.known(asyncssh.generate_private_key("ssh-ed25519"))
        else:
            self.call(self._stop())

    def deliveries(self, identifier: str) -> int:
        return int((self.folder / f"{identifier}.xml").exists())

    def adapter(self, **changes: Any) -> Sftp:
        key = self.key.export_private_key().decode()
        values = {"host": "127.0.0.1", "port": self.port, "user": "bin", "key": key, "folder": "uit"}
        return Sftp(SftpSettings(**values | {"known_hosts": self.home / "known_hosts"} | changes))


@pytest.fixture
def sftp_server(tmp_path: Path) -> Iterator[SftpServer]:
    running = SftpServer(tmp_path)
    yield running
    running.close()


class BackAgain(Sftp):
    """An SFTP adapter whose server comes back after the first message, which failed because the server was away."""

    server: SftpServer

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        if isinstance(outcome, TryAgain):
            await asyncio.to_thread(self.server.call, self.server._start(self.server.port))
        return outcome


class TestSftp(AdapterConformance):
    failures = frozenset({Failure.REFUSES, Failure.AWAY})

    @pytest.fixture
    def peer(self, sftp_server: SftpServer) -> SftpServer:
        return sftp_server

    @pytest.fixture
    def make_adapter(self, peer: SftpServer) -> MakeAdapter:
        def made() -> Sftp:
            adapter = BackAgain(peer.adapter()._settings)
            adapter.server = peer
            return adapter

        return made


async def test_a_file_over_sftp_is_complete_and_never_overwritten(sftp_server: SftpServer) -> None:
    adapter = sftp_server.adapter()
    assert await adapter.check() is None
    assert await adapter.status(IDENTIFIER) == NotFound()
    for _ in range(2):
        assert await adapter.send(IDENTIFIER, message()) == Delivered(f"{IDENTIFIER}.xml")
    assert [path.name for path in sftp_server.folder.iterdir()] == [f"{IDENTIFIER}.xml"]
    assert (sftp_server.folder / f"{IDENTIFIER}.xml").read_bytes() == message()
    (sftp_server.folder / f"{IDENTIFIER}.xml").write_text("another message")
    assert await adapter.send(IDENTIFIER, message()) == Refused("other_file_there")
    assert await sftp_server.adapter(folder="elders").check() == "no_folder"


async def test_a_password_lets_in_and_a_wrong_one_is_turned_away(sftp_server: SftpServer) -> None:
    assert isinstance(await sftp_server.adapter(key=None, password="geheim").send("a", message("a")), Delivered)
    wrong = sftp_server.adapter(key=None, password="mis")
    assert await wrong.send("b", message("b")) == TryAgain("turned_away_PermissionDenied")
    assert await wrong.status("b") == CannotSay("PermissionDenied")


async def test_a_server_with_another_key_gets_nothing(sftp_server: SftpServer) -> None:
    sftp_server.fail(Failure.TURNS_AWAY)
    outcome = await sftp_server.adapter().send(IDENTIFIER, message())
    assert isinstance(outcome, TryAgain)
    assert outcome.reason.startswith("turned_away_")
    assert sftp_server.deliveries(IDENTIFIER) == 0
