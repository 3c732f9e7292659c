"""Defines the address that a person gives in a request, and the official address that the registry stores."""

from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.geography import Latitude, Longitude, Postcode
from buurtsein_kernel import addresses
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name
from buurtsein_registry.commands.fields import BoxNumber, EstablishmentNumber, box_of

AddressId = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._:/-]+$")]
_NOT_USED = Field(default=None, description="Not used: the registry looks the address up.")
"""Annotates the coordinates that clients of an earlier release send."""


class GivenAddress(Command):
    """The address at which a member lives, works or trades, as the person writes it."""

    street: Annotated[str, Field(min_length=1, max_length=100), Name]
    house_number: Annotated[str, Field(max_length=15, pattern=r"^[A-Za-z0-9/+-]+$")]
    box: BoxNumber | None = None
    postcode: Postcode
    establishment_number: EstablishmentNumber | None = None
    """The number of the establishment at this address, for a trader."""
    address_id: AddressId | None = None
    """The id in the source of addresses; in a request, that of the suggestion which the person chose, or None."""
    latitude: Latitude | None = _NOT_USED
    longitude: Longitude | None = _NOT_USED

    @model_validator(mode="before")
    @classmethod
    def _number_and_box_apart(cls, given: Any) -> Any:
        """Split a house number such as `303, bus 100` into house number 303 and box 100."""
        if not isinstance(given, dict) or not isinstance(given.get("house_number"), str):
            return given
        try:
            number, box = addresses.house_and_box(given["house_number"])
        except ValueError:
            raise PydanticCustomError("house_number", "Dit is geen huisnummer.") from None
        if box and given.get("box") and box_of(given["box"]) != box:
            raise PydanticCustomError("box", "Bij het huisnummer staat een andere bus.")
        return given | {"house_number": number} | ({"box": box} if box else {})


class Address(GivenAddress):
    """The address of a membership in its official spelling, with the id and the point of the official register.

    An address that the register does not have, and that the police may accept, has neither id nor point.
    """

    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @property
    def places(self) -> list[str]:
        """Return the texts for comparing addresses: equal addresses share a text. The first text is the one to store.

        For an address with an id, the first text is the id, so that boxes without their own id count as one place. The
        last text is the address, without differences in capitals and spaces, to compare with rows without an id.
        """
        parts = (self.postcode, self.street, self.house_number, self.box or "")
        text = "|".join(" ".join(part.casefold().split()) for part in parts)
        return [f"id|{self.address_id}", text] if self.address_id else [text]
