"""Shows whether a network would meet the conditions for funding now."""

from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.languages import Reader
from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events.funding import Condition
from buurtsein_funding.domain.conditions import conditions_of, told, whys_of
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.views.sentences import told_conditions
from buurtsein_kernel.days import brussels_day


class ConditionsNow(BaseModel):
    """The results of the four conditions for funding of a network now, with the caller as requester."""

    network_id: UUID
    kind: str | None
    name: str | None
    scheme: str
    form_version: str
    conditions: list[Condition]


def conditions_now(network: KnownNetwork, requester: str, given: Dependencies, reader: Reader) -> ConditionsNow:
    """Check the four conditions now; raise DomainError `scheme_unknown` when no scheme is valid."""
    day = brussels_day(given.clock.now())
    scheme = given.schemes.valid(day.year, day)
    answers = conditions_of(network, requester, scheme.form_version, day)
    return ConditionsNow(
        network_id=network.network_id,
        kind=network.approved.value.kind if network.approved else None,
        name=network.named.value if network.named else None,
        scheme=scheme.name,
        form_version=scheme.form_version,
        conditions=told_conditions(told(answers), whys_of(answers), reader),
    )
