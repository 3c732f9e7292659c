"""Stores files, such as photos, outside of events and database: each under the SHA-256 of its bytes."""

from buurtsein_chassis.blobs.few_reads import FewReads
from buurtsein_chassis.blobs.folder import BlobFolder
from buurtsein_chassis.blobs.store import Blobs, BlobUnreadable

__all__ = ["BlobFolder", "BlobUnreadable", "Blobs", "FewReads"]
