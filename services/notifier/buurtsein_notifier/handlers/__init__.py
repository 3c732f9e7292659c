"""One function for each command and each event: load under lock, call the domain, save, record what happened."""

from buurtsein_notifier.handlers.deciding import expire, refuse, release, settle, switch
from buurtsein_notifier.handlers.judging import Judge

__all__ = ["Judge", "expire", "refuse", "release", "settle", "switch"]
