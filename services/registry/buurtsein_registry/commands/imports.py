"""Defines the commands that import one row of a list kept outside the registry; each is the body of one request."""

from datetime import date
from typing import Annotated

from pydantic import Field

from buurtsein_contracts.model import Pseudonym
from buurtsein_kernel.commands import Command
from buurtsein_registry.commands.addresses import Address
from buurtsein_registry.commands.fields import Reason
from buurtsein_registry.commands.members import JoinAtAddress, JoinNetwork
from buurtsein_registry.commands.networks import ApplyForNetwork


class Source(Command):
    """The origin of an imported row: the name of the list and the number of the row, without personal data."""

    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$")]


class ImportNetwork(ApplyForNetwork):
    """An imported network, for which the applicant (pseudonym) applied on paper, with the reason for the import."""

    source: Source
    applicant: Pseudonym
    reason: Reason


class ImportMember(JoinNetwork):
    """An imported member, who accepted a version of the consent on paper on a day, with the reason for the import."""

    source: Source
    consented_on: date
    reason: Reason


class ImportMemberAtAddress(ImportMember, JoinAtAddress):
    """An imported member, after the registry has looked the member's address up in the address register."""

    address: Address
