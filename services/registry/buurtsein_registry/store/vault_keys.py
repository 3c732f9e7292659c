"""Counts the rows of the vault by installation key, and checks that the service has the keys that the vault needs."""

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.database import Connection
from buurtsein_kernel.keyring import Keyring
from buurtsein_registry.store.sealed_rows import KEYS


async def persons_by_key(connection: Connection) -> dict[str | None, int]:
    """Return how many persons' data keys are encrypted under each installation key.

    An enquiry, and the public contact of a coordinator, each count as a person. The key None counts rows from an
    earlier version of the service that are not encrypted yet.
    """
    rows = await connection.fetch(
        f"""select key_id, count(*) as persons
            from (select case when name is null then key_id end as key_id from person_vault union all {KEYS}) as stored
            group by 1 order by 1"""  # noqa: S608 # constants of the program
    )
    return {row["key_id"]: row["persons"] for row in rows}


async def require_keys(keyring: Keyring, connection: Connection) -> None:
    """Check that no data key in the vault is encrypted under an installation key that this service lacks.

    Raises:
        CommandError: `vault-key`, when a data key is encrypted under an installation key that is not in `keyring`.
    """
    unknown = await connection.fetchval(
        f"""select key_id from (select key_id from person_vault union all {KEYS}) as stored
            where key_id <> all($1) limit 1""",  # noqa: S608 # constants of the program
        keyring.ids,
    )
    if unknown:
        raise CommandError(
            "vault-key",
            f"setting REGISTRY_VAULT_KEY: the vault has rows under the key with id {unknown}; this key has the id "
            f"{keyring.newest}, and REGISTRY_VAULT_OTHER_KEYS lacks that key too",
        )
