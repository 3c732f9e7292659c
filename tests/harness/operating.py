"""Runs `buurtsein` commands inside the test process, which is faster than starting a program."""

import asyncio
import json
from typing import Any

import asyncpg
from typer.testing import CliRunner, Result

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.cli import app
from harness.town import Town


def invoke(town: Town, *arguments: str) -> Result:
    """Run a `buurtsein` command on a town's stack, and return the command's result."""
    return CliRunner().invoke(app, arguments, env={"BUURTSEIN_HOME": str(town.stack.home.path)})


def ask(town: Town, *arguments: str, status: int = 0) -> Any:
    """Run a `buurtsein` command with --json, check its exit status, and return its JSON document."""
    answer = invoke(town, *arguments, "--json")
    assert answer.exit_code == status, answer.output + repr(answer.exception)
    return json.loads(answer.stdout)


def refused(town: Town, *arguments: str) -> str:
    """Run a `buurtsein` command that must be refused; return its error message on standard error."""
    answer = invoke(town, *arguments)
    if isinstance(answer.exception, CommandError):
        return answer.exception.sentence
    assert answer.exit_code == 2, answer.output
    return answer.stderr


def networks(verified: dict[str, Any]) -> dict[str, Any]:
    """Return the results of `buurtsein verify` for the topic bin.networks."""
    found: dict[str, Any] = next(one for one in verified["topics"] if one["topic"] == "bin.networks")
    return found


def sql(town: Town, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """Run a query in a service's database as the role that owns the tables; return the rows."""

    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(town.manifest["postgres"]["databases"][service])
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    return asyncio.run(run())
