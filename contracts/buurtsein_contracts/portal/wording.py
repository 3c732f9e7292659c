"""Contains texts of the portal that are not in the models: about topics, attributes and personal data.

Invariant: the texts are complete, in both languages; `tests/contract/test_portal.py` compares them with the catalogue.
"""

from dataclasses import dataclass

from buurtsein_contracts.model import Privacy


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the portal, in English and in Dutch."""

    en: str
    nl: str


TOPICS_TEXTS = {
    "bin.networks": Words(
        "The life of a network: approved locally, recognised by the federal service, its coordinators, BE-Alert.",
        "Het leven van een netwerk: lokaal goedgekeurd, erkend door de FOD, zijn coördinatoren, BE-Alert.",
    ),
    "bin.members": Words(
        "Who joined and left a network, by pseudonym; names and addresses stay in the registry.",
        "Wie lid werd van een netwerk en wie vertrok, onder pseudoniem; namen en adressen blijven in het register.",
    ),
    "bin.erasures": Words(
        "Which pseudonyms must be forgotten, by everybody who could read them.",
        "Welke pseudoniemen vergeten moeten worden, door iedereen die ze kon lezen.",
    ),
    "bin.incidents": Words(
        "All that was reported and how it is handled, for the police, without the text and without the reporter.",
        "Alles wat gemeld is en hoe het behandeld wordt, voor de politie, zonder de tekst en zonder de melder.",
    ),
    "bin.city-incidents": Words(
        "The same for what the city handles, from the moment it handles it, in streams of its own.",
        "Hetzelfde voor wat de stad behandelt, vanaf het moment dat ze het behandelt, in eigen stromen.",
    ),
    "bin.funding": Words(
        "Support for communication costs: requested under four conditions, decided with reasons.",
        "Steun voor communicatiekosten: aangevraagd onder vier voorwaarden, beslist met redenen.",
    ),
    "bin.funding-confirmations": Words(
        "Which erasures of persons the service of funding has carried out, for the registry.",
        "Welke wissingen van personen de dienst voor financiële steun uitvoerde, voor het register.",
    ),
    "bin.alerts": Words(
        "From a rule's proposal, through the release by police, to what BE-Alert made of it.",
        "Van het voorstel door een regel, over de vrijgave door de politie, tot wat BE-Alert ermee deed.",
    ),
}

PRIVACY_TEXTS = {
    Privacy.NONE: Words("says nothing about a person", "zegt niets over een persoon"),
    Privacy.PSEUDONYM: Words(
        "stands for a person; only the registry can turn it back. Personal data all the same.",
        "staat voor een persoon; alleen het register kan het terugvertalen. Toch een persoonsgegeven.",
    ),
    Privacy.LOCATION: Words(
        "a place that may point to a household; with other data it may become personal data.",
        "een plaats die naar een gezin kan wijzen; samen met andere gegevens kan ze een persoonsgegeven worden.",
    ),
}

ATTRIBUTES_TEXTS = {
    "specversion": "version of CloudEvents, always 1.0",
    "id": "UUIDv7, unique for ever: remove duplicates by it",
    "source": "who recorded it: urn:be:nis:<municipality>:bin:<service>",
    "type": "be.bin.<aggregate>.<past-verb>.v<major>",
    "subject": "id of what it is about",
    "time": "when it was recorded, UTC",
    "dataschema": "urn:buurtsein:schema:<type>:<version>",
    "partitionkey": "the record key; parse refuses data whose key field differs",
    "sequence": "1, 2, 3 ... without gaps within one topic and key, twenty digits",
    "correlationid": "the request that began it, the same in all events that followed",
    "causationid": "id of the event that caused it",
    "traceparent": "W3C trace context of where it began",
}
