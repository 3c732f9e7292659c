"""A projection as a service declares it: a table with one row for each stream, folded from the stream's events.

The row holds the stream's key, the folded state as a document with its schema number, and columns computed from the
state for the service's own queries. Invariant: a row depends on the stream's events and on nothing else, so that it
can be made again from them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_chassis.documents import Documents
from buurtsein_contracts import Event
from buurtsein_contracts.topics import Topic


def _no_values(_: BaseModel) -> Sequence[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Projection[S: BaseModel]:
    """What is kept of each stream, in which table, and how an event changes it."""

    name: str
    """Also the name of the consumer that keeps it."""
    version: int
    """To be raised when events give other rows than before; the rows are stale until they are rebuilt."""
    topics: Sequence[Topic]
    table: str
    """Has the columns `schema` (smallint) and `document` (jsonb) beside the key and those declared here."""
    key: str
    """The column with the stream's key, a uuid and the table's primary key."""
    documents: Documents[S]
    begin: Callable[[str], S]
    """Gives the state of a stream of which nothing was read, by its key."""
    fold: Callable[[S, Event[Any]], S]
    """Gives the state with one more event; pure."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns computed from the state: SQL type by name."""
    values: Callable[[S], Sequence[Any]] = _no_values
    """Computes those columns, in their order."""

    async def apply(self, event: Event[Any], uow: UnitOfWork) -> None:
        """Fold one event into its row."""
        await self.folded([event], uow.connection)

    async def apply_many(self, events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
        """Fold the events of a batch into their rows, with one statement to read and one to write."""
        await self.folded(events, uow.connection)

    async def folded(self, events: Sequence[Event[Any]], connection: Connection) -> list[tuple[S | None, S]]:
        """Fold events into their rows; returns each changed state as it was (None: no row) and as it is now."""
        before = await self.load(connection, {event.key for event in events})
        after = dict(before)
        for event in events:
            after[event.key] = self.fold(after.get(event.key) or self.begin(event.key), event)
        changed = {key: state for key, state in after.items() if state != before.get(key)}
        await self.save(connection, changed)
        return [(before.get(key), state) for key, state in changed.items()]

    async def load(self, connection: Connection, keys: Sequence[str] | set[str]) -> dict[str, S]:
        """The states of these streams, by key; those without a row are left out."""
        rows = await connection.fetch(f"{self._selected} where {self.key} = any($1::uuid[])", list(keys))
        return {row["key"]: self.documents.read(row["document"], row["schema"]) for row in rows}

    async def find(self, connection: Connection, condition: str, *arguments: object) -> list[S]:
        """The states of the rows that fulfil a condition in SQL, in the order of their keys."""
        rows = await connection.fetch(f"{self._selected} where {condition} order by {self.key}", *arguments)
        return [self.documents.read(row["document"], row["schema"]) for row in rows]

    async def keys(self, connection: Connection) -> set[str]:
        """The keys of all rows."""
        return {row["key"] for row in await connection.fetch(f"select key from ({self._selected}) rows")}  # noqa: S608

    async def save(self, connection: Connection, states: Mapping[str, S]) -> None:
        """Write the rows of these streams in one statement."""
        if not states:
            return
        keys = sorted(states)
        values = [self.values(states[key]) for key in keys]
        columns = [list(column) for column in zip(*values, strict=True)] if self.columns else []
        documents = [self.documents.write(states[key]) for key in keys]
        await connection.execute(self._upsert, keys, documents, *columns)

    @property
    def kept(self) -> Sequence[str]:
        """The names of the columns that the projection writes, the key first."""
        return [self.key, "schema", "document", *self.columns]

    @property
    def _selected(self) -> str:
        return f"select {self.key}::text as key, schema, document from {self.table}"  # noqa: S608 # declared names

    @property
    def _upsert(self) -> str:
        types = ["uuid", "jsonb", *self.columns.values()]
        given = ", ".join(f"${n}::{type_name}[]" for n, type_name in enumerate(types, 1))
        names = ", ".join(["key", "document", *self.columns])
        changed = ", ".join(f"{name} = excluded.{name}" for name in self.kept if name != self.key)
        return f"""insert into {self.table} ({self.key}, document, {", ".join([*self.columns, "schema"])})
            select given.*, {self.documents.schema} from unnest({given}) as given ({names})
            on conflict ({self.key}) do update set {changed}"""  # noqa: S608 # declared names
