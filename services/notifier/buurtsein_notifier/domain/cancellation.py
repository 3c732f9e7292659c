"""Makes the texts of a message that cancels an alert, in each language in which the alert was sent."""

from buurtsein_contracts.events.alert import CancelReason, CapStatus
from buurtsein_notifier import cap
from buurtsein_notifier.domain.marking import mark_of, marked

LONGEST_EVENT = 90
_HEADLINES = {
    "nl": "{event}: deze waarschuwing is ingetrokken.",
    "fr": "{event}: cette alerte est retirée.",
    "de": "{event}: diese Warnung wird zurückgezogen.",
    "en": "{event}: this alert is withdrawn.",
}
_WHY = {
    "nl": {
        CancelReason.SOLVED: "De politie trekt haar waarschuwing in: het is opgelost. U hoeft niets meer te doen.",
        CancelReason.MISTAKE: "De politie trekt haar waarschuwing in: ze was niet juist. U hoeft niets te doen.",
        CancelReason.REPLACED: "De politie trekt haar waarschuwing in. Er komt een andere in de plaats.",
    },
    "fr": {
        CancelReason.SOLVED: "La police retire son alerte: la situation est résolue. Vous n'avez plus rien à faire.",
        CancelReason.MISTAKE: "La police retire son alerte: elle n'était pas correcte. Vous n'avez rien à faire.",
        CancelReason.REPLACED: "La police retire son alerte. Une autre va la remplacer.",
    },
    "de": {
        CancelReason.SOLVED: "Die Polizei zieht ihre Warnung zurück: es ist gelöst. Sie müssen nichts mehr tun.",
        CancelReason.MISTAKE: "Die Polizei zieht ihre Warnung zurück: sie war nicht richtig. Sie müssen nichts tun.",
        CancelReason.REPLACED: "Die Polizei zieht ihre Warnung zurück. Eine andere ersetzt sie.",
    },
    "en": {
        CancelReason.SOLVED: "The police withdraw their alert: it is solved. You need to do nothing more.",
        CancelReason.MISTAKE: "The police withdraw their alert: it was not right. You need to do nothing.",
        CancelReason.REPLACED: "The police withdraw their alert. Another one will replace it.",
    },
}


def cancelling(info: cap.Info, reason: CancelReason, status: CapStatus) -> cap.Info:
    """Return a copy of a sent alert's `info` block that cancels the alert, marked when the alert is not real.

    The caller sets the block's times.
    """
    language = (info.language or "nl").split("-")[0]
    solved = reason is CancelReason.SOLVED
    mark = mark_of(status, language)
    event = marked(cap.plain_sms(info.event), mark, LONGEST_EVENT)
    return info.model_copy(
        update={
            "response_type": (cap.ResponseType.ALL_CLEAR if solved else cap.ResponseType.NONE,),
            "urgency": cap.Urgency.PAST,
            "headline": _HEADLINES[language].format(event=event),
            "description": mark + _WHY[language][reason],
            "instruction": None,
        }
    )
