"""Stores blobs as objects in a bucket of an object store that speaks S3, under their SHA-256."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from obstore.exceptions import BaseError
from obstore.store import S3Store
from pydantic import SecretStr

from buurtsein_chassis.blobs.store import BlobUnreadable


class BlobBucket:
    """A store of blobs in a bucket, for installations whose machines share no folder."""

    def __init__(self, url: str, bucket: str, region: str, key_id: str, secret: SecretStr) -> None:
        """Take the address of the object store, the name of the bucket, its region, and the key to it."""
        self._store = S3Store(
            bucket,
            endpoint=url,
            region=region,
            access_key_id=key_id,
            secret_access_key=secret.get_secret_value(),
            virtual_hosted_style_request=False,
            client_options={"allow_http": True, "timeout": "30s"},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )

    async def put(self, blob: bytes) -> str:
        """Store a blob and return its SHA-256; raise OSError when it cannot be stored."""
        sha256 = hashlib.sha256(blob).hexdigest()
        with _as_os_error():
            await self._store.put_async(sha256, blob)
        return sha256

    async def get(self, sha256: str) -> bytes:
        """Return a blob, after a check of its SHA-256; raise BlobUnreadable, or OSError when the store is away."""
        try:
            with _as_os_error():
                blob = bytes(await (await self._store.get_async(sha256)).bytes_async())
        except FileNotFoundError as error:
            raise BlobUnreadable(f"{sha256} is not in the store") from error
        if hashlib.sha256(blob).hexdigest() != sha256:
            raise BlobUnreadable(f"{sha256} is damaged")
        return blob

    async def older_than(self, moment: datetime) -> list[str]:
        """Return the names of all blobs that were stored before a moment; raise OSError when the store is away."""
        with _as_os_error():
            return [one["path"] async for some in self._store.list() for one in some if one["last_modified"] < moment]

    async def remove(self, name: str) -> None:
        """Remove the blob of this name; do nothing when it is not there. Raise OSError when the store is away."""
        with _as_os_error():
            await self._store.delete_async(name)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Raise an error of the object store as OSError; one about an object that is not there stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise OSError(f"the object store gave {type(error).__name__}") from error
