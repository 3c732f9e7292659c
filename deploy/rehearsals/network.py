"""Makes a recognised network for the people of the rehearsal, by sending the requests that the demo sends."""

import json

from rich.console import Console

from buurtsein_stack.demo import networks
from buurtsein_stack.demo.cast import Cast, Document, cast, wait_for
from buurtsein_stack.demo.networks import Neighbourhood
from buurtsein_stack.demo.stage import Stage
from buurtsein_stack.installation import Installation


def recognised_network(manifest: Document) -> Document:
    """Make a recognised network that accepts alerts; return its id, its centre and its request body for funding.

    It returns when all services know the network.
    """
    plan = json.loads((Installation.load().folder / "networks.json").read_text())[0]
    stage, place = Stage(Console(quiet=True)), Neighbourhood(plan, "coordinator")
    with cast(manifest) as people:
        networks.apply_and_submit(stage, people, place, _charter(people, place))
        networks.appoint(stage, people, place)
        networks.approve(stage, people, place)
        networks.recognise_and_equip(stage, people, place)
        if "/v1/networks/{network_id}/officers" in people.ask("registry", "", "/openapi.json")["paths"]:
            networks.mandate(stage, people, place)  # 0.1.0 knows no mandates
        network_id = place.file["network_id"]
        conditions = f"/v1/networks/{network_id}/conditions"
        known = wait_for("funding knows the network", lambda: _known(people, conditions))
    lines = [{"kind": "sms", "description": "berichten van een jaar", "cents": 18_500}]
    form = {"network_id": network_id, "year": networks.today().year, "form_version": known["form_version"]}
    return {"network_id": network_id, "middle": place.middle, "form": form | {"cost_lines": lines}}


def _known(people: Cast, conditions: str) -> Document | None:
    """Return the funding conditions of a network; None while the funding service does not know the network yet."""
    answer = people.client("funding", "coordinator").get(conditions)
    return dict(answer.json()) if answer.is_success else None


def _charter(people: Cast, place: Neighbourhood) -> Document:
    """Return the charter, without the parts that the running release, perhaps an older one, does not know."""
    known = people.ask("registry", "", "/openapi.json")["components"]["schemas"]["SignCharter"]["properties"]
    return {part: value for part, value in networks.charter(people, place).items() if part in known}
