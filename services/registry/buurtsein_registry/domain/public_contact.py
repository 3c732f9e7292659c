"""Defines the public contact of a network: how a coordinator lets everybody reach it, with that person's consent.

Invariant: only a present coordinator of the network has one, and nobody but that person gives or withdraws it.
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
