"""The notifier's scheduled work."""

from collections.abc import Mapping
from functools import partial

from buurtsein_chassis.jobs import Every, Job, Run
from buurtsein_notifier.expiry import expire
from buurtsein_notifier.handlers import Judge
from buurtsein_notifier.rejudging import rejudge

EXPIRY = Job("expiry", Every(5))
"""Closes proposals and deliveries whose time is over, also while deliveries are held."""
REJUDGING = Job("rejudging", Every(5))
"""Judges again what an alert of another place held."""


def jobs(judge: Judge, adapter: str) -> Mapping[Job, Run]:
    """Each job with what it does; `adapter` is the name under which deliveries are queued."""
    return {EXPIRY: expire, REJUDGING: partial(rejudge, judge, adapter)}
