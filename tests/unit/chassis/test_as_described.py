"""A service whose code differs from its manifest does not start, and the error names each difference."""

from dataclasses import replace
from typing import Any

import pytest
from unit.funding.funding_memory import GIVEN

from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_chassis.jobs import Every, Job
from buurtsein_chassis.program import differences
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.topics import ALERTS, ERASURES, MEMBERS, NETWORKS
from buurtsein_funding.consumers import subscriptions
from buurtsein_funding.manifest import MANIFEST


async def ignore(event: Event[Any], uow: UnitOfWork) -> None: ...


async def nothing(database: Database) -> None: ...


SERVICE = Service(
    "funding",
    ServiceSettings.model_construct(),
    subscriptions=subscriptions(GIVEN),
    jobs=dict.fromkeys(MANIFEST.jobs, nothing),
)


def test_a_service_that_matches_its_manifest_has_no_differences() -> None:
    assert list(differences(MANIFEST, SERVICE)) == []


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        (replace(SERVICE, subscriptions=()), ["subscriptions", "projections"]),
        (
            replace(
                SERVICE,
                subscriptions=[
                    Subscription("funding.networks", (NETWORKS,), ignore),
                    Subscription("funding.erasures", (ERASURES,), ignore),
                    Subscription("funding.alerts", (ALERTS,), ignore),
                    Subscription("funding.members", (MEMBERS,), ignore),
                ],
            ),
            ["projections"],
        ),
    ],
    ids=["nothing is read", "the consumer keeps no projection"],
)
def test_each_missing_part_is_named(service: Service, wrong: list[str]) -> None:
    assert list(differences(MANIFEST, service)) == wrong


def test_a_job_without_a_function_is_named() -> None:
    described = replace(MANIFEST, jobs=(Job("tidying", Every(60)),))
    assert list(differences(described, SERVICE)) == ["jobs"]
