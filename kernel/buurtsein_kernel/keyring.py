"""Encrypts data under a data key of each person or thing, and the data keys under installation keys.

Invariant: what is encrypted can be read only with the same key and for the same person or thing, because its id is
authenticated with it (AES-256-GCM, associated data). A data key is never stored unencrypted.
"""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's data key, encrypted under the installation key with the id `key_id`."""

    key_id: str
    encrypted: bytes


class Keyring:
    """The installation keys: the newest encrypts data keys, and the older ones only decrypt them."""

    def __init__(self, newest: str, others: Sequence[str] = ()) -> None:
        """Take the secret texts of the installation keys; the id of each key is computed from its text."""
        self._keys = {_derived(secret, "id", 4).hex(): secret for secret in (newest, *others)}
        self.newest = next(iter(self._keys))
        """The id of the newest key."""

    @property
    def ids(self) -> list[str]:
        """Return the ids of all keys, the newest first."""
        return list(self._keys)

    def wrap(self, data_key: bytes, person: str) -> WrappedKey:
        """Encrypt a person's data key under the newest installation key."""
        return WrappedKey(self.newest, encrypted(self._wrapping(self.newest), data_key, person))

    def unwrap(self, wrapped: WrappedKey, person: str) -> bytes:
        """Decrypt a person's data key with the installation key under which it was encrypted.

        Raises:
            KeyError: the installation key is not known here.
            cryptography.exceptions.InvalidTag: the key is another person's, or was changed.
        """
        return decrypted(self._wrapping(wrapped.key_id), wrapped.encrypted, person)

    def digests(self, text: str) -> list[bytes]:
        """Return an HMAC of a text under each installation key, the newest first, to compare without decrypting."""
        return [hmac.digest(_derived(secret, "digest"), text.encode(), "sha256") for secret in self._keys.values()]

    def _wrapping(self, key_id: str) -> bytes:
        return _derived(self._keys[key_id], "wrap")


def new_data_key() -> bytes:
    """Return a new random data key of 256 bits."""
    return AESGCM.generate_key(256)


def encrypted(key: bytes, plain: bytes, about: str) -> bytes:
    """Encrypt bytes under a key; `about` is authenticated data that must be given again to decrypt them."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def decrypted(key: bytes, sealed: bytes, about: str) -> bytes:
    """Decrypt the result of `encrypted`; raise InvalidTag for another key, another `about`, or changed bytes."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())


def _derived(secret: str, purpose: str, length: int = 32) -> bytes:
    """Derive a key for one purpose from a secret text (HKDF-SHA256), so that no key serves two purposes."""
    return HKDF(SHA256(), length, None, f"buurtsein vault {purpose}".encode()).derive(secret.encode())
