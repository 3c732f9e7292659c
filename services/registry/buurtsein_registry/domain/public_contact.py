"""Defines a public contact: the e-mail address or phone number that a coordinator agreed to show to everybody.

Invariant: only present coordinators have a public contact, and they alone publish or withdraw it.
"""

from datetime import datetime

from pydantic import BaseModel


class PublicContact(BaseModel):
    """An e-mail address, a phone number, or both, as everybody sees them; without a name."""

    email: str | None = None
    phone: str | None = None


class ConsentedContact(BaseModel):
    """A public contact with the version of the text that the coordinator agreed to, and the moment."""

    contact: PublicContact
    consent_version: str
    consented_at: datetime
