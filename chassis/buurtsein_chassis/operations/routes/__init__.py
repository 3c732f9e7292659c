"""Contains the HTTP routes for operators under `/v1/operations`, which every service has; they need role `operator`."""

from buurtsein_chassis.operations.routes import dead_letters, jobs, outbox, parked, projections, recovery, summary

ROUTERS = (
    summary.router,
    dead_letters.router,
    parked.router,
    outbox.router,
    jobs.router,
    projections.router,
    recovery.router,
)
