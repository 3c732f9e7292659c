"""Signs CAP messages with an enveloped XML signature, and verifies one with a pinned certificate.

Invariant: a signature is only verified with the certificate that the caller gives, never with the certificate in the
message; only the signed part of a message is returned.
"""

from dataclasses import dataclass

from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap.xml import parse, within_limit

_METHODS = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.ECDSA_SHA256})
_DIGESTS = frozenset({DigestAlgorithm.SHA256})
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key and the certificate of a sender, both as PEM."""

    key: str
    certificate: str

    def sign(self, xml: bytes) -> bytes:
        """Return a message with an RSA-SHA256 signature at its end; the same message gives the same bytes.

        Raises:
            DomainError: `cap_not_xml`, `cap_doctype` or `cap_too_large`.
        """
        signed = XMLSigner().sign(parse(xml), key=self.key, cert=self.certificate)
        return within_limit(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def verified(xml: bytes, certificate: str) -> bytes:
    """Return the signed part of a message, without its signature, after verifying it with a pinned certificate.

    Raises:
        DomainError: `cap_signature` without a good signature of this certificate; `cap_not_xml`, `cap_doctype` or
            `cap_too_large`.
    """
    expected = SignatureConfiguration(
        signature_methods=_METHODS, digest_algorithms=_DIGESTS, location="./", expect_references=1
    )
    try:
        result = XMLVerifier().verify(parse(xml), x509_cert=certificate, expect_config=expected)
    except (SignXMLException, ValueError) as error:
        raise DomainError("cap_signature", "Het bericht is niet ondertekend door de verwachte afzender.") from error
    found = result[0] if isinstance(result, list) else result
    signed = found.signed_xml
    if signed is None or signed.tag != parse(xml).tag:
        raise DomainError("cap_signature", "De handtekening geldt niet voor het hele bericht.")
    for one in signed.findall(_SIGNATURE):
        signed.remove(one)
    return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
