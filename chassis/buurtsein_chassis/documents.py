"""Stores models as JSON documents in one column, and the number of each document's schema in another column.

Invariant: a document is written with one number, by default the newest. A row with an earlier number is converted when
it is read, by one pure function from each number to the next, so that a table never has to be rewritten when its model
changes.

The document of a `Versioned` record also has the names of the fields that its last versions changed. They are no field
of the model, so that they need no schema number: a release that does not know them leaves them out.

A table has a column `document jsonb` and a column `schema smallint not null default 1`. After a change of the model
that makes stored rows unreadable, or that adds a field which an earlier release would lose, add a function to the
model's `Documents`, and keep a row with the number before in its test. Two releases run side by side during an upgrade:
the first release that reads a new number still writes the one before (`written`), and the release after it writes the
new one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import BaseModel

from buurtsein_kernel.versions import Versioned

type Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Converts a document from one schema number to the next: returns it in the later form. It may change its argument."""


class UnknownSchema(Exception):
    """Raised for a row that a later release wrote; an earlier release must not change such a row."""


@dataclass(frozen=True, slots=True)
class Documents[Model: BaseModel]:
    """Writes and reads the documents of one model."""

    model: type[Model]
    upcasts: Sequence[Upcast] = ()
    """The functions from number 1 to 2, from 2 to 3, and so on."""
    written: int | None = None
    """The number with which documents are written, while the release before this one, which does not know the newest,
    may run beside it; None for the newest. What is written must then have a form that both releases read."""

    @property
    def newest(self) -> int:
        """Return the highest schema number that this program can read."""
        return len(self.upcasts) + 1

    @property
    def schema(self) -> int:
        """Return the schema number that this program stores with each document that it writes."""
        return self.written or self.newest

    def write(self, document: Model) -> str:
        """Return the JSON to store in the column `document`; its schema number is the property `schema`."""
        return document.written() if isinstance(document, Versioned) else document.model_dump_json()

    def read_row(self, row: asyncpg.Record) -> Model:
        """Return the model from a row with `document` and `schema`; raise UnknownSchema for an unknown number."""
        return self.read(row["document"], row["schema"])

    def read(self, document: str, schema: int) -> Model:
        """Return the model from a document and its schema number; raise UnknownSchema for an unknown number."""
        if schema == self.newest:
            return self._model(document)
        if not 1 <= schema < self.newest:
            raise UnknownSchema(f"{self.model.__name__}: schema {schema}, {self.newest} at most is known here")
        stored = json.loads(document)
        for upcast in self.upcasts[schema - 1 :]:
            stored = upcast(stored)
        return self._model(json.dumps(stored))

    def _model(self, document: str) -> Model:
        model = self.model.model_validate_json(document)
        return model.read_from(document) if isinstance(model, Versioned) else model
