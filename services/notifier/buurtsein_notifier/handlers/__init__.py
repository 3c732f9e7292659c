"""One function for each command and each event: load under lock, call the domain, save, record what happened."""

from buurtsein_notifier.handlers.deciding import cancel, expire, last_look, refuse, release, settle, switch
from buurtsein_notifier.handlers.judging import Judge

__all__ = ["Judge", "cancel", "expire", "last_look", "refuse", "release", "settle", "switch"]
