"""Makes the public response that tells how to become a member of a network, with the fields of the form."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.languages import Reader
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.problems import missing
from buurtsein_registry.commands import JoinNetwork
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Acceptance, Rules
from buurtsein_registry.views.network_file import readable_network

_HOW = {
    Acceptance.BY_HAND: "Meld u aan en vul het formulier in. Een coördinator of de politie bekijkt uw aanvraag.",
    Acceptance.AT_ONCE: "Meld u aan en vul het formulier in. Ligt uw adres in het gebied, dan bent u meteen lid.",
}
_NOT_USED = ("latitude", "longitude")
"""The fields of an address that older clients send and the registry does not use."""


class Joining(BaseModel):
    """The public description of how to become a member of one network."""

    network_id: UUID
    code: str
    kind: NetworkKind
    name: str
    acceptance: Acceptance
    """Whether a person decides on each request, when the address is in the area."""
    how: str
    """A sentence in the reader's language that explains `acceptance` to the person who wants to join."""
    consent_versions: list[str]
    """The versions of the text of consent that can be accepted today."""
    send_to: str
    """The path to which the form is sent with POST."""
    form: dict[str, Any]
    """The fields of the form, as JSON Schema."""


async def joining(connection: Connection, network_id: UUID, today: date, rules: Rules, reader: Reader) -> Joining:
    """Return how to join a network; raise `network_unknown` unless its recognition is in force today."""
    network = await readable_network(connection, network_id, None)
    if not network.in_force(today):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    return joining_of(network, rules, reader)


def joining_of(network: Network, rules: Rules, reader: Reader) -> Joining:
    """Return how to join a network by the rules of the installation, in the reader's language."""
    return Joining(
        network_id=network.network_id,
        code=network.code,
        kind=network.kind,
        name=network.name,
        acceptance=rules.acceptance,
        how=reader.told("joining", rules.acceptance, _HOW[rules.acceptance]).sentence,
        consent_versions=list(rules.consent_versions),
        send_to=f"/v1/networks/{network.network_id}/members",
        form=_form(rules),
    )


def _form(rules: Rules) -> dict[str, Any]:
    """Return the JSON Schema of the request to join, without unused fields and without technical descriptions."""
    schema = JoinNetwork.model_json_schema()
    schema["properties"]["consent_version"] = {"type": "string", "enum": list(rules.consent_versions)}
    for name in _NOT_USED:
        del schema["$defs"]["GivenAddress"]["properties"][name]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_without_texts(schema)}


def _without_texts(schema: Any) -> Any:
    """Return a JSON Schema without titles and descriptions, but keep properties that have these names."""
    if isinstance(schema, list):
        return [_without_texts(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    texts = {name for name in ("title", "description") if isinstance(schema.get(name), str)}
    return {name: _without_texts(one) for name, one in schema.items() if name not in texts}
