"""Registers the operators' commands on events, jobs and projections with `buurtsein`."""

import typer

from buurtsein_operate.operations import (
    alerts,
    dead_letters,
    erasures,
    jobs,
    log,
    outbox,
    parked,
    projections,
    replay,
    rules,
    vault,
    watch,
)


def add_to(app: typer.Typer) -> None:
    """Register the operators' commands on events, jobs and projections with the typer app of `buurtsein`."""
    app.add_typer(dead_letters.app, name="dead-letters")
    app.add_typer(parked.app, name="parked")
    app.add_typer(outbox.app, name="outbox")
    app.add_typer(replay.app, name="replay")
    app.add_typer(log.app, name="log")
    app.add_typer(jobs.app, name="jobs")
    app.add_typer(projections.app, name="projections")
    app.add_typer(erasures.app, name="erasures")
    app.add_typer(vault.app, name="vault")
    app.add_typer(alerts.app, name="alerts")
    app.add_typer(rules.app, name="rules")
    app.command()(jobs.summary)
    app.add_typer(watch.retention, name="retention")
    app.command()(watch.lag)
    app.command()(watch.verify)
