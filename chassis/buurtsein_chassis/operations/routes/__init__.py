"""The operators' tools over HTTP, under `/v1/operations`, the same in every service; role `operator`."""

from buurtsein_chassis.operations.routes import dead_letters, jobs, outbox, parked, projections, summary

ROUTERS = (summary.router, dead_letters.router, parked.router, outbox.router, jobs.router, projections.router)
