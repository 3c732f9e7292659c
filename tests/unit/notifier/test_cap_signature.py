"""A signed message is valid by the schema, and any change, other certificate or moved signature is found."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from unit.notifier.test_cap_xml import everything

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap import check_schema, from_xml, to_xml
from buurtsein_notifier.cap.signature import Signer, verified


def signer(name: str) -> Signer:
    """Return a signer with a new key and a certificate that it signed itself."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Signer(private.decode(), made.public_bytes(serialization.Encoding.PEM).decode())


OURS = signer("bin.gemeente.example")
THEIRS = signer("iemand.anders.example")
XML = to_xml(everything())
SIGNED = OURS.sign(XML)


def test_a_signed_message_is_valid_and_tells_the_same() -> None:
    assert check_schema(SIGNED) == []
    assert from_xml(verified(SIGNED, OURS.certificate)) == everything()
    assert OURS.sign(XML) == SIGNED


@pytest.mark.parametrize(
    "changed",
    [
        SIGNED.replace(b"Inbraak in uw buurt", b"Brand in uw buurt"),
        SIGNED.replace(b"Exercise", b"Actual"),
        THEIRS.sign(XML),
        XML,
        b"<wrap>" + SIGNED.partition(b"?>")[2] + b"</wrap>",
    ],
    ids=["a text changed", "an exercise made real", "another sender", "no signature", "wrapped in another document"],
)
def test_a_message_that_the_pinned_sender_did_not_sign_is_refused(changed: bytes) -> None:
    assert changed != SIGNED
    with pytest.raises(DomainError, match="cap_signature"):
        verified(changed, OURS.certificate)
