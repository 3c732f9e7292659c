"""Documents: models that are stored as JSON in one column, beside the number of their schema in another.

Invariant: what is written has the newest number. A row of an earlier number is changed step by step when it is read, by
one pure function from each number to the next, so that a table never has to be rewritten when its model changes.

A table has a column `document jsonb` and a column `schema smallint not null default 1`. After a change of the model
that makes stored rows unreadable, add a function to the model's `Documents` and keep a row of the number before in its
test.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

type Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes a document as it was stored under one number; gives what it is under the next. It may change its argument."""


class UnknownSchema(Exception):
    """The row was written by a later release than this one."""


@dataclass(frozen=True, slots=True)
class Documents[Model: BaseModel]:
    """How the rows of one model are written and read."""

    model: type[Model]
    upcasts: Sequence[Upcast] = ()
    """From number 1 to 2, from 2 to 3, and so on."""

    @property
    def schema(self) -> int:
        """The number under which a document is written."""
        return len(self.upcasts) + 1

    def write(self, document: Model) -> str:
        """The JSON for the column `document`; the number for the column `schema` is `schema`."""
        return document.model_dump_json()

    def read(self, document: str, schema: int) -> Model:
        """The model from both columns; UnknownSchema when a later release wrote the row."""
        if schema == self.schema:
            return self.model.model_validate_json(document)
        if not 1 <= schema < self.schema:
            raise UnknownSchema(f"{self.model.__name__}: schema {schema}, {self.schema} at most is known here")
        stored = json.loads(document)
        for upcast in self.upcasts[schema - 1 :]:
            stored = upcast(stored)
        return self.model.model_validate_json(json.dumps(stored))
