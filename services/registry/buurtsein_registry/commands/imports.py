"""Defines the commands that import one row of a list kept outside the registry; each is the body of one request."""

from datetime import date
from typing import Annotated

from pydantic import Field

from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.commands import Command
from buurtsein_registry.commands.addresses import Address
from buurtsein_registry.commands.fields import Reason, Sha256
from buurtsein_registry.commands.members import JoinAtAddress, JoinNetwork
from buurtsein_registry.commands.networks import ApplyForNetwork, LetterReference
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.domain.taking_over import PaperCharter


class Source(Command):
    """The origin of an imported row: the name of the list and the number of the row, without personal data."""

    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$")]


class RecognisedBefore(Command):
    """A recognition from before this system existed, with data from the letter of the FOD and the charter on paper."""

    start: date
    end: date | None = None
    renewal_on: date | None = None
    reference: LetterReference
    document_sha256: Sha256 | None = None
    """The SHA-256 of the letter of the FOD, which proves the recognition; it is needed."""
    signed_on: date
    """The day on which the coordinator signed the charter; the next two fields are for korpschef and burgemeester."""
    korpschef_on: date
    burgemeester_on: date
    charter_sha256: Sha256 | None = None
    conditions: Reason | None = None

    @property
    def recognition(self) -> Recognition:
        """Return the recognition for the domain."""
        return Recognition.model_validate(self.model_dump(include=set(Recognition.model_fields)))

    @property
    def paper(self) -> PaperCharter:
        """Return the charter on paper for the domain."""
        return PaperCharter(self.signed_on, self.korpschef_on, self.burgemeester_on, self.charter_sha256)


class ImportNetwork(ApplyForNetwork):
    """An imported network, with the reason for the import.

    `applicant` (a pseudonym) applied for it on paper; of a network that is recognised already it is the person who
    speaks for the neighbourhood here.
    """

    source: Source
    applicant: Pseudonym
    reason: Reason
    recognised: RecognisedBefore | None = None


class ImportMember(JoinNetwork):
    """An imported member, who accepted a version of the consent on paper on a day, with the reason for the import."""

    source: Source
    consented_on: date
    reason: Reason


class ImportMemberAtAddress(ImportMember, JoinAtAddress):
    """An imported member, after the registry has looked the member's address up in the address register."""

    address: Address
