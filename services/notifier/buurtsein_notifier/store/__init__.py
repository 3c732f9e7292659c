"""The notifier's tables but for the deliveries; every write is part of the caller's transaction."""

from buurtsein_notifier.store.judging import NotifierStore

__all__ = ["NotifierStore"]
