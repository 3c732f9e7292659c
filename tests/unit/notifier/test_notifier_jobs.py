"""What the notifier declares as scheduled work is what its workers do."""

from unit.notifier.notifier_memory import dependencies

from buurtsein_notifier.jobs import jobs
from buurtsein_notifier.manifest import MANIFEST


def test_every_declared_job_is_done_and_no_other() -> None:
    assert list(jobs(dependencies())) == list(MANIFEST.jobs)
