"""Encrypts accounts and payment files, each text under a data key of its own, as the registry's vault does.

Invariant: the data key is stored beside the data only, so that nothing can be read after the row is deleted.
"""

from dataclasses import dataclass

from buurtsein_kernel.keyring import Keyring, WrappedKey, decrypted, encrypted, new_data_key


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text that is encrypted under `data_key`, which is encrypted under the installation key with the id `key_id`."""

    data: bytes
    key_id: str
    data_key: bytes


def seal(keyring: Keyring, text: str, about: str) -> Sealed:
    """Encrypt a text; `about` is the id of what it belongs to, and must be given again to decrypt it."""
    key = new_data_key()
    wrapped = keyring.wrap(key, about)
    return Sealed(encrypted(key, text.encode(), about), wrapped.key_id, wrapped.encrypted)


def unseal(keyring: Keyring, sealed: Sealed, about: str) -> str:
    """Decrypt a text; raise KeyError for an unknown installation key, and InvalidTag for another `about`."""
    key = keyring.unwrap(WrappedKey(sealed.key_id, sealed.data_key), about)
    return decrypted(key, sealed.data, about).decode()
