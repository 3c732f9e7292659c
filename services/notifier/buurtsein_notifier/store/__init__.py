"""Reads and writes the tables of the notifier, in the caller's transaction."""

from buurtsein_notifier.store.judging import NotifierStore

__all__ = ["NotifierStore"]
