"""Defines a projection: a table with one row for each stream, computed by a pure function from its events.

The row holds the stream's key, the folded state as a document with its schema number, and columns computed from the
state for the service's own queries. Invariant: a row depends only on the events of its stream, so that it can be
computed again from them.
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
    """The declaration of a projection: its topics, its table, and the function that computes a row from events."""

    name: str
    """The name of the projection, which is also the name of its consumer."""
    version: int
    """Raise this number when a change of the code gives other rows; rows of another number are stale until rebuilt."""
    topics: Sequence[Topic]
    table: str
    """The name of the table, which has the key, the columns `schema` (smallint) and `document` (jsonb), and those in
    `columns`."""
    key: str
    """The name of the column with the stream's key; the column is a uuid and the primary key of the table."""
    documents: Documents[S]
    begin: Callable[[str], S]
    """Returns the state before the first event of a stream, for the stream's key."""
    fold: Callable[[S, Event[Any]], S]
    """Returns the state after one more event; it is a pure function."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The SQL type, by name, of each column that is computed from the state."""
    values: Callable[[S], Sequence[Any]] = _no_values
    """Computes the values of `columns` from the state, in the same order."""

    async def apply(self, event: Event[Any], uow: UnitOfWork) -> None:
        """Update the row of the projection that has the key of the event."""
        await self.folded([event], uow.connection)

    async def apply_many(self, events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
        """Update the rows of a batch of events, with one statement that reads and one that writes."""
        await self.folded(events, uow.connection)

    async def folded(self, events: Sequence[Event[Any]], connection: Connection) -> list[tuple[S | None, S]]:
        """Update the rows for a batch of events; return each changed row's state before and after.

        The state before is None when there was no row.
        """
        before = await self.load(connection, {event.key for event in events})
        after = dict(before)
        for event in events:
            after[event.key] = self.fold(after.get(event.key) or self.begin(event.key), event)
        changed = {key: state for key, state in after.items() if state != before.get(key)}
        await self.save(connection, changed)
        return [(before.get(key), state) for key, state in changed.items()]

    async def load(self, connection: Connection, keys: Sequence[str] | set[str]) -> dict[str, S]:
        """Return the rows' states by stream key; streams without a row are left out."""
        rows = await connection.fetch(f"{self._selected} where {self.key} = any($1::uuid[])", list(keys))
        return {row["key"]: self.documents.read_row(row) for row in rows}

    async def find(self, connection: Connection, condition: str, *arguments: object) -> list[S]:
        """Return the states of the rows that match a condition in SQL, in the order of their keys."""
        rows = await connection.fetch(f"{self._selected} where {condition} order by {self.key}", *arguments)
        return [self.documents.read_row(row) for row in rows]

    async def keys(self, connection: Connection) -> set[str]:
        """Return the keys of all rows of the projection."""
        return {row["key"] for row in await connection.fetch(f"select key from ({self._selected}) rows")}  # noqa: S608

    async def save(self, connection: Connection, states: Mapping[str, S]) -> None:
        """Insert or update the rows of these streams, in one statement."""
        if not states:
            return
        keys = sorted(states)
        values = [self.values(states[key]) for key in keys]
        columns = [list(column) for column in zip(*values, strict=True)] if self.columns else []
        documents = [self.documents.write(states[key]) for key in keys]
        await connection.execute(self._upsert, keys, documents, *columns)

    @property
    def kept(self) -> Sequence[str]:
        """Return the names of the columns that the projection writes; the key column comes first."""
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
