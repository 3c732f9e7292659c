"""Plays the part of the demo about networks: application, approval, recognition, members, funding."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.places import Region
from buurtsein_operate.output import grid
from buurtsein_stack.demo.cast import Cast, Document, wait_for
from buurtsein_stack.demo.official import nearest_address
from buurtsein_stack.demo.stage import Stage, euros

NETWORKS, MEMBERS, FUNDING = "bin.networks", "bin.members", "bin.funding"


@dataclass
class Neighbourhood:
    """A network of the demo: its plan (name, area), its coordinator, and its document as the registry returned it."""

    plan: Document
    coordinator: str
    file: Document = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the network's name."""
        return str(self.plan["name"])

    @property
    def path(self) -> str:
        """Return the network's path in the HTTP API of the registry."""
        return f"/v1/networks/{self.file['network_id']}"

    @property
    def middle(self) -> tuple[float, float]:
        """Return the longitude and latitude of a place well inside the network's area, in degrees."""
        return Region(self.plan["area"]).place_inside()


def today() -> date:
    """Return the date of today in Belgium."""
    return datetime.now(BRUSSELS).date()


def apply_and_submit(stage: Stage, cast: Cast, place: Neighbourhood, parts: Document) -> None:
    """Apply for a network, sign its charter, and submit the charter to the mayor and the chief of police."""
    place.file = cast.does("registry", place.coordinator, "/v1/networks", place.plan, emits=NETWORKS)
    stage.say(f"{place.name} vraagt een netwerk aan: {place.file['code']}.", "The neighbourhood applies.")
    _step(cast, place.coordinator, place, "charter", parts, method="PUT")
    _step(cast, place.coordinator, place, "submission", emits=NETWORKS)
    stage.say("Het charter is ondertekend en voorgelegd.", "The charter is signed and submitted.")


def tell_where(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Read without a token, by the application's reference, how far the charter is and which office must act next."""
    way = cast.ask("registry", "", f"/v1/charters/{place.file['reference']}")
    waiting = ", ".join(step["office"] for step in way["waiting_for"])
    stage.say(f"Waar is mijn charter? {way['detail']} Nu aan zet: {waiting}.", "Anybody with the reference may ask.")


def charter(cast: Cast, place: Neighbourhood, **changed: Any) -> Document:
    """Return the three parts of a network's charter: the contact (its coordinator), and two plans."""
    coordinator = cast.ask("registry", place.coordinator, "/v1/me")["person"]
    return {
        "contacts": [{"role": "coordinator", "person": coordinator}, {"role": "police"}],
        "communication_plan": "Dringend nieuws per sms via BE-Alert, de rest per mail.",
        "budget_plan": "De stad betaalt de communicatiekosten; leden betalen niets.",
    } | changed


def approve(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Let the mayor and the chief of police approve the charter (NetworkApproved)."""
    yes = {"decision": "approve"}
    _step(cast, "burgemeester", place, "approvals", yes)
    seen = cast.version("registry", "burgemeester", place.path)
    problem = cast.is_refused("registry", "burgemeester", f"{place.path}/approvals", yes, version=seen)
    stage.say(f"De burgemeester keurt goed; een tweede keer kan niet ({problem['code']}).", "The mayor approves, once.")
    _step(cast, "korpschef", place, "approvals", yes, emits=NETWORKS)
    stage.say("De korpschef keurt goed: NetworkApproved.", "With the chief of police's approval it is approved.")


def appoint(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Let the police screen a candidate and appoint this person as the network's coordinator."""
    candidate = cast.ask("registry", place.coordinator, "/v1/me")["person"]
    screening = {
        "candidate": candidate,
        "adult": True,
        "screening_outcome": "OK",
        "screened_on": (today() - timedelta(days=30)).isoformat(),
    }
    _step(cast, "officer", place, "coordinators", screening, emits=NETWORKS)
    stage.say("De politie stelt de gescreende coördinator aan.", "Police appoint the screened coordinator.")


def mandate(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Let the chief of police mandate an officer for the network, without whom it gets no hot alerts."""
    officer = cast.ask("registry", "officer", "/v1/me")["person"]
    _step(cast, "korpschef", place, "officers", {"officer": officer}, emits=NETWORKS)
    stage.say("De korpschef mandateert een politieambtenaar.", "The chief of police mandates an officer.")


def recognise_and_equip(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Let the ministry (FOD) recognise the network, and let its coordinator accept the rules of BE-Alert."""
    _step(cast, "burgemeester", place, "fod-submission", emits=NETWORKS)
    answer = {"start": today().isoformat(), "reference": f"VP/BIN/{place.file['code'][-4:]}"}
    _step(cast, "fod", place, "recognition", answer, emits=NETWORKS)
    stage.say(f"De FOD Binnenlandse Zaken erkent {place.name}.", "The federal service recognises the network.")
    cast.does("registry", place.coordinator, f"{place.path}/be-alert", {"agreement_version": "2026-1"}, emits=NETWORKS)
    stage.say("De coördinator aanvaardt BE-Alert.", "The coordinator accepts BE-Alert.")


def change(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Amend a network's charter; let the ministry (FOD) suspend its recognition and lift the suspension."""
    amended = charter(cast, place, communication_plan="Dringend nieuws per sms, de rest per mail en in de krant.")
    _step(cast, place.coordinator, place, "amendment", amended, emits=NETWORKS)
    _step(cast, "korpschef", place, "approvals", {"decision": "approve"})
    _step(cast, "burgemeester", place, "approvals", {"decision": "approve"}, emits=NETWORKS)
    [task] = cast.ask("registry", "city-officer", f"/v1/tasks?network_id={place.file['network_id']}")["items"]
    cast.does("registry", "city-officer", f"/v1/tasks/{task['task_id']}/completion", version=f'"{task["version"]}"')
    stage.say(
        f"Het charter wijzigt: versie 2 geldt. De FOD moet het weten voor {task['due_on']}; de stad vinkt dat af.",
        "Both authorities approve the amendment, and the city tells the federal service in time.",
    )
    letter = {"reason": "no_evaluation", "reference": "VP/BIN/SCHORSING"}
    _step(cast, "fod", place, "suspension", letter, emits=NETWORKS)
    _step(cast, "fod", place, "reinstatement", {"reference": "VP/BIN/OPHEFFING"}, emits=NETWORKS)
    stage.say("De FOD schorst de erkenning en heft dat weer op.", "The federal service suspends and reinstates it.")


def withdraw(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Apply for a network and withdraw the application (event NetworkEnded); check that later commands are refused."""
    place.file = cast.does("registry", place.coordinator, "/v1/networks", place.plan, emits=NETWORKS)
    _step(cast, place.coordinator, place, "end", {"reason": "withdrawn"}, emits=NETWORKS)
    seen = cast.version("registry", "officer", place.path)
    problem = cast.is_refused("registry", "officer", f"{place.path}/end", {"reason": "stopped"}, version=seen)
    stage.say(f"Een aanvraag wordt ingetrokken; daarna kan niets meer ({problem['code']}).", "An application ends.")


def ask_support(stage: Stage, cast: Cast, place: Neighbourhood) -> Document:
    """Request funding; return the application with the present result of each of the four conditions."""
    conditions = f"/v1/networks/{place.file['network_id']}/conditions"
    form = wait_for("funding knows the network", lambda: _known(cast, place.coordinator, conditions))
    request = {
        "network_id": place.file["network_id"],
        "year": today().year,
        "form_version": form["form_version"],
        "cost_lines": [{"kind": "sms", "description": "BE-Alert, geschat verbruik", "cents": 18_500}],
    }
    application = cast.does("funding", place.coordinator, "/v1/applications", request, emits=FUNDING)
    _show_conditions(stage, application["conditions"])
    return application


def reject(stage: Stage, cast: Cast, application: Document) -> None:
    """Check that an application that fails the conditions cannot be granted, and let the college reject it."""
    prepared = _prepare(cast, application, "GRANTED")
    path, seen = f"/v1/applications/{application['application_id']}/decision", prepared["etag"]
    grant_it = {"decision": "GRANTED", "granted_cents": 18_500, "college": _college()}
    problem = cast.is_refused("funding", "city-officer", path, grant_it, seen)
    stage.say(f"Toekennen kan niet: {problem['code']}.", "Granting is refused while a condition is not met.")
    refusal = {"decision": "REJECTED", "college": _college()}
    decided = cast.does("funding", "city-officer", path, refusal, emits=FUNDING, version=seen)
    stage.say(f"Geweigerd: {' '.join(decided['decision']['why'])}", "Rejected, with its reasons.")


def grant(stage: Stage, cast: Cast, place: Neighbourhood) -> Document:
    """Wait until all four conditions are met, apply again, and let the city grant it; return the application."""
    conditions = f"/v1/networks/{place.file['network_id']}/conditions"
    wait_for("all four conditions met", lambda: _all_met(_known(cast, place.coordinator, conditions)))
    prepared = _prepare(cast, ask_support(stage, cast, place), "GRANTED")
    stage.say("De financiële dienst bereidt de beslissing voor.", "Finance prepares it, and reserves the budget.")
    path = f"/v1/applications/{prepared['application_id']}/decision"
    decision = {"decision": "GRANTED", "granted_cents": 18_500, "college": _college()}
    granted = cast.does("funding", "city-officer", path, decision, emits=FUNDING, version=prepared["etag"])
    stage.say(f"Toegekend door het college: {euros(18_500)}.", "Granted, as another person enters.")
    return granted


def _prepare(cast: Cast, application: Document, proposal: str) -> Document:
    """Let finance prepare the decision on an application; return the application with its new ETag."""
    path = f"/v1/applications/{application['application_id']}/review"
    body = {"proposal": proposal}
    return cast.does("funding", "finance", path, body, emits=FUNDING, version=application["etag"])


def _college() -> Document:
    """Return the date (today) and the reference of a decision by the college of mayor and aldermen."""
    return {"decided_on": today().isoformat(), "reference": "CBS/VOORBEELD"}


def membership(middle: Sequence[float], **person: Any) -> Document:
    """Return the request body to join a network, with the address nearest to this longitude and latitude."""
    longitude, latitude = middle
    return {
        "mobile": "0470 12 34 56",
        "adult": True,
        "consent_version": "2026-1",
        "channels": ["sms"],
        "address": nearest_address(longitude, latitude),
    } | person


def join(stage: Stage, cast: Cast, place: Neighbourhood, role: str, person: Document) -> None:
    """Let a person become a member; the name is only stored in the registry's database and is in no event."""
    body = membership(place.middle, **person)
    cast.does("registry", role, f"{place.path}/members", body, emits=MEMBERS)
    stage.say(f"{role} sluit aan bij {place.name}.", "A member joins; the event carries a pseudonym only.")


def _step(
    cast: Cast,
    role: str,
    place: Neighbourhood,
    step: str,
    body: Document | None = None,
    *,
    emits: str | None = None,
    method: str = "POST",
) -> None:
    """Read a network, and send a decision about it with the ETag that was read."""
    seen = cast.version("registry", role, place.path)
    cast.does("registry", role, f"{place.path}/{step}", body, emits=emits, method=method, version=seen)


def _known(cast: Cast, role: str, path: str) -> Document | None:
    """Return the funding conditions of the network; None until funding has applied the network's events."""
    answer = cast.client("funding", role).get(path)
    shown: Document = answer.json()
    return shown if answer.is_success and shown.get("name") else None


def _all_met(shown: Document | None) -> bool:
    return bool(shown) and all(condition["met"] for condition in (shown or {})["conditions"])


def _show_conditions(stage: Stage, conditions: list[dict[str, Any]]) -> None:
    table = grid("voorwaarde", "vervuld", "waarom")
    for condition in conditions:
        table.add_row(condition["code"], "ja" if condition["met"] else "nee", condition["why"])
    stage.table(table)
