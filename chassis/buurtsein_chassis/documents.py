"""Stores models as JSON documents in one column, with the number of their schema in another.

Invariant: a document is always written with the newest number. A row with an earlier number is converted when it is
read, by one pure function from each number to the next, so that a table never has to be rewritten when its model
changes.

A table has a column `document jsonb` and a column `schema smallint not null default 1`. After a change of the model
that makes stored rows unreadable, add a function to the model's `Documents`, and keep a row with the number before in
its test.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import BaseModel

type Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Converts a document from one schema number to the next: returns it in the later form. It may change its argument."""


class UnknownSchema(Exception):
    """Raised for a row that a later release than this one wrote."""


@dataclass(frozen=True, slots=True)
class Documents[Model: BaseModel]:
    """Writes and reads the documents of one model."""

    model: type[Model]
    upcasts: Sequence[Upcast] = ()
    """The functions from number 1 to 2, from 2 to 3, and so on."""

    @property
    def schema(self) -> int:
        """Return the number with which documents are written."""
        return len(self.upcasts) + 1

    def write(self, document: Model) -> str:
        """Return the JSON for the column `document`; the column `schema` gets the number of `schema`."""
        return document.model_dump_json()

    def read_row(self, row: asyncpg.Record) -> Model:
        """Return the model from a row with the columns `document` and `schema`; raise UnknownSchema as `read` does."""
        return self.read(row["document"], row["schema"])

    def read(self, document: str, schema: int) -> Model:
        """Return the model from both columns; raise UnknownSchema when a later release wrote the row."""
        if schema == self.schema:
            return self.model.model_validate_json(document)
        if not 1 <= schema < self.schema:
            raise UnknownSchema(f"{self.model.__name__}: schema {schema}, {self.schema} at most is known here")
        stored = json.loads(document)
        for upcast in self.upcasts[schema - 1 :]:
            stored = upcast(stored)
        return self.model.model_validate_json(json.dumps(stored))
