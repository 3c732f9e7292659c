"""Decides on the recognition of a network by the FOD (the ministry of the interior).

The FOD enters its answer itself, or police or city enter it from the FOD's letter. Invariant: a network is recognised
only when the FOD says so, on the days of the recognition. Each function changes the network and returns the events to
record, or raises DomainError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkRecognised, NetworkReturned, NetworkSentToFod
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain.charter import Refusal, RefusedBy
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.domain.states import NetworkState


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the FOD (ministry of the Interior) about a network, as the FOD, the police or the city enters it."""

    actor: str
    side: Side
    document_sha256: str | None = None


def send_to_fod(network: Network, actor: str, now: datetime) -> Sequence[EventData]:
    """Record that the signed charter was sent to the ministry (FOD); return NetworkSentToFod."""
    network.act_for(Side.LOCAL, actor)
    network.require("send_to_fod")
    network.note("send_to_fod", actor, now)
    network.enter(NetworkState.SUBMITTED_TO_FOD, now)
    return [
        NetworkSentToFod(
            network_id=network.network_id, charter_version=network.newest.version, actor=actor, sent_at=now
        )
    ]


def recognise(network: Network, recognition: Recognition, letter: Letter, now: datetime) -> Sequence[EventData]:
    """Record that the ministry (FOD) recognised the network; return NetworkRecognised."""
    require_letter(network, "recognise", letter)
    recognition.check_dates()
    network.note("recognise", letter.actor, now, letter.document_sha256)
    network.recognition = recognition
    network.enter(NetworkState.RECOGNISED, now)
    return [recognised(network, recognition, letter.actor, now)]


def renew(network: Network, renewal: Recognition, letter: Letter, now: datetime) -> Sequence[EventData]:
    """Record that the ministry (FOD) renewed the recognition; return NetworkRecognised with the new days.

    Raises DomainError `renewal_leaves_gap` when the renewal begins after a gap and the present recognition is not over.
    """
    require_letter(network, "renew", letter)
    renewal.check_dates()
    present = network.recognition
    network.recognition = present.followed_by(renewal, brussels_day(now)) if present else renewal
    network.note("renew", letter.actor, now, letter.document_sha256)
    return [recognised(network, network.recognition, letter.actor, now)]


def return_charter(network: Network, reason: str, letter: Letter, now: datetime) -> Sequence[EventData]:
    """Record that the ministry (FOD) returned the charter, with the reason; return NetworkReturned."""
    require_letter(network, "return_charter", letter)
    network.note("return_charter", letter.actor, now, letter.document_sha256)
    charter = network.newest
    charter.refusal = Refusal(by=RefusedBy.FOD, reason=reason, actor=letter.actor, refused_on=brussels_day(now))
    network.enter(NetworkState.RETURNED, now)
    return [
        NetworkReturned(
            network_id=network.network_id, charter_version=charter.version, actor=letter.actor, returned_at=now
        )
    ]


def require_letter(network: Network, action: str, letter: Letter) -> None:
    """Check that a person may enter this letter of the ministry now, and store the person's side; raise DomainError.

    Staff of police and city give the SHA-256 of the letter (`document_missing`); the FOD itself need not.
    """
    network.act_for(letter.side, letter.actor)
    network.require(action)
    if letter.side is not Side.FOD:
        require_document(letter)


def require_document(letter: Letter) -> None:
    """Raise DomainError `document_missing` unless the SHA-256 of the letter is given."""
    if letter.document_sha256 is None:
        raise DomainError("document_missing", "Geef de SHA-256 van de brief van de FOD op (document_sha256).")


def recognised(network: Network, recognition: Recognition, actor: str, now: datetime) -> NetworkRecognised:
    """Return the event NetworkRecognised with the days of a recognition that somebody enters now."""
    return NetworkRecognised(
        network_id=network.network_id,
        status=RecognitionStatus.ACTIVE,
        start=recognition.start,
        end=recognition.end,
        renewal_on=recognition.renewal_on,
        reference=recognition.reference,
        actor=actor,
        recognised_at=now,
    )
