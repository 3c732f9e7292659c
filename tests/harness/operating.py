"""The operator's commands, given in this process, which is quicker than a program of their own."""

import asyncio
import json
from typing import Any

import asyncpg
from typer.testing import CliRunner, Result

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.cli import app
from harness.town import Town


def invoke(town: Town, *arguments: str) -> Result:
    """A command on a town's stack."""
    return CliRunner().invoke(app, arguments, env={"BUURTSEIN_HOME": str(town.stack.home.path)})


def ask(town: Town, *arguments: str, status: int = 0) -> Any:
    """What a command answers as JSON; its exit status must be this one."""
    answer = invoke(town, *arguments, "--json")
    assert answer.exit_code == status, answer.output + repr(answer.exception)
    return json.loads(answer.stdout)


def refused(town: Town, *arguments: str) -> str:
    """The sentence with which a command is refused."""
    answer = invoke(town, *arguments)
    if isinstance(answer.exception, CommandError):
        return answer.exception.sentence
    assert answer.exit_code == 2, answer.output
    return answer.stderr


def networks(verified: dict[str, Any]) -> dict[str, Any]:
    """What `verify` says of bin.networks."""
    found: dict[str, Any] = next(one for one in verified["topics"] if one["topic"] == "bin.networks")
    return found


def sql(town: Town, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """As the owner of the tables."""

    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(town.manifest["postgres"]["databases"][service])
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    return asyncio.run(run())
