"""A document that an earlier release stored, with an earlier schema number, is read as the present model."""

from typing import Any

import pytest
from pydantic import BaseModel

from buurtsein_chassis.documents import Documents, UnknownSchema


class Person(BaseModel):
    first: str
    last: str
    language: str


def split_the_name(stored: dict[str, Any]) -> dict[str, Any]:
    first, last = stored["name"].split(" ", 1)
    return {"first": first, "last": last}


def add_a_language(stored: dict[str, Any]) -> dict[str, Any]:
    return stored | {"language": "nl"}


PERSONS = Documents(Person, [split_the_name, add_a_language])
EVERY_ROW = {
    1: '{"name": "An Peeters"}',
    2: '{"first": "An", "last": "Peeters"}',
    3: '{"first": "An", "last": "Peeters", "language": "nl"}',
}


@pytest.mark.parametrize("schema", EVERY_ROW)
def test_a_row_of_any_schema_is_read_as_the_model_is_now(schema: int) -> None:
    assert PERSONS.read(EVERY_ROW[schema], schema) == Person(first="An", last="Peeters", language="nl")


def test_a_document_is_written_with_the_newest_schema_and_can_be_read() -> None:
    person = Person(first="An", last="Peeters", language="fr")
    assert PERSONS.schema == 3
    assert PERSONS.read(PERSONS.write(person), PERSONS.schema) == person


@pytest.mark.parametrize("schema", [0, 4])
def test_a_row_with_an_unknown_schema_is_refused(schema: int) -> None:
    with pytest.raises(UnknownSchema, match=f"Person: schema {schema}"):
        PERSONS.read(EVERY_ROW[3], schema)
