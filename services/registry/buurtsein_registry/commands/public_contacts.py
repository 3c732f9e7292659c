"""Defines the command on the public contact of a network; it is the body of one request."""

from typing import Literal, Self

from pydantic import model_validator

from buurtsein_kernel.commands import Command
from buurtsein_registry.commands.fields import EmailAddress, PhoneNumber, Version, require_contact


class PublishContact(Command):
    """A coordinator's own e-mail address, phone number, or both, which everybody may see from now on."""

    email: EmailAddress | None = None
    phone: PhoneNumber | None = None
    consent: Literal[True]
    """The person agrees that everybody sees these data, until the person withdraws it."""
    consent_version: Version

    @model_validator(mode="after")
    def _has_contact(self) -> Self:
        require_contact(self.email, self.phone)
        return self
