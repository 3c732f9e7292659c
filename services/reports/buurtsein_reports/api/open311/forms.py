"""Reads the form of an Open311 service request, and makes the command that submits a report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from buurtsein_contracts.events.member import Language
from buurtsein_kernel.addresses import read_address
from buurtsein_reports.commands import SubmitReport


class RequestForm(BaseModel):
    """The form fields of a new Open311 service request that are read; other fields are ignored.

    The place is `lat` with `long`, or an `address_string` such as `Dorp 1 bus 2, 9300 Aalst`. An `address_id` chooses
    one of the addresses that an earlier answer suggested.
    """

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    service_code: str
    jurisdiction_id: str | None = None
    description: str = ""
    lat: str | None = None
    long: str | None = None
    address_string: str | None = None
    address_id: str | None = None
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    phone: str | None = None
    media_url: str | None = None
    happened_at: str | None = Field(default=None, alias="attribute[happened_at]")
    happening_now: Literal["yes", "no"] | None = Field(default=None, alias="attribute[happening_now]")
    answers: SkipJsonSchema[dict[str, str]] = {}
    """The answers to the questions of the kind of report, by the code of the question."""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """Return a client's form without its empty fields; raise RequestValidationError for a wrong field."""
        try:
            filled = {name: text for name, text in fields.items() if text.strip()}
            return cls.model_validate(filled | {"answers": _answers(filled)})
        except ValidationError as error:
            raise _invalid(error) from error

    def command(self, language: Language, now: datetime) -> SubmitReport:
        """Return the command that submits the report; without a time, it happened now. Raise RequestValidationError."""
        try:
            return SubmitReport.model_validate(self._values(language, now))
        except ValidationError as error:
            raise _invalid(error) from error

    def _values(self, language: Language, now: datetime) -> dict[str, Any]:
        name = f"{self.first_name} {self.last_name}".strip()
        return {
            "category": self.service_code,
            "text": self.description,
            "happened_from": self.happened_at or now,
            "happening_now": None if self.happening_now is None else self.happening_now == "yes",
            "location": {"latitude": self.lat, "longitude": self.long, **self._address()},
            "contact": {"name": name or None, "email": self.email, "phone": self.phone},
            "answers": self.answers,
            "language": language,
        }

    def _address(self) -> dict[str, str | None]:
        """Return the parts of the address; all of it is the street when it cannot be read, or when there is a point."""
        parts = None if self.lat or self.long else read_address(self.address_string or "")
        return {"address_id": self.address_id, **parts} if parts else {"street": self.address_string}


def _answers(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of the form that are answers to questions of the kind of report, by their code."""
    found = {name.removeprefix("attribute[").removesuffix("]"): text for name, text in fields.items() if "[" in name}
    return {code: text for code, text in found.items() if code not in {"happened_at", "happening_now"}}


def _invalid(error: ValidationError) -> RequestValidationError:
    """Return a field error in the form that FastAPI raises for an invalid body."""
    return RequestValidationError([dict(one) | {"loc": ("body", *one["loc"])} for one in error.errors()])
