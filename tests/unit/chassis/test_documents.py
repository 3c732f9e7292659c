"""A stored document with an earlier release's schema number is read as the current model."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from buurtsein_chassis.documents import Documents, UnknownSchema
from buurtsein_chassis.problem import handle_problems


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


async def test_a_client_is_told_to_try_again_when_a_later_release_stored_the_record() -> None:
    app = FastAPI()
    handle_problems(app)

    @app.get("/person")
    def person() -> Person:
        return PERSONS.read(EVERY_ROW[3], 4)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/person")
    assert (answer.status_code, answer.json()["code"]) == (503, "newer_document")
    assert answer.headers["Retry-After"] == "2"


class WithNickname(BaseModel):
    first: str
    nickname: str | None = None


def test_an_upgrade_in_two_releases_loses_no_field_and_refuses_no_row() -> None:
    first = Documents(WithNickname, [dict], written=1)
    second = Documents(WithNickname, [dict])
    by_first, by_second = first.write(WithNickname(first="An")), second.write(WithNickname(first="An", nickname="A"))
    assert (first.schema, second.schema) == (1, 2)
    assert second.read(by_first, first.schema).first == "An"
    assert first.read(by_second, second.schema).nickname == "A"


def test_in_one_release_the_release_before_refuses_the_row() -> None:
    """If one release both adds a schema number and writes it, the previous release cannot read the row."""
    before = Documents(WithNickname)
    with pytest.raises(UnknownSchema):
        before.read('{"first": "An", "nickname": "A"}', 2)
