"""Defines the commands on enquiries; each is the body of one request."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Plain
from buurtsein_registry.commands.fields import EmailAddress, PhoneNumber, Version, require_contact
from buurtsein_registry.domain.enquiry import EnquiryStatus


class SendEnquiry(Command):
    """A question from anybody to the coordinators of a network, with an e-mail address or phone number to answer to."""

    text: Annotated[str, Field(min_length=10, max_length=2000), Plain]
    email: EmailAddress | None = None
    phone: PhoneNumber | None = None
    consent: Literal[True]
    """The person agrees that the coordinators see and use these data to answer."""
    consent_version: Version

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        """Check that there is an e-mail address or a phone number to answer to."""
        require_contact(self.email, self.phone)
        return self


class WithdrawEnquiry(Command):
    """A request of the sender to delete an enquiry, with the token that the sender got."""

    withdrawal_token: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CloseEnquiry(Command):
    """A request of a coordinator to mark an enquiry as answered or as spam."""

    outcome: Literal[EnquiryStatus.ANSWERED, EnquiryStatus.SPAM]
