"""Applications and payments follow the models of their lifecycles over five thousand steps each, on PostgreSQL."""

import pytest
from integration import test_funding_machine, test_payment_machine
from unit.funding.funding_memory import GIVEN

from buurtsein_funding import api
from buurtsein_stack.servers import RunningServers
from harness.driving import Driven, drive

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(900)]


MACHINES: list[tuple[type[Driven], object]] = [
    (test_funding_machine.ApplicationLife, test_funding_machine.GIVEN),
    (test_payment_machine.PaymentLife, GIVEN),
]


@pytest.mark.parametrize(("machine", "given"), MACHINES, ids=["application", "payment"])
def test_a_lifecycle_of_funding_follows_its_model_for_five_thousand_steps(
    servers: RunningServers, machine: type[Driven], given: object
) -> None:
    drive(machine, servers, "funding", api.router, given, examples=200)
