"""Defines the command that submits a report, and the query for records that are already reports.

A missing value is accepted here and refused by the domain, which has an error code for each. A body of another form,
with an unknown field or a text instead of a number, is refused here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from buurtsein_contracts.events.geography import Latitude, Longitude, Postcode
from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import EMAIL, AnyName, AnyText, Joined, Straight
from buurtsein_reports.domain.codes import Code
from buurtsein_reports.domain.questions import Answer

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=LONG_AGO)]


class ExactPlace(Command):
    """An exact place: a point (WGS84 degrees), else an address."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    postcode: Annotated[Postcode, Joined] | None = None
    street: Annotated[str, Field(max_length=100), AnyText] | None = None
    house_number: Annotated[str, Field(max_length=20), Straight] | None = None
    box: Annotated[str, Field(max_length=20), Straight] | None = None
    address_id: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._:/-]+$")] | None = None
    """The id of one of the addresses that an earlier answer suggested."""


class Place(ExactPlace):
    """The place of an incident: a point (WGS84 degrees), else an address, else a description with a neighbourhood."""

    description: Annotated[str, Field(max_length=300), AnyText] | None = None
    """Where it was, in the words of somebody who cannot point at the map."""
    neighbourhood: Annotated[str, Field(max_length=100), AnyText] | None = None
    """The neighbourhood that belongs to the description, one of `GET /v1/neighbourhoods`."""


class Contact(Command):
    """The contact data of the reporter; all of it is optional."""

    name: Annotated[str, Field(max_length=120), AnyName] | None = None
    email: Annotated[str, EMAIL, Joined] | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9+()./ -]{6,30}$"), Straight] | None = None


System = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""The name of another system, within which the numbers of its records are unique."""


class Source(Command):
    """The record of another system from which a report is made, such as a row of a hotline's export."""

    system: System
    number: Annotated[str, Field(min_length=1, max_length=60), AnyName]

    def typed(self) -> Iterator[str]:
        """Yield the texts of the record, which must not contain a national number (rijksregisternummer).

        A record number with letters is skipped, because its digits can look like a national number by chance.
        """
        yield self.system
        if not any(map(str.isalpha, self.number)):
            yield self.number


class AskSources(Command):
    """A request to tell which of the listed records of another system have already become a report."""

    system: System
    numbers: list[Annotated[str, Field(max_length=60), AnyText]] = Field(max_length=200)


class SubmitReport(Command):
    """A report of an incident, as the reporter submits it."""

    category: Annotated[str, Field(max_length=60), AnyText] = ""
    text: Annotated[str, Field(max_length=3000), AnyText] = ""
    answers: dict[Code, Answer] = Field(default={}, max_length=20)
    """The answers to the questions of the category, by the code of the question."""
    danger: bool = False
    in_progress: bool = False
    happening_now: bool | None = None
    """The reporter's answer to the question whether it happens now or somebody is in danger; None without one."""
    happened_from: Moment | None = None
    happened_to: Moment | None = None
    location: Place = Place()
    contact: Contact = Contact()
    channel: ReportChannel = ReportChannel.WEB
    source: Source | None = None
    language: Language = Language.NL
    in_account: bool = False
    """True when a reporter who is signed in wants to follow the report from the account, without keeping the token."""

    def values(self) -> dict[str, Any]:
        """Return the values that identify a repeated submission; not its language, account and answers."""
        return self.model_dump(exclude={"danger", "in_progress", "happening_now", "language", "in_account"})

    def texts(self) -> Iterator[str | None]:
        """Yield all texts of the report that a person typed."""
        place = self.location
        yield from (self.category, self.text, place.street, place.house_number, place.box)
        yield from (place.description, place.neighbourhood)
        yield from (self.contact.name, self.contact.email, self.contact.phone)
        yield from (one for one in self.answers.values() if isinstance(one, str))
        yield from self.source.typed() if self.source else ()
