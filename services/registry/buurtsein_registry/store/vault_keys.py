"""Counts the rows of the vault by installation key, and checks that the service has the keys that the vault needs."""

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.database import Connection
from buurtsein_kernel.keyring import Keyring


async def persons_by_key(connection: Connection) -> dict[str | None, int]:
    """Return how many persons' data keys are encrypted under each installation key.

    Who sent an enquiry counts as a person. The id None is that of rows that the release before wrote, and that are not
    encrypted yet.
    """
    rows = await connection.fetch(
        """select case when name is null then key_id end as key_id, count(*) as persons
           from (select name, key_id from person_vault union all select null, key_id from enquiry) as stored
           group by 1 order by 1"""
    )
    return {row["key_id"]: row["persons"] for row in rows}


async def require_keys(keyring: Keyring, connection: Connection) -> None:
    """Check that no data key in the vault is encrypted under an installation key that this service lacks.

    Raises:
        CommandError: `vault-key`, when a data key is encrypted under another one.
    """
    unknown = await connection.fetchval(
        """select key_id from person_vault where key_id <> all($1)
           union all select key_id from enquiry where key_id <> all($1) limit 1""",
        keyring.ids,
    )
    if unknown:
        raise CommandError(
            "vault-key",
            f"setting REGISTRY_VAULT_KEY: the vault has rows under the key with id {unknown}; this key has the id "
            f"{keyring.newest}, and REGISTRY_VAULT_OTHER_KEYS lacks that key too",
        )
