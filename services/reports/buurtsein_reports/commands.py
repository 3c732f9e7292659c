"""What can be asked of reports.

What a person forgot to say is absent here and refused by the domain, with a code of its own; what is not even a
report (a field that does not exist, a number that is a word) is refused here.
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

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=LONG_AGO)]


class Place(Command):
    """Where it happened; a report needs at least the two coordinates (WGS84)."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    postcode: Annotated[Postcode, Joined] | None = None
    street: Annotated[str, Field(max_length=100), AnyText] | None = None
    house_number: Annotated[str, Field(max_length=20), Straight] | None = None


class Contact(Command):
    """How the reporter can be reached; nobody has to say who they are."""

    name: Annotated[str, Field(max_length=120), AnyName] | None = None
    email: Annotated[str, EMAIL, Joined] | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9+()./ -]{6,30}$"), Straight] | None = None


System = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""The name of another system, within which the numbers of its records are unique."""


class Source(Command):
    """The record of another system that a report is made from, such as the row of a hotline's export."""

    system: System
    number: Annotated[str, Field(min_length=1, max_length=60), AnyName]

    def typed(self) -> Iterator[str]:
        """What is searched for national numbers.

        A number with letters is the other system's own; some digits in it may pass the check of a national number.
        """
        yield self.system
        if not any(map(str.isalpha, self.number)):
            yield self.number


class AskSources(Command):
    """Which of these records became a report?"""

    system: System
    numbers: list[Annotated[str, Field(max_length=60), AnyText]] = Field(max_length=200)


class SubmitReport(Command):
    """Somebody tells what happened."""

    category: Annotated[str, Field(max_length=60), AnyText] = ""
    text: Annotated[str, Field(max_length=3000), AnyText] = ""
    danger: bool = False
    in_progress: bool = False
    happening_now: bool | None = None
    """The answer to the question whether it happens now or somebody is in danger."""
    happened_from: Moment | None = None
    happened_to: Moment | None = None
    location: Place = Place()
    contact: Contact = Contact()
    channel: ReportChannel = ReportChannel.WEB
    source: Source | None = None
    language: Language = Language.NL

    def said(self) -> dict[str, Any]:
        """What makes it this report and no other: all but how it is asked."""
        return self.model_dump(exclude={"danger", "in_progress", "happening_now", "language"})

    def texts(self) -> Iterator[str | None]:
        """Everything a person typed."""
        yield from (self.category, self.text, self.location.street, self.location.house_number)
        yield from (self.contact.name, self.contact.email, self.contact.phone)
        yield from self.source.typed() if self.source else ()
