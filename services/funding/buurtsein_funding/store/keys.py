"""Encrypts accounts under the newest installation key, and says which keys the stored accounts need."""

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.database import Connection
from buurtsein_chassis.sealed_rows import wrap_anew
from buurtsein_kernel.keyring import Keyring

SEALED = {"payment_account": "application_id::text", "payment_batch": "batch_id::text"}
"""The tables with accounts, each with the SQL of the text that is authenticated with the encrypted values of a row."""
_KEYS = " union all ".join(f"select key_id from {table} where key_id is not null" for table in SEALED)  # noqa: S608 # constants of the program


async def encrypt_some(connection: Connection, keyring: Keyring, most: int) -> int:
    """Encrypt at most `most` data keys under the newest installation key; return how many."""
    done = 0
    for table, about in SEALED.items():
        done += await wrap_anew(connection, keyring, table, about, most - done)
    return done


async def accounts_by_key(connection: Connection) -> dict[str | None, int]:
    """Return how many accounts and payment files are encrypted under each installation key, by the id of the key."""
    rows = await connection.fetch(f"select key_id, count(*) as number from ({_KEYS}) as stored group by 1 order by 1")  # noqa: S608 # constants of the program
    return {row["key_id"]: row["number"] for row in rows}


async def require_keys(keyring: Keyring, connection: Connection) -> None:
    """Check that this service has the installation key of each account; raise CommandError `account-key`."""
    if unknown := next(iter((await accounts_by_key(connection)).keys() - {*keyring.ids}), None):
        raise CommandError(
            "account-key",
            f"setting FUNDING_ACCOUNT_KEY: there are accounts under the key with id {unknown}; this key has the id "
            f"{keyring.newest}, and FUNDING_ACCOUNT_OTHER_KEYS lacks that key too",
        )
