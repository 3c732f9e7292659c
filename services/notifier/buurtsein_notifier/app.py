"""Builds the service notifier from its settings."""

from collections.abc import Mapping
from importlib.resources import files

from buurtsein_chassis.service import Loop, Service
from buurtsein_chassis.tasks import Task
from buurtsein_kernel.clock import SystemClock
from buurtsein_notifier import api, cap
from buurtsein_notifier.adapters import duty as ways
from buurtsein_notifier.adapters.choice import adapter_of
from buurtsein_notifier.adapters.found import adapter_class
from buurtsein_notifier.adapters.receiving import ReceiptReader
from buurtsein_notifier.consumers import subscriptions
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.deliveries.asking import Asking
from buurtsein_notifier.deliveries.share import Share
from buurtsein_notifier.domain.duty import Roster
from buurtsein_notifier.domain.feedback import FeedbackTerm
from buurtsein_notifier.domain.message import Outgoing, Sender
from buurtsein_notifier.domain.quiet import QuietHours
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.handlers.duty import Duty
from buurtsein_notifier.jobs import jobs
from buurtsein_notifier.settings import Settings
from buurtsein_notifier.table_gauges import (
    refresh_deliveries,
    refresh_held,
    refresh_owed,
    refresh_rules,
    refresh_untold,
)


def compose(settings: Settings) -> Service:
    """Return the service, with its routes, two subscriptions, five jobs, and the loops of deliveries.

    These are loops and not jobs, because all workers share them: each delivery has its own lease.
    """
    chosen = {adapter_class(one).name: adapter_class(one) for one in settings.adapters}
    given = dependencies(settings, adapter_class(settings.adapter).name)
    return Service(
        "notifier",
        settings,
        routers=[api.router],
        subscriptions=subscriptions(given),
        jobs=jobs(given, duty_of(settings)),
        loops=_loops(settings, given) if Task.WORKER in settings.tasks else {},
        provides=[given, ReceiptReader(chosen, settings.receipt_secret)],
        table_gauges=[refresh_deliveries, refresh_owed, refresh_untold, refresh_rules, refresh_held],
    )


def _loops(settings: Settings, given: Dependencies) -> Mapping[str, Loop]:
    """Return the loops of a worker: for each adapter one sends messages, and one asks what became of them."""
    names = tuple(adapter_class(one).name for one in settings.adapters[1:])
    patience = settings.hand_on_seconds if names else None
    loops: dict[str, Loop] = {}
    for named, name in zip(settings.adapters, ("", *names), strict=True):
        share = Share(only=name, patience=patience) if name else Share(others=names, patience=patience)
        sending = Deliveries(adapter_of(named, settings), given, signer=settings.signer, share=share)
        loops[f"deliveries-{name}".rstrip("-")] = sending.run
        loops[f"asking-{name}".rstrip("-")] = Asking(adapter_of(named, settings), given).run
    return loops


def duty_of(settings: Settings) -> Duty | None:
    """Return the duty contacts and how to reach them; None without a roster, or when this process runs no jobs."""
    if settings.duty is None:
        return None
    return Duty(Roster.read(settings.duty.get_secret_value()), ways.tell)


def dependencies(settings: Settings, adapter: str) -> Dependencies:
    """Return the objects that the handlers need; `adapter` is the name of the adapter for new deliveries."""
    most = cap.Status.ACTUAL if settings.may_be_actual else cap.Status.EXERCISE
    shown = Sender(settings.cap_sender_name, settings.cap_contact, settings.cap_web)
    return Dependencies(
        clock=SystemClock(),
        book=_rules(settings),
        outgoing=Outgoing(
            sender=settings.cap_sender,
            status=settings.cap_status,
            most=most,
            shown=shown,
            unmandated_until=settings.hot_unmandated_until,
            training=settings.training,
            public_cold=settings.public_cold,
            quiet=QuietHours(*settings.quiet_hours) if settings.quiet_hours else None,
        ),
        adapter=adapter,
        orders={key: [adapter_class(one).name for one in order] for key, order in settings.ways.items()},
        sms_unit_price=settings.sms_unit_price,
        vat_percent=settings.vat_percent,
        free_units=settings.free_units,
        police_release=settings.police_release,
        decide_minutes=settings.decide_minutes,
        valid_minutes=settings.valid_minutes,
        coordinators_send=settings.coordinators_send,
        term=FeedbackTerm(settings.feedback_hour, settings.exercises_owe_feedback),
        day=(settings.day_begins, settings.night_begins),
    )


def _rules(settings: Settings) -> RuleBook:
    source = settings.rules_file or files("buurtsein_notifier") / "rules.toml"
    return RuleBook.read(source.read_text())
