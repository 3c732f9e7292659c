"""Defines the commands with which police and coordinators write an alert, and change one before its release."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.alert import AlertKind, Purpose
from buurtsein_contracts.events.geography import Latitude, Longitude
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.commands.fields import DrawnArea, Why
from buurtsein_notifier.domain.campaign import Minutes
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.texts import DUTCH, Texts

MOST_NETWORKS = 50
"""The maximum number of networks of one alert."""

type Language = Literal["nl", "fr", "de", "en"]
Line = Annotated[str, Field(min_length=3, max_length=160), Name]
Words = Annotated[str, Field(min_length=3, max_length=1000), Plain]


class Place(Command):
    """A place in degrees (WGS84), and the distance in metres around it in which members get the alert."""

    longitude: Longitude
    latitude: Latitude
    metres: int = Field(default=100, ge=25, le=20_000)


class WrittenTexts(Command):
    """The texts of an alert in one language; the headline is also the SMS."""

    event: Line
    headline: Line
    description: Words
    instruction: Words


class Audience(Command):
    """The receivers of an alert: the named networks, or all networks that the drawn area or the place touches."""

    networks: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST_NETWORKS)
    area: DrawnArea | None = None
    place: Place | None = None

    @property
    def is_given(self) -> bool:
        """Return whether the command says who gets the alert."""
        return any((self.networks, self.area, self.place))

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(one is not None for one in (self.networks, self.area, self.place)) > 1:
            raise PydanticCustomError("audience_twice", "Kies netwerken, een gebied of een plaats: een van de drie.")
        return self


class Worded(Audience):
    """The fields of an alert that people write and can change before the release; a field left out does not change."""

    kind: AlertKind | None = None
    category: Category | None = None
    severity: Severity | None = None
    certainty: Certainty | None = None
    response: list[ResponseType] | None = Field(default=None, min_length=1, max_length=5)
    channels: list[Channel] | None = Field(default=None, min_length=1, max_length=3)
    texts: dict[Language, WrittenTexts] | None = Field(default=None, min_length=1)
    valid_minutes: Minutes | None = None

    @property
    def worded(self) -> dict[str, Texts] | None:
        """Return the written texts by language, Dutch first; None when none were written."""
        if self.texts is None:
            return None
        texts: dict[str, Texts] = {one: Texts(**text.model_dump()) for one, text in self.texts.items()}
        return {DUTCH: texts.pop(DUTCH)} | texts

    @model_validator(mode="after")
    def _in_dutch(self) -> Self:
        if self.texts is not None:
            _require_dutch(self.texts)
        return self


def _require_dutch(texts: dict[Language, WrittenTexts]) -> None:
    if DUTCH not in texts:
        raise PydanticCustomError("dutch_missing", "Schrijf het bericht zeker ook in het Nederlands.")


class Write(Worded):
    """A request to write a new alert, after a call or from a report, with texts of the person or of a rule."""

    kind: AlertKind
    template: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")] | None = None
    """The id of the rule whose texts, channels and terms are used where the command gives none."""
    report_id: UUID | None = None
    """The report from which the alert starts; its place is the audience, when the command names none."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.is_given and self.report_id is None:
            raise PydanticCustomError("audience_missing", "Kies netwerken, een gebied, een plaats of een melding.")
        if self.texts is None and self.template is None:
            raise PydanticCustomError("texts_missing", "Schrijf het bericht, of kies een regel met teksten.")
        if self.category is None and self.report_id is None:
            raise PydanticCustomError("category_missing", "Kies een categorie.")
        return self


class FollowUp(Command):
    """A message that follows an alert that was sent: an update, an all-clear, or the feedback that police owe."""

    purpose: Literal[Purpose.UPDATE, Purpose.ALL_CLEAR, Purpose.FEEDBACK]
    texts: dict[Language, WrittenTexts] = Field(min_length=1)
    valid_minutes: Minutes | None = None

    @property
    def worded(self) -> dict[str, Texts]:
        """Return the written texts by language."""
        return {one: Texts(**text.model_dump()) for one, text in self.texts.items()}

    @model_validator(mode="after")
    def _in_dutch(self) -> Self:
        _require_dutch(self.texts)
        return self


class Feedback(Command):
    """A note that the police gave the members feedback in another way, such as by the coordinator or at a meeting."""

    how: Why


class Edit(Worded):
    """A request to change an alert before its release; a first release by one of two officers is undone."""

    reason: Why | None = None
    """The reason for the change; it is required to keep a text that seems to contain what must not be spread."""


class Propose(Command):
    """A request to put a written alert before the police."""

    accept: Why | None = None
    """Why a text that seems to contain a plate, a name or the like stays as it is."""
