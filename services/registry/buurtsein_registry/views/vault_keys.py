"""Makes the response that shows operators under which installation keys the vault is encrypted."""

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_kernel.keyring import Keyring
from buurtsein_registry.store.vault_keys import persons_by_key


class VaultKey(BaseModel):
    """An installation key that encrypts persons' data keys, by its id, which reveals nothing about the key."""

    key_id: str
    newest: bool
    persons: int
    """The number of persons whose data key is encrypted under it; a key without any is no longer needed."""


class VaultKeys(BaseModel):
    """The installation keys under which persons' data keys are encrypted."""

    keys: list[VaultKey]
    waiting: int
    """The number of persons whose row is not yet encrypted under the newest key; a worker does that."""


async def vault_keys(connection: Connection, keyring: Keyring) -> VaultKeys:
    """Return the installation keys of this service, the newest first, with the number of persons under each key."""
    found = await persons_by_key(connection)
    keys = [VaultKey(key_id=one, newest=one == keyring.newest, persons=found.get(one, 0)) for one in keyring.ids]
    return VaultKeys(keys=keys, waiting=sum(found.values()) - found.get(keyring.newest, 0))
