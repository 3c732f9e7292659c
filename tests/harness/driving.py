"""Drives a state machine of hypothesis against the routes of a service on a fresh database of PostgreSQL."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, ClassVar

import httpx
from fastapi import APIRouter
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from buurtsein_chassis.database import Database
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import serving


class Driven(RuleBasedStateMachine):
    """A state machine that sends requests to a service in this process, and reads its database."""

    runner: ClassVar[asyncio.Runner]
    client: ClassVar[httpx.AsyncClient]
    database: ClassVar[Database]

    def run(self, work: Any) -> Any:
        """Wait for the result of a coroutine."""
        return self.runner.run(work)


def drive(
    machine: type[Driven], servers: RunningServers, service: str, router: APIRouter, given: object, *, examples: int
) -> None:
    """Run a state machine against a service with these routes and objects, 25 steps for each of the examples."""

    async def begin(stack: AsyncExitStack) -> None:
        where = await stack.enter_async_context(fresh_database(servers, service))
        machine.database = await stack.enter_async_context(opened(where.app))
        machine.client = await stack.enter_async_context(serving(router, machine.database, given))

    steps = settings(max_examples=examples, stateful_step_count=25, deadline=None)
    with asyncio.Runner() as machine.runner:
        stack = AsyncExitStack()
        machine.runner.run(begin(stack))
        try:
            run_state_machine_as_test(machine, settings=steps)
        finally:
            machine.runner.run(stack.aclose())
