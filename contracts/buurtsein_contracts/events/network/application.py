"""Defines the events of an application, from the request of a neighbourhood to the local approval."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.geography import Area, Nis, Postcode
from buurtsein_contracts.events.network.kinds import ApproverRole, NetworkKind
from buurtsein_contracts.model import EventData, EventPart, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import NETWORKS, Topic

CODE = r"^BINZ?-[A-Z0-9]{2,20}-[0-9]{4,6}$"


class Approval(EventPart):
    """The approval of a network by one local authority, the korpschef or the burgemeester."""

    role: ApproverRole = described("Who approved, by office.", "Wie goedkeurde, volgens ambt.")
    decided_on: date = described("Date of the decision.", "Datum van de beslissing.")
    actor: Pseudonym | None = described(
        "The office holder; absent for a network that was taken over, which was approved on paper.",
        "De ambtsdrager; ontbreekt bij een overgenomen netwerk, dat op papier goedgekeurd is.",
        Privacy.PSEUDONYM,
        default=None,
    )


class NetworkApplied(EventData):
    """A neighbourhood applied to become a network; a network that was taken over begins with NetworkApproved."""

    PURPOSE_NL: ClassVar[str] = (
        "Een buurt vroeg aan om een netwerk te worden; een overgenomen netwerk begint met NetworkApproved."
    )
    TYPE: ClassVar[str] = "be.bin.network.applied.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    code: str = described("Readable code.", "Leesbare code.", pattern=CODE)
    kind: NetworkKind = described("BIN or BIN-Z.", "BIN of BIN-Z.")
    name: str = described("Dutch name.", "Naam.", min_length=3, max_length=100)
    nis: Nis = described("Municipality.", "Gemeente.")
    postcodes: list[Postcode] = described("Postcodes of the area.", "Postcodes van het gebied.", max_length=20)
    police_zone: str = described("Police zone.", "Politiezone.", max_length=100)
    actor: Pseudonym = described("The applicant.", "De aanvrager.", Privacy.PSEUDONYM)
    applied_at: Timestamp = described("When.", "Wanneer.")


class NetworkSubmitted(EventData):
    """A version of the charter was submitted to korpschef and burgemeester for approval."""

    PURPOSE_NL: ClassVar[str] = "Een versie van het charter is voorgelegd aan korpschef en burgemeester."
    TYPE: ClassVar[str] = "be.bin.network.submitted.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    charter_version: int = described("Version of the charter.", "Versie van het charter.", ge=1)
    actor: Pseudonym = described("Who submitted it.", "Wie het voorlegde.", Privacy.PSEUDONYM)
    submitted_at: Timestamp = described("When.", "Wanneer.")


class NetworkRejected(EventData):
    """Korpschef or burgemeester rejected a version of the charter; a new version may follow."""

    PURPOSE_NL: ClassVar[str] = "De korpschef of de burgemeester weigerde een versie van het charter."
    TYPE: ClassVar[str] = "be.bin.network.rejected.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    charter_version: int = described("Version rejected.", "Geweigerde versie.", ge=1)
    role: ApproverRole = described("Who rejected, by office.", "Wie weigerde, volgens ambt.")
    actor: Pseudonym = described("The office holder.", "De ambtsdrager.", Privacy.PSEUDONYM)
    rejected_at: Timestamp = described("When.", "Wanneer.")


class NetworkApproved(EventData):
    """Korpschef and burgemeester have both approved the network; it is not recognised yet."""

    PURPOSE_NL: ClassVar[str] = "Korpschef en burgemeester keurden het netwerk allebei goed; het is nog niet erkend."
    TYPE: ClassVar[str] = "be.bin.network.approved.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    code: str = described("Readable code.", "Leesbare code.", pattern=CODE)
    kind: NetworkKind = described("BIN or BIN-Z.", "BIN of BIN-Z.")
    name: str = described("Dutch name.", "Naam.", min_length=3, max_length=100)
    nis: Nis = described("Municipality.", "Gemeente.")
    postcodes: list[Postcode] = described("Postcodes of the area.", "Postcodes van het gebied.", max_length=20)
    police_zone: str = described("Police zone.", "Politiezone.", max_length=100)
    area: Area = described("The network's area.", "Het gebied van het netwerk.")
    charter_version: int = described("Version of the charter approved.", "Versie van het goedgekeurde charter.", ge=1)
    approvals: list[Approval] = described("Both approvals.", "Beide goedkeuringen.", min_length=2, max_length=2)
    approved_at: Timestamp = described(
        "When the second approval came; noon of that day for a network that was taken over.",
        "Wanneer de tweede goedkeuring er kwam; bij een overgenomen netwerk de middag van die dag.",
    )
    taken_over_on: date | None = described(
        "The day on which a network that was recognised before was entered from its documents; absent for others.",
        "De dag waarop een netwerk dat al erkend was, ingevoerd is van zijn documenten; ontbreekt bij andere.",
        default=None,
    )
