"""Defines the commands that enter one row of a list which somebody kept elsewhere; each is the body of one request."""

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
    """The row of another list: the name of the list, and the number of the row, which are never personal data."""

    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$")]


class ImportNetwork(ApplyForNetwork):
    """A network of another list, for which the applicant (pseudonym) asked on paper, and why it is entered."""

    source: Source
    applicant: Pseudonym
    reason: Reason


class ImportMember(JoinNetwork):
    """A member of another list, who agreed on paper to a version of the consent on a day, and why it is entered."""

    source: Source
    consented_on: date
    reason: Reason


class ImportMemberAtAddress(ImportMember, JoinAtAddress):
    """A member of another list, after the registry has looked the address up."""

    address: Address
