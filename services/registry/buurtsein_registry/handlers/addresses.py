"""Looks up a person's address in the official address register, and checks where and how full the address is."""

from uuid import UUID

from buurtsein_kernel.official_addresses import AddressQuery, not_found
from buurtsein_kernel.problems import conflict
from buurtsein_registry import commands
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import PersonStore


async def with_address(command: commands.JoinNetwork, given: Dependencies) -> commands.JoinAtAddress:
    """Return a request to become a member with its official address; raise the errors of `find_address`.

    An address that the source does not have is kept as it was written when the person asks the police for an exception.
    """
    address = await find_address(command.address, given, may_be_unknown=command.asks_exception)
    return commands.JoinAtAddress.model_validate(command.model_dump() | {"address": address.model_dump()})


async def import_with_address(command: commands.ImportMember, given: Dependencies) -> commands.ImportMemberAtAddress:
    """Return an imported row with its official address; raise the errors of `find_address`."""
    address = await find_address(command.address, given, may_be_unknown=command.asks_exception)
    return commands.ImportMemberAtAddress.model_validate(command.model_dump() | {"address": address.model_dump()})


def is_inside(address: commands.Address, network: Network, given: Dependencies) -> bool:
    """Return whether an address lies in a network's area; False for an address that is not in the address register."""
    if address.longitude is None or address.latitude is None:
        return False
    return given.municipality.is_in(network.area.model_dump(), address.longitude, address.latitude)


async def require_room(network_id: UUID, address: commands.Address, given: Dependencies, store: PersonStore) -> None:
    """Raise `address_full` when an address has as many members of a network as the installation allows."""
    if await store.members_at(network_id, address) >= given.rules.most_members_per_address:
        raise conflict("address_full", "Voor dit adres zijn er al zoveel leden als het netwerk toelaat.")


async def find_address(
    written: commands.GivenAddress, given: Dependencies, *, may_be_unknown: bool = False
) -> commands.Address:
    """Return the official address that matches a person's address, with the box number as the person wrote it.

    Call this before the transaction of the request, because a slow source may not keep a database connection.

    Raises:
        DomainError: `address_unknown`, with up to five addresses that resemble it as `suggestions`; or
            `address_ambiguous`, with several houses that have this address, of which one is chosen by its id.
        AddressSourceUnavailable: the source gives no answer; nothing was stored.
    """
    asked = AddressQuery(written.street, written.house_number, written.box, written.postcode, written.address_id)
    match = await given.addresses.match(asked)
    if match.found is None and may_be_unknown and not match.several:
        unknown = {"address_id": None, "longitude": None, "latitude": None}
        return commands.Address.model_validate(written.model_dump() | unknown)
    if match.found is None:
        raise not_found(match)
    official = match.found
    return commands.Address.model_validate(
        written.model_dump()
        | {"street": official.street, "postcode": official.postcode, "address_id": official.address_id}
        | {"longitude": official.longitude, "latitude": official.latitude}
    )
