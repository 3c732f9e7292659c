"""Makes the responses about the public contact of a network, without the contact itself: responses may be stored."""

from datetime import datetime

from pydantic import BaseModel

from buurtsein_registry.domain.public_contact import ConsentedContact


class ContactPublished(BaseModel):
    """The confirmation that everybody sees the contact, with the version of the consent and its moment."""

    consent_version: str
    consented_at: datetime


class ContactWithdrawn(BaseModel):
    """The confirmation that the contact is deleted; caches may show it for a minute more."""

    withdrawn: bool = True


def contact_published(made: ConsentedContact) -> ContactPublished:
    """Return the confirmation for the coordinator."""
    return ContactPublished(consent_version=made.consent_version, consented_at=made.consented_at)
