"""Defines the commands on networks; each is the body of one request."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.geography import Postcode
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.events.network import EndReason, NetworkKind, SuspensionReason
from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Latin, Name
from buurtsein_registry.commands.fields import DrawnArea, Plan, Reason, Sha256, Version
from buurtsein_registry.domain.charter import Changes, CharterParts, ContactRole
from buurtsein_registry.domain.parts import Recognition

NetworkName = Annotated[str, Field(min_length=3, max_length=100), Name, Latin]
Streets = list[Annotated[str, Field(min_length=2, max_length=100), Name]]
Dwellings = Annotated[int, Field(ge=1, le=100_000)]
LetterReference = Annotated[str, Field(min_length=1, max_length=60), Name]
"""The reference that the FOD wrote on its letter."""


class ApplyForNetwork(Command):
    """An application of a neighbourhood to become a network."""

    name: NetworkName
    kind: NetworkKind
    area: DrawnArea
    postcodes: list[Postcode] = Field(min_length=1, max_length=20)
    streets: Streets = Field(default=[], max_length=200)
    """The whole streets of the area."""
    dwellings: Dwellings | None = None
    languages: list[Language] = Field(default=[Language.NL], min_length=1, max_length=len(Language))

    @field_validator("languages")
    @classmethod
    def _has_dutch(cls, languages: list[Language]) -> list[Language]:
        if Language.NL not in languages:
            raise PydanticCustomError("dutch_missing", "Nederlands is altijd een van de talen.")
        return list(dict.fromkeys(languages))


class CharterContact(Command):
    """A contact in the charter: a role and, for a person of the network or the police, the person's pseudonym."""

    role: ContactRole
    person: Pseudonym | None = None


class SignCharter(Command):
    """A request to sign a local charter with its three parts; a charter without contacts cannot be submitted yet."""

    contacts: list[CharterContact] = Field(default=[], max_length=20)
    communication_plan: Plan
    budget_plan: Plan
    document_sha256: Sha256 | None = None

    @property
    def parts(self) -> CharterParts:
        """Return the parts of the charter for the domain."""
        return CharterParts.model_validate(self.model_dump(include=set(CharterParts.model_fields)))


class AmendCharter(SignCharter):
    """A request to amend a recognised network's charter; it contains name, area and postcodes only when they change."""

    name: NetworkName | None = None
    area: DrawnArea | None = None
    postcodes: list[Postcode] | None = Field(default=None, min_length=1, max_length=20)
    streets: Streets | None = Field(default=None, min_length=1, max_length=200)
    dwellings: Dwellings | None = None

    @property
    def changes(self) -> Changes:
        """Return the changes of the amended charter: the name, the area, and the data about the area."""
        return Changes(**{name: getattr(self, name) for name in Changes.model_fields})


class Decide(Command):
    """A decision of chief of police (korpschef) or mayor (burgemeester) on a charter."""

    decision: Literal["approve", "reject"]
    reason: Reason | None = None
    conditions: Reason | None = None
    """Under which conditions the office approves."""

    @model_validator(mode="after")
    def _has_conditions_only_when_it_approves(self) -> Self:
        if self.conditions and self.decision == "reject":
            raise PydanticCustomError("conditions_not_possible", "Voorwaarden horen alleen bij een goedkeuring.")
        return self


class Recognise(Command):
    """A favourable answer of the FOD (ministry of the interior), with the dates of the recognition.

    Police and city, who enter it from the FOD's letter, give the SHA-256 of that document.
    """

    start: date
    end: date | None = None
    renewal_on: date | None = None
    reference: LetterReference
    document_sha256: Sha256 | None = None
    conditions: Reason | None = None
    """The conditions in the letter."""

    @property
    def recognition(self) -> Recognition:
        """Return the recognition for the domain."""
        return Recognition.model_validate(self.model_dump())


class ReturnCharter(Command):
    """An unfavourable answer of the FOD (ministry of the interior), with its reason."""

    reason: Reason
    document_sha256: Sha256 | None = None


class SuspendNetwork(Command):
    """A decision of the ministry (FOD) to suspend a recognition from a day on; without a day, from today."""

    reason: SuspensionReason
    start: date | None = None
    reference: LetterReference
    document_sha256: Sha256 | None = None


class ReinstateNetwork(Command):
    """A decision of the ministry (FOD) to lift a suspension from a day on; without a day, from today."""

    start: date | None = None
    reference: LetterReference | None = None
    document_sha256: Sha256 | None = None


class EndNetwork(Command):
    """The end of a network, with the reason and, when it merges, the network that it merges into."""

    reason: EndReason
    merged_into: UUID | None = None


class JoinBeAlert(Command):
    """The acceptance of a version of the BE-Alert conditions."""

    agreement_version: Version
