"""Shows the neighbourhoods of the municipality."""

from pydantic import BaseModel

from buurtsein_reports.domain.neighbourhoods import Neighbourhood


class NeighbourhoodList(BaseModel):
    """The neighbourhoods that a reporter can choose from; it is empty when the installation has none."""

    items: list[Neighbourhood]
