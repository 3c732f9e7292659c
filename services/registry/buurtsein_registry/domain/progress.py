"""Computes how far the approval of a network's charter is: the steps that are done, and the offices that must act next.

It names offices and days only, never a person, so that anybody who knows the network's reference may read it.
"""

import secrets
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from buurtsein_contracts.events.network import ApproverRole
from buurtsein_kernel.days import brussels_day
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Deed
from buurtsein_registry.domain.states import IN_DUTCH, NetworkState


class Office(StrEnum):
    """The office that must act next on a charter; the value for police and city means that either of them may act."""

    NEIGHBOURHOOD = "neighbourhood"
    KORPSCHEF = "korpschef"
    BURGEMEESTER = "burgemeester"
    POLICE_OR_CITY = "police_or_city"
    FOD = "fod"


class StepName(StrEnum):
    """A step in the approval of a charter; the members are listed in the order of the steps."""

    APPLY = "apply"
    SIGN = "sign"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_TO_FOD = "send_to_fod"
    RECOGNISE = "recognise"


class Step(BaseModel):
    """One step in the approval of a charter: the office that takes the step, and the day on which the step was done."""

    step: StepName
    office: Office
    done_on: date | None = None


class Waiting(BaseModel):
    """A step in the approval of a charter that an office must take, and the day since which it waits."""

    step: StepName
    office: Office
    since: date | None = None


WAITS_FOR: dict[NetworkState, StepName] = {
    NetworkState.DRAFT: StepName.SIGN,
    NetworkState.REJECTED: StepName.SIGN,
    NetworkState.RETURNED: StepName.SIGN,
    NetworkState.CHARTER_READY: StepName.SUBMIT,
    NetworkState.UNDER_REVIEW: StepName.APPROVE,
    NetworkState.AMENDING: StepName.APPROVE,
    NetworkState.APPROVED: StepName.SEND_TO_FOD,
    NetworkState.SUBMITTED_TO_FOD: StepName.RECOGNISE,
}
"""The step for which a network waits in each state; in other states it waits for nothing."""

_OFFICES: dict[StepName, tuple[Office, ...]] = {
    StepName.APPLY: (Office.NEIGHBOURHOOD,),
    StepName.SIGN: (Office.NEIGHBOURHOOD,),
    StepName.SUBMIT: (Office.NEIGHBOURHOOD,),
    StepName.APPROVE: (Office.KORPSCHEF, Office.BURGEMEESTER),
    StepName.SEND_TO_FOD: (Office.POLICE_OR_CITY,),
    StepName.RECOGNISE: (Office.FOD,),
}
_AMENDMENT = (StepName.SIGN, StepName.SUBMIT, StepName.APPROVE)
"""The steps of a new version of the charter of a recognised network."""


def new_reference() -> str:
    """Return a random reference for a charter: four groups of four hexadecimal digits."""
    digits = secrets.token_hex(8)
    return "-".join(digits[at : at + 4] for at in range(0, 16, 4))


def waiting(network: Network) -> list[Waiting]:
    """Return the charter steps that offices must take now; none when the charter is in force or the network ended."""
    step = WAITS_FOR.get(network.state)
    since = brussels_day(network.state_since) if network.state_since else None
    offices = _OFFICES[step] if step else ()
    decided = {approval.role.value for approval in network.approvals} if step is StepName.APPROVE else set()
    return [Waiting(step=step, office=office, since=since) for office in offices if step and office not in decided]


def states_waiting_for(office: Office) -> list[NetworkState]:
    """Return the network states in which this office may have to act; it has nothing to do if it decided already."""
    return [state for state, step in WAITS_FOR.items() if office in _OFFICES[step]]


def steps(network: Network) -> list[Step]:
    """Return the steps of the newest charter version; for an amendment in progress, the steps of an amendment only."""
    names: Sequence[StepName] = _AMENDMENT if network.state is NetworkState.AMENDING else tuple(StepName)
    return [
        Step(step=name, office=office, done_on=_done_on(network, name, office))
        for name in names
        for office in _OFFICES[name]
    ]


def said(network: Network) -> str:
    """Return a Dutch sentence that says how far the approval of the charter is."""
    words = "het netwerk is erkend" if network.state is NetworkState.RECOGNISED else IN_DUTCH[network.state]
    return f"{words[0].upper()}{words[1:]}."


def _done_on(network: Network, step: StepName, office: Office) -> date | None:
    """Return the day on which a step was done for the newest charter version; None for a step not yet done."""
    charter = network.charter
    match step:
        case StepName.SIGN:
            return charter.signed_on if charter else None
        case StepName.APPROVE:
            given = {approval.role: approval.decided_on for approval in network.approvals}
            return given.get(ApproverRole(office))
        case StepName.APPLY:
            return _last(network, ("apply",))
        case StepName.SUBMIT:
            return _last(network, ("submit", "amend"), charter.version if charter else 0)
        case StepName.SEND_TO_FOD:
            return None if _is_before_fod(network) else _last(network, ("send_to_fod",))
        case StepName.RECOGNISE:
            return _recognised_on(network)


def _recognised_on(network: Network) -> date | None:
    """Return when the recognition was entered; the first day of the recognition for a network that was taken over."""
    if network.recognition is None:
        return None
    return network.recognition.start if network.taken_over_on else _last(network, ("recognise",))


def _is_before_fod(network: Network) -> bool:
    return network.recognition is None and network.state is not NetworkState.SUBMITTED_TO_FOD


def _last(network: Network, actions: tuple[Deed, ...], version: int | None = None) -> date | None:
    """Return the day of the last of these actions on one charter version, or on any version when `version` is None."""
    found = [one.acted_at for one in network.acts if one.action in actions and version in (None, one.charter_version)]
    return brussels_day(found[-1]) if found else None
