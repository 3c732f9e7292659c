"""Defines the commands on persons; each is the body of one request."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.commands import Command
from buurtsein_registry.commands.addresses import GivenAddress
from buurtsein_registry.commands.fields import EmailAddress, PersonName, PhoneNumber


class CorrectPerson(Command):
    """A request of a person to correct their name, e-mail address and mobile number."""

    name: PersonName
    email: EmailAddress | None = None
    mobile: PhoneNumber


class CorrectAddress(Command):
    """A request of a member to correct the address of one membership."""

    address: GivenAddress


class ConfirmErasures(Command):
    """A request in which a consumer confirms that it deleted all its data about the persons in these events."""

    consumer: Annotated[str, Field(max_length=62, pattern=r"^[a-z][a-z0-9-]*$")]
    events: list[UUID] = Field(min_length=1, max_length=500)


class ErasePerson(Command):
    """A request of an official to delete the data of a person who asked for it, or who died."""

    reason: Literal[ErasureReason.REQUESTED, ErasureReason.DECEASED]
