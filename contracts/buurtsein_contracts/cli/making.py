"""Defines the subcommands that generate something for other systems: generate, asyncapi, registry push."""

import json
from pathlib import Path
from typing import Annotated

import httpx
import typer
import yaml

from buurtsein_contracts.asyncapi import document
from buurtsein_contracts.cli.output import WRONG, WrongUse, event_named, say
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.generate import GENERATORS
from buurtsein_contracts.schema_registry import RegistryRefused, SchemaRegistry, subjects

registry = typer.Typer(help="Push the schemas to a schema registry, for sites that have one.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands of this module to the command `buurtsein-contracts`."""
    app.command()(generate)
    app.command()(asyncapi)
    app.add_typer(registry, name="registry")


@registry.callback()
def _registry() -> None:
    """Push the schemas to a schema registry; only sites that run a schema registry need this."""


def generate(
    language: Annotated[str, typer.Argument(help="The language: java or typescript.")],
    *,
    to: Annotated[Path, typer.Option(help="The folder to write to.")],
    event: Annotated[list[str] | None, typer.Option("--type", help="Write only this event; may be repeated.")] = None,
) -> None:
    """Write models of the events in another language."""
    if language not in GENERATORS:
        raise WrongUse(f"no generator for {language!r}; there are: {', '.join(GENERATORS)}. Python has this package")
    chosen = [event_named(name) for name in event] if event else EVENTS
    texts = GENERATORS[language](chosen)
    for name, text in texts.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(text)
    say(f"{len(texts)} files in {to}")


def asyncapi(
    *,
    to: Annotated[Path | None, typer.Option(help="The file to write; default: standard output.")] = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Write YAML instead of JSON.")] = False,
) -> None:
    """Write the whole catalogue as one AsyncAPI 3.0 document."""
    text = json.dumps(document(), indent=2, ensure_ascii=False)
    if as_yaml:
        text = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True, width=120)
    if to is None:
        say(text.rstrip("\n"))
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(text.rstrip("\n") + "\n")
    say(f"AsyncAPI 3.0.0 of {len(EVENTS)} events in {to}")


@registry.command("push")
def push(
    url: Annotated[str, typer.Argument(help="The base address of a registry with the Confluent REST API.")],
    *,
    token_file: Annotated[Path | None, typer.Option(help="A file that contains a bearer token.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent.")] = False,
) -> None:
    """Register every reader schema under the subject `<topic>-<type>`.

    A schema that the registry already has stays as it is.
    """
    if dry_run:
        for subject in subjects():
            say(f"would register {subject}")
        return
    try:
        token = token_file.read_text().strip() if token_file else None
        with SchemaRegistry(url, token) as there:
            for subject, schema in subjects().items():
                say(f"{subject}: id {there.push(subject, schema)}")
    except OSError as error:
        raise WrongUse(f"{token_file}: cannot be read: {error.strerror}") from error
    except (RegistryRefused, httpx.HTTPError, httpx.InvalidURL) as error:
        say(f"{url}: {error}")
        raise typer.Exit(WRONG) from error
