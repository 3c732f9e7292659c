"""Lists the roles that may call each route of the services, and the routes that answer without a token."""

from collections.abc import Iterator

from fastapi.routing import APIRoute

from buurtsein_chassis.manifest import manifest_of
from buurtsein_chassis.operations.routes import ROUTERS

PUBLIC = {
    "GET /v1/networks": "the public overview",
    "GET /v1/networks/{network_id}/joining": "how to join a recognised network",
    "GET /v1/charters/{reference}": "with the reference that was given at the application",
    "GET /v1/categories": "what can be reported",
    "GET /v1/figures": "open data: figures by month, without small counts",
    "POST /v1/reports": "anybody may report",
    "GET /v1/reports/{reference}/status": "with the report's own tracking token",
    "POST /v1/reports/{reference}/status/messages": "with the report's own tracking token",
    "POST /v1/reports/{reference}/status/reopening": "with the report's own tracking token",
    "POST /v1/reports/{reference}/status/photos": "with the report's own tracking token",
    "GET /open311/v2/services.{form}": "what can be reported to the city",
    "GET /open311/v2/services/{service_code}.{form}": "the questions that belong to it",
    "POST /open311/v2/requests.{form}": "anybody may report",
    "GET /open311/v2/requests.{form}": "what the city handles, without text, reporter and exact place",
    "GET /open311/v2/requests/{service_request_id}.{form}": "one of these",
    "GET /open311/v2/tokens/{token_id}.{form}": "the number of one of these",
}
"""The only routes that answer without a token, each with its reason; somebody must decide on a new one."""
ROLES = {
    "GET /v1/dossiers": "korpschef burgemeester officer city-officer fod",
    "GET /v1/dossiers/counts": "korpschef burgemeester officer city-officer fod",
    "GET /v1/networks/{network_id}": "korpschef burgemeester officer city-officer fod mandated-officer coordinator",
    "GET /v1/networks/{network_id}/evaluations": "korpschef burgemeester officer city-officer fod mandated-officer"
    " coordinator",
    "PUT /v1/networks/{network_id}/evaluations/{year}": "coordinator korpschef officer",
    "POST /v1/networks/{network_id}/evaluations/{year}/signature": "coordinator officer mandated-officer",
    "GET /v1/me": "korpschef burgemeester officer city-officer fod coordinator member resident trader"
    " dispatcher finance operator",
    "POST /v1/networks": "coordinator member resident trader",
    "PUT /v1/networks/{network_id}/charter": "coordinator",
    "POST /v1/networks/{network_id}/submission": "coordinator",
    "POST /v1/networks/{network_id}/approvals": "korpschef burgemeester",
    "POST /v1/networks/{network_id}/fod-submission": "korpschef burgemeester officer city-officer",
    "GET /v1/networks/{network_id}/charters": "korpschef burgemeester officer city-officer fod mandated-officer"
    " coordinator",
    "POST /v1/networks/{network_id}/recognition": "korpschef burgemeester officer city-officer fod",
    "POST /v1/networks/{network_id}/return": "korpschef burgemeester officer city-officer fod",
    "POST /v1/networks/{network_id}/renewal": "korpschef burgemeester officer city-officer fod",
    "POST /v1/networks/{network_id}/amendment": "coordinator",
    "POST /v1/networks/{network_id}/suspension": "korpschef burgemeester officer city-officer fod",
    "POST /v1/networks/{network_id}/reinstatement": "korpschef burgemeester officer city-officer fod",
    "POST /v1/networks/{network_id}/end": "korpschef burgemeester officer city-officer fod coordinator",
    "POST /v1/networks/{network_id}/coordinators": "korpschef officer",
    "POST /v1/networks/{network_id}/coordinators/{person}/removal": "korpschef officer burgemeester coordinator",
    "POST /v1/networks/{network_id}/coordinators/{person}/appeal": "coordinator member resident trader burgemeester"
    " city-officer",
    "POST /v1/networks/{network_id}/coordinators/{person}/appeal-decision": "burgemeester",
    "POST /v1/networks/{network_id}/succession": "korpschef officer burgemeester",
    "POST /v1/networks/{network_id}/officers": "korpschef",
    "POST /v1/networks/{network_id}/officers/{person}/release": "korpschef",
    "POST /v1/networks/{network_id}/be-alert": "coordinator",
    "GET /v1/networks/{network_id}/similar": "korpschef burgemeester officer city-officer fod",
    "GET /v1/networks/{network_id}/members": "korpschef officer coordinator",
    "POST /v1/networks/{network_id}/members": "coordinator member resident trader",
    "GET /v1/members/{member_id}": "coordinator member resident trader korpschef officer mandated-officer",
    "POST /v1/members/{member_id}/decision": "coordinator korpschef officer",
    "PUT /v1/members/{member_id}/preferences": "coordinator member resident trader",
    "POST /v1/members/{member_id}/pause": "coordinator member resident trader",
    "POST /v1/members/{member_id}/resumption": "coordinator member resident trader",
    "POST /v1/members/{member_id}/warnings": "korpschef officer",
    "POST /v1/members/{member_id}/suspension": "korpschef officer",
    "POST /v1/members/{member_id}/exclusion": "coordinator",
    "POST /v1/members/{member_id}/exclusion/signature": "officer mandated-officer",
    "POST /v1/members/{member_id}/exclusion/confirmation": "korpschef",
    "GET /v1/networks/{network_id}/reach": "korpschef burgemeester officer city-officer dispatcher finance coordinator",
    "POST /v1/members/{member_id}/departure": "coordinator member resident trader korpschef officer",
    "POST /v1/persons/me/erasure": "coordinator member resident trader",
    "POST /v1/persons/me/erasure/withdrawal": "coordinator member resident trader",
    "POST /v1/persons/{person}/erasure": "city-officer",
    "GET /v1/persons/me/data": "coordinator member resident trader",
    "PUT /v1/persons/me/data": "coordinator member resident trader",
    "PUT /v1/members/{member_id}/address": "coordinator member resident trader",
    "GET /v1/persons/{person}": "korpschef burgemeester officer city-officer",
    "GET /v1/networks/{network_id}/contacts": "coordinator",
    "GET /v1/operations/vault": "operator",
    "POST /v1/members/{member_id}/contact-failures": "korpschef burgemeester officer city-officer coordinator",
    "GET /v1/erasures": "officer city-officer operator",
    "POST /v1/erasures/confirmations": "officer city-officer operator",
    "GET /v1/continuity": "korpschef burgemeester officer city-officer",
    "POST /v1/networks/{network_id}/still-active": "coordinator",
    "GET /v1/coordinators": "korpschef burgemeester officer city-officer fod",
    "GET /v1/networks/{network_id}/register": "korpschef officer",
    "POST /v1/imported-networks": "officer city-officer",
    "POST /v1/networks/{network_id}/imported-members": "korpschef officer coordinator",
    "GET /v1/tasks": "korpschef burgemeester officer city-officer",
    "POST /v1/tasks/{task_id}/completion": "korpschef burgemeester officer city-officer",
    "POST /v1/known-sources": "city-officer",
    "GET /v1/reports": "officer dispatcher korpschef city-officer",
    "GET /v1/reports/{report_id}/similar": "officer dispatcher korpschef city-officer",
    "GET /v1/reports/counts": "officer dispatcher korpschef city-officer",
    "GET /v1/reports/{report_id}": "officer dispatcher korpschef city-officer",
    "GET /v1/reports/{report_id}/photos/{photo_id}": "officer dispatcher korpschef city-officer",
    "POST /v1/reports/{report_id}/triage": "officer dispatcher korpschef city-officer",
    "POST /v1/reports/{report_id}/progress": "officer dispatcher korpschef city-officer",
    "POST /v1/reports/{report_id}/closure": "officer dispatcher korpschef city-officer",
    "POST /v1/reports/{report_id}/reopening": "officer dispatcher korpschef city-officer",
    "POST /v1/reports/{report_id}/messages": "officer dispatcher korpschef city-officer",
    "POST /v1/applications": "coordinator",
    "POST /v1/applications/{application_id}/decision": "finance",
    "GET /v1/applications": "finance city-officer",
    "GET /v1/applications/{application_id}": "finance city-officer burgemeester coordinator",
    "GET /v1/networks/{network_id}/conditions": "coordinator finance city-officer",
    "GET /v1/alerts": "officer dispatcher mandated-officer korpschef burgemeester",
    "GET /v1/alerts/{alert_id}": "officer dispatcher mandated-officer korpschef burgemeester",
    "GET /v1/reports/{report_id}/judgements": "officer dispatcher mandated-officer",
    "POST /v1/alerts/{alert_id}/release": "officer dispatcher mandated-officer",
    "POST /v1/alerts/{alert_id}/refusal": "officer dispatcher mandated-officer",
    "POST /v1/alerts/{alert_id}/cancellation": "officer dispatcher mandated-officer",
    "POST /v1/alerts/{alert_id}/delivery": "officer dispatcher mandated-officer",
    "GET /v1/kill-switch": "korpschef operator officer dispatcher mandated-officer",
    "POST /v1/kill-switch": "korpschef operator",
    "GET /v1/operations/summary": "operator",
    "GET /v1/operations/dead-letters": "operator",
    "GET /v1/operations/dead-letters/{letter_id}": "operator",
    "POST /v1/operations/redrives": "operator",
    "POST /v1/operations/discards": "operator",
    "GET /v1/operations/parked": "operator",
    "POST /v1/operations/parked/release": "operator",
    "GET /v1/operations/outbox": "operator",
    "GET /v1/operations/outbox/frozen": "operator",
    "POST /v1/operations/outbox/unfreeze": "operator",
    "POST /v1/operations/replays/log": "operator",
    "POST /v1/operations/log/recoveries": "operator",
    "GET /v1/operations/log/recovered": "operator",
    "POST /v1/operations/log/settlements": "operator",
    "GET /v1/operations/jobs": "operator",
    "POST /v1/operations/jobs/{name}/run": "operator",
    "GET /v1/operations/projections": "operator",
    "POST /v1/operations/projections/{name}/rebuild": "operator",
    "POST /v1/operations/projections/{name}/verify": "operator",
    "POST /v1/operations/projections/{name}/stop": "operator",
}
"""The roles that may call each of the other routes; a changed role is a decision too."""


def served_routes(service: str) -> Iterator[tuple[APIRoute, str]]:
    """Yield each route of a service with its path, as a client writes the path."""
    manifest = manifest_of(service)
    own = [(router, "/v1") for router in (manifest.load(manifest.router), *ROUTERS)]
    facades = [(one.router, one.prefix) for one in manifest.load_facades()]
    for router, prefix in [*own, *facades]:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield route, prefix + route.path
