"""Defines the command `buurtsein emergencies try FILE`, which measures lists of emergency words on test sentences."""

import json
from pathlib import Path
from typing import Annotated

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_reports.domain.emergency import Emergencies
from buurtsein_reports.domain.emergency.proof import LEAST_PRECISION, LEAST_RECALL, Proof, prove

app = typer.Typer(name="emergencies", no_args_is_help=True, help="Test lists of emergency words.")


@app.callback()
def _group() -> None:
    """Make typer keep the subcommand `try`; typer drops the name of a single subcommand."""


@app.command("try")
def try_lists(
    file: Annotated[
        Path | None, typer.Argument(help="Lists of a police zone; the default is the package's lists.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print recall, precision and the wrongly judged sentences; exit with 1 when a service would refuse the lists."""
    proof = prove(_loaded(file))
    if as_json:
        typer.echo(json.dumps(_document(proof), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{proof} (at least {LEAST_RECALL}, {LEAST_PRECISION} and {LEAST_PRECISION})")
        for one in proof.wrong:
            typer.echo(f"{one.kind} ({one.language}), judged {one.found.name}: {one.text}")
    if not proof.is_good_enough:
        raise typer.Exit(1)


def _loaded(file: Path | None) -> Emergencies:
    try:
        return Emergencies.load(file) if file else Emergencies.shipped()
    except (OSError, ValueError) as error:
        raise CommandError("emergencies-unreadable", f"{file}: {error}") from error


def _document(proof: Proof) -> dict[str, object]:
    return {
        "sentences": len(proof.sentences),
        "recall": proof.recall,
        "precision": proof.precision,
        "ordinary_passed": proof.passed,
        "wrong": [{"kind": one.kind, "language": one.language, "text": one.text} for one in proof.wrong],
    }
