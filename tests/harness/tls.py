"""Makes a certificate authority (CA) for tests, which no machine trusts, and servers with its certificates."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def private_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return the CA certificate's file, and the TLS context of a server on 127.0.0.1 with a certificate of this CA."""
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = folder / "ca.pem"
    ca.write_bytes(_certificate("the tests' own", authority, authority, _of_authority()))
    shown = folder / "server.pem"
    key = server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown.write_bytes(key + _certificate("127.0.0.1", server, authority, _of_server()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    return ca, context


@dataclass(frozen=True)
class Authority:
    """A certificate authority for tests, which signs certificates for a server on 127.0.0.1 and for clients."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def ca(self) -> Path:
        """Return the file with the CA certificate."""
        path = self.folder / "authority.pem"
        if not path.exists():
            path.write_bytes(_certificate("the tests' own", self.key, self.key, _of_authority()))
        return path

    def shown_by(self, name: str) -> Path:
        """Return a file with a new key and certificate, for a client's name or for the server `127.0.0.1`."""
        key = ec.generate_private_key(ec.SECP256R1())
        path = self.folder / f"{name}.pem"
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        path.write_bytes(private + _certificate(name, key, self.key, _of_server()))
        return path


class _Greet(BaseRequestHandler):
    server: "Greeter"

    def handle(self) -> None:
        try:
            self.server.shown.wrap_socket(self.request, server_side=True).close()
        except OSError:
            return
        self.server.welcomed += 1


class Greeter(ThreadingTCPServer):
    """A server that does TLS handshakes, closes each connection, and counts the successful handshakes."""

    daemon_threads = True

    def __init__(self, shown: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Greet)
        self.shown = shown
        self.welcomed = 0
        self.port = int(self.server_address[1])


@contextmanager
def greeting(shown: ssl.SSLContext) -> Iterator[Greeter]:
    """Run a server that only does TLS handshakes, and stop it after the `with` block."""
    server = Greeter(shown)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def _certificate(
    name: str,
    subject: ec.EllipticCurvePrivateKey,
    authority: ec.EllipticCurvePrivateKey,
    extensions: list[x509.ExtensionType],
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named("the tests' own"))
        .public_key(subject.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
    )
    about = x509.SubjectKeyIdentifier.from_public_key(subject.public_key())
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    for extension in (*extensions, about, by):
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _of_authority() -> list[x509.ExtensionType]:
    signs = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    usage = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, decipher_only=False, **signs)
    return [x509.BasicConstraints(ca=True, path_length=0), usage]


def _of_server() -> list[x509.ExtensionType]:
    return [x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])]
