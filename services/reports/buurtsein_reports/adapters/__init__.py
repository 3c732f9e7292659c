"""Makes photos out of the files that reporters send, in a process of its own."""

from buurtsein_reports.adapters.photo_maker import PhotoMaker

__all__ = ["PhotoMaker"]
