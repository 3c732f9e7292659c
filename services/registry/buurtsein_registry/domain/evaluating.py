"""Decides on the yearly evaluation of a network: a coordinator or the police write it, and two persons sign it.

Invariant: the two are a coordinator and a mandated police officer of the network, and nobody changes an evaluation that
both have signed. Each function changes the network, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import EvaluationSigned
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, missing
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.evaluation import Evaluation, Signature, last_due_year
from buurtsein_registry.domain.network import Network


def write(network: Network, evaluation: Evaluation, side: Side, now: datetime) -> None:
    """Store the evaluation of a past year; it replaces an earlier text of that year and its signature.

    Raises:
        DomainError: `not_the_coordinator` for a person of the neighbourhood who does not coordinate the network,
            `year_not_possible`, `evaluation_signed` after both signatures, `same_person`, or `transition_refused`.
    """
    if side is Side.NEIGHBOURHOOD:
        network.require_coordinator(evaluation.written_by)
    network.act_for(side, evaluation.written_by)
    network.require("write_evaluation")
    if not network.recognition or not network.recognition.start.year <= evaluation.year < brussels_day(now).year:
        raise DomainError("year_not_possible", "Dit jaar is nog niet voorbij, of het netwerk was toen niet erkend.")
    _require_unsigned(network.evaluations.get(evaluation.year))
    network.evaluations[evaluation.year] = evaluation
    network.note("write_evaluation", evaluation.written_by, now)


def sign(network: Network, year: int, side: Side, actor: str, now: datetime) -> Sequence[EventData]:
    """Sign a year's evaluation as a coordinator or mandated officer; return EvaluationSigned at the second signature.

    Raises:
        DomainError: `not_the_coordinator`, `not_mandated`, `evaluation_unknown`, `evaluation_signed` after both
            signatures, `already_signed` by a person of this side, `same_person`, or `transition_refused`.
    """
    if side is Side.NEIGHBOURHOOD:
        network.require_coordinator(actor)
    else:
        network.require_mandated(actor)
    network.act_for(side, actor)
    network.require("sign_evaluation")
    evaluation = network.evaluations.get(year)
    if evaluation is None:
        raise missing("evaluation_unknown", "Er is geen evaluatie van dit jaar.")
    _require_unsigned(evaluation)
    evaluation.sign(Signature(person=actor, signed_on=brussels_day(now)), by_coordinator=side is Side.NEIGHBOURHOOD)
    network.note("sign_evaluation", actor, now)
    return [EvaluationSigned(network_id=network.network_id, year=year, signed_at=now)] if evaluation.is_signed else []


def is_overdue(network: Network, due_days: int, every_years: int, day: date) -> bool:
    """Return whether a network that had to be evaluated has no signed evaluation of the last `every_years` years.

    The evaluation of a year is due `due_days` after it ends, from the year on in which the recognition began or the
    network was taken over.
    """
    first = last_due_year(day, due_days) - every_years + 1
    signed = [one.year for one in network.evaluations.values() if one.is_signed]
    had_to = network.followed_since is not None and network.followed_since.year <= first
    return had_to and max(signed, default=0) < first


def _require_unsigned(evaluation: Evaluation | None) -> None:
    if evaluation and evaluation.is_signed:
        raise conflict("evaluation_signed", "Deze evaluatie is al door beiden getekend.")
