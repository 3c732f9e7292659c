"""Decides on a network that was recognised before this system existed, and is entered from its documents.

Invariant: only the content of the documents is stored and put into events. The earlier steps that led to the
recognition get no acts, persons or events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from buurtsein_contracts import EventData
from buurtsein_contracts.events.network import Approval, ApproverRole
from buurtsein_kernel.days import BRUSSELS, brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain.application import approved
from buurtsein_registry.domain.charter import Charter
from buurtsein_registry.domain.fod import Letter, recognised, require_document
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.domain.states import NetworkState


@dataclass(frozen=True, slots=True)
class PaperCharter:
    """A charter on paper: the day of each of its three signatures, and the SHA-256 of the document if it is known."""

    signed_on: date
    korpschef_on: date
    burgemeester_on: date
    document_sha256: str | None = None

    @property
    def approved_on(self) -> date:
        """Return the day of the later of the two approvals."""
        return max(self.korpschef_on, self.burgemeester_on)


def take_over(
    network: Network, paper: PaperCharter, recognition: Recognition, letter: Letter, now: datetime
) -> Sequence[EventData]:
    """Mark a new network as recognised, with the data of its documents; return NetworkApproved and NetworkRecognised.

    The letter of the FOD (ministry of the interior) is the proof, so its SHA-256 is needed from everybody.

    Raises:
        DomainError: `same_person`; `document_missing`; `start_in_future` when a day of the documents is in the future;
            and the errors of `Recognition.check_dates`.
    """
    network.act_for(letter.side, letter.actor)
    require_document(letter)
    recognition.check_dates()
    _refuse_future(max(paper.signed_on, paper.approved_on, recognition.start), now)
    network.charters.append(_first_version(paper))
    network.recognition, network.taken_over_on = recognition, brussels_day(now)
    network.note("take_over", letter.actor, now, letter.document_sha256)
    network.enter(NetworkState.RECOGNISED, now)
    noon = datetime.combine(paper.approved_on, time(12), BRUSSELS)
    return [approved(network, network.newest, noon), recognised(network, recognition, letter.actor, now)]


def _first_version(paper: PaperCharter) -> Charter:
    """Return the first version of the charter that the registry knows; its three parts are on paper only."""
    days = {ApproverRole.KORPSCHEF: paper.korpschef_on, ApproverRole.BURGEMEESTER: paper.burgemeester_on}
    return Charter(
        version=1,
        communication_plan="",
        budget_plan="",
        document_sha256=paper.document_sha256,
        signed_on=paper.signed_on,
        approvals=[Approval(role=role, decided_on=day) for role, day in days.items()],
    )


def _refuse_future(day: date, now: datetime) -> None:
    if day > brussels_day(now):
        raise DomainError("start_in_future", "Deze datum ligt in de toekomst. Voer dit in op de dag zelf.")
