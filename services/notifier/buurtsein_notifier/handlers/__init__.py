"""One function for each command and each event: load under lock, call the domain, save, record what happened."""

from buurtsein_notifier.handlers.deciding import expire, refuse, release, settle, switch
from buurtsein_notifier.handlers.judging import follow_network, judge

__all__ = ["expire", "follow_network", "judge", "refuse", "release", "settle", "switch"]
