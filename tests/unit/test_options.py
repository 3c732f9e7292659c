"""Commands and options in help texts and docs exist; a command to copy has all its required options."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from unit.test_docs import ROOT, texts

from buurtsein_chassis.manifest import manifests
from buurtsein_chassis.program import program
from buurtsein_contracts import cli as contracts
from buurtsein_operate import cli as operate

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
CALL = r"(?:buurtsein(?:-contracts)?|python -m buurtsein_(?:<name>|[a-z]+)) [a-z]"
LINE = re.compile(rf"^(?: {{4}})?({CALL}.*)$", re.MULTILINE)
SPAN = re.compile(rf"`({CALL}[^`]*)`")
PAGES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md") if "operations" in str(path))
SERVICES = {f"buurtsein_{name}": typer.main.get_command(program(manifest)) for name, manifest in manifests().items()}
PROGRAMS: dict[str, Any] = SERVICES | {
    "buurtsein_<name>": next(iter(SERVICES.values())),
    "buurtsein": typer.main.get_command(operate.app),
    "buurtsein-contracts": typer.main.get_command(contracts.app),
}
"""The commands (of typer's own copy of click, which has no public types) by name of their program."""


def options(command: Any) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts) if name[0] == "-"}


def every(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield a command and all its subcommands, each with its full name, such as `buurtsein outbox status`."""
    yield name, command
    for sub, inner in getattr(command, "commands", {}).items():
        yield from every(inner, f"{name} {sub}")


COMMANDS = {name: command for program in PROGRAMS for name, command in every(PROGRAMS[program], program)}


def unknown_in_help(command: Any) -> set[str]:
    """Return the options that a command's help text mentions but the command does not have."""
    said = [command.help, *(getattr(param, "help", None) for param in command.params)]
    return set(OPTION.findall(" ".join(filter(None, said)))) - options(command)


def problems(call: str, *, whole: bool) -> set[str]:
    """Return the errors in a command line: an unknown subcommand or option, or (if `whole`) a missing option."""
    name, *words = shlex.split(re.sub(r"[\[\]]", "", call).removeprefix("python -m "), comments=True)
    command = PROGRAMS[name]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    given = {word for word in words if OPTION.fullmatch(word)}
    wrong = given - options(command)
    needed = [param for param in command.params if whole and param.required and param.param_type_name == "option"]
    wrong |= {f"{param.opts[0]} is missing" for param in needed if not given & set(param.opts)}
    if words and hasattr(command, "commands") and words[0][0] != "-":
        wrong.add(words[0])
    return wrong


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_in_a_help_text_is_an_option_of_that_command(name: str) -> None:
    assert unknown_in_help(COMMANDS[name]) == set()


def test_every_command_in_the_docs_is_valid() -> None:
    wrong: dict[str, set[str]] = {}
    for path in texts():
        text = path.read_text()
        wrong |= {call: problems(call, whole=True) for call in LINE.findall(text)}
        wrong |= {call: problems(call, whole=False) for call in SPAN.findall(text)}
    assert len(wrong) > 50
    assert {call: found for call, found in wrong.items() if found} == {}


@pytest.mark.parametrize("page", PAGES)
def test_an_option_on_a_page_for_operators_is_an_option_of_some_command(page: str) -> None:
    known = {option for command in COMMANDS.values() for option in options(command)}
    assert set(OPTION.findall((ROOT / page).read_text())) - known == set()


def test_a_wrong_command_in_the_docs_is_reported() -> None:
    app = typer.Typer()

    @app.command()
    def show(*, payload: bool = False) -> None:
        """Show a record; --value adds its value."""

    assert unknown_in_help(typer.main.get_command(app)) == {"--value"}
    assert problems("buurtsein parked let-go", whole=False) == {"let-go"}
    assert problems("buurtsein parked release --everything", whole=True) == {"--everything", "--key is missing"}
    assert problems("python -m buurtsein_<name> migrate [--dry-run]  # as the migrator", whole=True) == set()
