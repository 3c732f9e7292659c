"""Finds the place of a report: a point on the map, an official address, or a neighbourhood with a description."""

from datetime import date

from buurtsein_contracts.events.geography import Location
from buurtsein_kernel.addresses import house_and_box
from buurtsein_kernel.official_addresses import AddressQuery, Match, OfficialAddress, not_found
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.commands import Place
from buurtsein_reports.domain.report import Candidate, ReportedPlace
from buurtsein_reports.handlers.dependencies import Dependencies, Municipality
from buurtsein_reports.handlers.stores import Store

type LookedUp = OfficialAddress | DomainError | None
"""The official address of a report, or the error of its lookup; None for a report that needs no lookup."""


def needs_lookup(place: Place) -> bool:
    """Return whether a place has an address and no point."""
    return _typed_address(place) is not None


def _typed_address(place: Place) -> tuple[str, str, str] | None:
    """Return the street, house number and postcode of a place that has them and no point."""
    if _is_point(place) or not (place.street and place.house_number and place.postcode):
        return None
    return place.street, place.house_number, place.postcode


async def look_up(place: Place, given: Dependencies) -> LookedUp:
    """Look up the address of a report that has an address and no point, before the transaction of the request.

    The error is returned and not raised, because other errors of the report come before it.
    """
    typed = _typed_address(place)
    if typed is None:
        return None
    street, house_number, postcode = typed
    try:
        number, box = house_and_box(house_number)
        match = await given.addresses.match(AddressQuery(street, number, place.box or box, postcode, place.address_id))
    except ValueError:
        return not_found(Match(None))
    except DomainError as unavailable:
        return unavailable
    return match.found or not_found(match)


def place_of(place: Place, looked_up: LookedUp, given: Dependencies) -> ReportedPlace:
    """Return the place of a report.

    Raises:
        DomainError: the error of the lookup, `neighbourhood_unknown`, `location_missing`, `outside_area`.
    """
    if isinstance(looked_up, DomainError):
        raise looked_up
    found = _found(place, looked_up, given)
    if not given.municipality.has_point(found.location.longitude, found.location.latitude):
        raise DomainError("outside_area", "Deze plaats ligt niet in de gemeente.")
    return found


def _found(place: Place, address: OfficialAddress | None, given: Dependencies) -> ReportedPlace:
    nis, typed = given.municipality.nis, place.model_dump(include={"street", "house_number", "box"})
    if place.latitude is not None and place.longitude is not None:
        point = Location(latitude=place.latitude, longitude=place.longitude, nis=nis, postcode=place.postcode)
        return ReportedPlace(location=point, **typed)
    if address:
        point = Location(latitude=address.latitude, longitude=address.longitude, nis=nis, postcode=address.postcode)
        official = {"street": address.street, "address_id": address.address_id}
        return ReportedPlace(location=point, **typed | official)
    if place.description and not _is_half_a_point(place):
        return _described(place, nis, given)
    detail = "Duid op de kaart aan waar het was, geef een adres met postcode, of beschrijf de plaats en kies een wijk."
    raise DomainError("location_missing", detail)


def _described(place: Place, nis: str, given: Dependencies) -> ReportedPlace:
    part = given.neighbourhoods.require(place.neighbourhood)
    point = Location(
        latitude=part.latitude,
        longitude=part.longitude,
        nis=nis,
        postcode=place.postcode,
        within_metres=part.metres,
    )
    return ReportedPlace(
        location=point, street=place.street, place_description=place.description, neighbourhood=part.name
    )


def _is_point(place: Place) -> bool:
    return place.latitude is not None and place.longitude is not None


def _is_half_a_point(place: Place) -> bool:
    return (place.latitude is None) is not (place.longitude is None)


async def networks_at(location: Location, day: date, municipality: Municipality, store: Store) -> list[Candidate]:
    """Return the networks, recognised on a day, whose area contains a place."""
    point = (location.longitude, location.latitude)
    around = await store.networks_around(*point, day)
    return [network for network, area in around if municipality.is_in(area, *point)]
