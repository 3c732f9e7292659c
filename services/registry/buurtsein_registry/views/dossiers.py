"""Declares the list of networks in all states, for the officials who decide on them, and its counts."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.lists import (
    Condition,
    Filter,
    Lister,
    Listing,
    ListQuery,
    Order,
    Total,
    condition,
    contains,
    equals,
    one_of,
)
from buurtsein_contracts.events.geography import Postcode
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.progress import Office, states_waiting_for
from buurtsein_registry.domain.states import NetworkState
from buurtsein_registry.views.network_file import NetworkFile, file_of
from buurtsein_registry.views.public import POSTCODES, Words

_APPROVALS = "coalesce(document -> 'charters' -> -1 -> 'approvals', document -> 'approvals', '[]')"
_DECIDED = f"{_APPROVALS} @> jsonb_build_array(jsonb_build_object('role', {{}}::text))"
_OVERDUE = """exists (
    select from task where task.network_id = network.network_id and task.done_at is null and task.due_on < {})"""
_RENEWAL_DUE = "document -> 'recognition' ->> 'renewal_on' <= {} and state <> 'ENDED'"


def _waits_for(office: Office) -> list[Condition]:
    """Return the SQL condition that a network waits for an office's decision, in agreement with `domain.progress`."""
    return [condition(f"state = any({{}}) and not {_DECIDED}", states_waiting_for(office), office.value)]


class DossierQuery(ListQuery):
    """The query parameters that filter the list of networks for officials."""

    order: Literal["oldest", "newest", "name", "changed"] = "oldest"
    state: Annotated[list[NetworkState] | None, one_of("state")] = None
    next: Annotated[Office | None, Filter(_waits_for), Field(description="Who must act next.")] = None
    kind: Annotated[NetworkKind | None, equals("kind")] = None
    postcode: Annotated[Postcode | None, contains(POSTCODES, searched=True)] = None
    overdue: bool = Field(default=False, description="Only networks with a task that should have been done.")
    renewal_due: bool = Field(default=False, description="Only networks whose recognition must be renewed.")
    q: Words = None


def _approved_on(shown: NetworkFile, office: str) -> date | None:
    """Return the day on which an office approved the newest version of the charter, or None."""
    return next((one.decided_on for one in shown.approvals if one.role == office), None)


DOSSIERS = Listing[NetworkFile](
    name="dossiers",
    table="network",
    select="document, schema",
    key="network_id",
    orders={
        "oldest": Order("network_id", "uuid"),
        "newest": Order("network_id", "uuid", descending=True),
        "name": Order("name", "text"),
        "changed": Order("updated_at", "timestamptz", descending=True),
    },
    cells={
        "code": lambda shown: shown.code,
        "naam": lambda shown: shown.name,
        "soort": lambda shown: shown.kind,
        "status": lambda shown: shown.state,
        "sinds": lambda shown: shown.state_since,
        "volgende": lambda shown: [one.office for one in shown.waiting_for],
        "postcodes": lambda shown: shown.postcodes,
        "politiezone": lambda shown: shown.police_zone,
        "aanvrager": lambda shown: shown.applicant,
        "straten": lambda shown: shown.streets,
        "woningen": lambda shown: shown.dwellings,
        "talen": lambda shown: shown.languages,
        "gebied": lambda shown: shown.area.model_dump_json(exclude_none=True),
        "erkend_van": lambda shown: shown.recognition.start if shown.recognition else None,
        "erkend_tot": lambda shown: shown.recognition.end if shown.recognition else None,
        "hernieuwen_op": lambda shown: shown.recognition and shown.recognition.renewal_on,
        "kenmerk_fod": lambda shown: shown.recognition and shown.recognition.reference,
        "brief_sha256": lambda shown: shown.recognition and shown.recognition.document_sha256,
        "charter_getekend_op": lambda shown: shown.charter and shown.charter.signed_on,
        "korpschef_op": lambda shown: _approved_on(shown, "korpschef"),
        "burgemeester_op": lambda shown: _approved_on(shown, "burgemeester"),
        "charter_sha256": lambda shown: shown.charter and shown.charter.document_sha256,
    },
    place="area",
    version="version",
)


class DossierCounts(BaseModel):
    """The numbers of networks: in each state, waiting for each office, and with an overdue task."""

    states: dict[NetworkState, Total]
    next: dict[Office, Total]
    overdue: Total


def dossier(today: date, row: asyncpg.Record) -> NetworkFile:
    """Return a network with all its data, for an official."""
    return file_of(NETWORKS.read_row(row), today, for_official=True)


def due_on(query: DossierQuery, today: date) -> Sequence[Condition]:
    """Return the SQL conditions for an overdue task and for a renewal that is now due, if the request asks for them."""
    renewal_due = Condition(_RENEWAL_DUE, (today.isoformat(),), searched=True)
    asked = {condition(_OVERDUE, today): query.overdue, renewal_due: query.renewal_due}
    return [one for one, wanted in asked.items() if wanted]


async def dossier_counts(lister: Lister[Any], today: date) -> DossierCounts:
    """Count the networks by state, by the office that must act next, and with a task that is overdue."""
    in_state = {state: [condition("state = {}", state.value)] for state in NetworkState}
    return DossierCounts(
        states={state: await lister.count(DOSSIERS, conditions) for state, conditions in in_state.items()},
        next={office: await lister.count(DOSSIERS, _waits_for(office)) for office in Office},
        overdue=await lister.count(DOSSIERS, [condition(_OVERDUE, today)]),
    )
