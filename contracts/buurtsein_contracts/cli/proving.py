"""Defines the subcommands that check contracts: check, can-i-deploy, expect init, expect check, expect export."""

from pathlib import Path
from typing import Annotated

import typer

from buurtsein_contracts.cli.output import Json, WrongUse, event_named, say, say_findings, say_json
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.expectations.drafting import draft, name_from
from buurtsein_contracts.expectations.model import CONSUMERS, read_all, read_expectation
from buurtsein_contracts.expectations.pact import prove_pact, to_pacts
from buurtsein_contracts.expectations.proof import Catalogue, prove
from buurtsein_contracts.expectations.wording import TO_THE_CONSUMER
from buurtsein_contracts.gate.check import Report
from buurtsein_contracts.gate.check import check as check_contracts
from buurtsein_contracts.gate.deploying import UnknownService, can_deploy
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.goldens import FOLDER, read_index, write_json
from buurtsein_contracts.topics import Audience

Goldens = Annotated[Path, typer.Option(help="The folder of goldens.")]
Consumers = Annotated[Path, typer.Option(help="The folder of expectations, <organisation>/<consumer>.yaml.")]
HERE = Path("consumers")
"""The folder in which `expect init` writes."""

expect = typer.Typer(help="Write and prove expectations: what a consumer relies on.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands of this module to the command `buurtsein-contracts`."""
    app.command()(check)
    app.command("can-i-deploy")(can_i_deploy)
    app.add_typer(expect, name="expect")


def check(*, goldens: Goldens = FOLDER, consumers: Consumers = CONSUMERS, as_json: Json = False) -> None:
    """Check that a change breaks no consumer: compare models, committed schemas, released versions and expectations."""
    files, catalogue = read_all(consumers), Catalogue.load(goldens)
    report = check_contracts(goldens)
    findings = [*report.findings, *(finding for file in files for finding in prove(file, catalogue))]
    if not as_json:
        _tell(report, goldens)
    say_findings(findings, f"{len(EVENTS)} events, {len(files)} consumers: nothing breaks", as_json=as_json)


def _tell(report: Report, goldens: Path) -> None:
    if read_index(goldens)["package"] is None:
        say("nothing is released yet: models are compared with the goldens beside them, and both may change in place")
        return
    for name, level in report.levels.items():
        say(f"{name}: {level} since its last release")


def can_i_deploy(
    service: Annotated[
        str, typer.Argument(help="A service, or a consumer with an expectation: [organisation/]consumer.")
    ],
    *,
    goldens: Goldens = FOLDER,
    consumers: Consumers = CONSUMERS,
    as_json: Json = False,
) -> None:
    """Say whether a service may be deployed: whether it may read its topics and understands all events on them."""
    try:
        findings = can_deploy(service, goldens, consumers)
    except UnknownService as error:
        raise WrongUse(str(error)) from error
    say_findings(findings, f"{service} can be deployed", as_json=as_json)


@expect.command("init")
def init(
    organisation: str,
    consumer: str,
    *,
    event: Annotated[list[str], typer.Option("--type", help="An event that the consumer reads; may be repeated.")],
    principal: Annotated[str, typer.Option(help="The Kafka user with which the consumer reads.")] = "police-backoffice",
    audience: Annotated[Audience, typer.Option(help="Whose Kafka user that is.")] = Audience.POLICE,
    consumers: Annotated[Path, typer.Option(help="The folder to write to.")] = HERE,
) -> None:
    """Write a first expectation that lists every field which is always present; remove the fields that you do not use.

    Names are written with lower-case letters, digits and hyphens: "PZ Gent" becomes pz-gent.
    """
    try:
        organisation, consumer = name_from(organisation), name_from(consumer)
    except ValueError as error:
        raise WrongUse(str(error)) from error
    path = consumers / organisation / f"{consumer}.yaml"
    if path.exists():
        raise WrongUse(f"{path} is there already")
    text = draft(organisation, consumer, principal, audience, [event_named(name) for name in event])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    say(f"{path}: take out the fields that you do not use, then `buurtsein-contracts expect check {path}`")


@expect.command("check")
def check_expectations(
    files: Annotated[list[Path] | None, typer.Argument(help="Expectations (.yaml) or pacts (.json).")] = None,
    *,
    goldens: Goldens = FOLDER,
    consumers: Annotated[
        Path | None, typer.Option(help="The folder of expectations when no files are named; default: ./consumers.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that our events contain what the consumers in these expectation or pact files rely on.

    Without files, it checks those in the folder `./consumers`, or else those in the repository from which the command
    was installed.
    """
    catalogue = Catalogue.load(goldens)
    paths = files or _found(consumers or (HERE if HERE.is_dir() else CONSUMERS))
    findings = [finding for path in paths for finding in _proved(path, catalogue, goldens)]
    say_findings(findings, f"{len(paths)} hold", as_json=as_json)


def _found(folder: Path) -> list[Path]:
    """Return the expectation files in a folder; raise WrongUse when there are none, so that CI cannot pass then."""
    paths = [file.path for file in read_all(folder)]
    if not paths:
        where = folder if folder is not CONSUMERS else HERE
        raise WrongUse(f"no <organisation>/<consumer>.yaml in {where}/: name the files, or the folder with --consumers")
    return paths


def _proved(path: Path, catalogue: Catalogue, goldens: Path) -> list[Finding]:
    if path.suffix == ".json":
        return list(prove_pact(path, catalogue, goldens))
    return list(prove(read_expectation(path), catalogue, wording=TO_THE_CONSUMER))


@expect.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="An expectation (.yaml).")],
    *,
    to: Annotated[
        Path | None, typer.Option(help="A folder to write one pact per provider to; default: standard output.")
    ] = None,
    goldens: Goldens = FOLDER,
) -> None:
    """Write the expectation as Pact V4 message pacts."""
    wanted, catalogue = read_expectation(file), Catalogue.load(goldens)
    findings = list(prove(wanted, catalogue, wording=TO_THE_CONSUMER))
    say_findings(findings, f"{file} holds", as_json=False) if to else None
    pacts = to_pacts(wanted, catalogue, goldens)
    if to is None:
        say_json(list(pacts.values()))
        return
    for provider, pact in pacts.items():
        write_json(to / f"{wanted.expectation.consumer}-{provider}.json", pact)
