"""The notifier's tables; every write is part of the caller's transaction."""

from buurtsein_notifier.store.judging import NotifierStore

__all__ = ["NotifierStore"]
