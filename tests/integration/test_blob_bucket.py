"""The store of blobs in a bucket keeps the promises of the store in a folder; moto plays the S3 server over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from buurtsein_chassis.blobs import BlobUnreadable
from buurtsein_chassis.blobs.bucket import BlobBucket

KEY = ("key-id", "key")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def objects(url: str) -> Any:
    """Yield an S3 client of a new, empty bucket, beside the client that is tested; delete the bucket afterwards."""
    client = boto3.client(
        "s3", endpoint_url=url, region_name="eu-west-1", aws_access_key_id=KEY[0], aws_secret_access_key=KEY[1]
    )
    client.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield client
    for one in client.list_objects_v2(Bucket="photos").get("Contents", ()):
        client.delete_object(Bucket="photos", Key=one["Key"])
    client.delete_bucket(Bucket="photos")


def bucket(url: str, name: str = "photos") -> BlobBucket:
    return BlobBucket(url, name, "eu-west-1", KEY[0], SecretStr(KEY[1]))


async def test_a_blob_comes_back_as_it_was_under_its_sha256(url: str, objects: Any) -> None:
    store, blob = bucket(url), bytes(range(256)) * 4000
    sha256 = await store.put(blob)
    assert await store.put(blob) == sha256
    assert await bucket(url).get(sha256) == blob
    assert [one["Key"] for one in objects.list_objects_v2(Bucket="photos")["Contents"]] == [sha256]


async def test_a_blob_that_is_gone_or_changed_cannot_be_read(url: str, objects: Any) -> None:
    store = bucket(url)
    sha256 = await store.put(b"a photo")
    objects.put_object(Bucket="photos", Key=sha256, Body=b"another photo")
    with pytest.raises(BlobUnreadable, match="damaged"):
        await store.get(sha256)
    await store.remove(sha256)
    await store.remove(sha256)
    with pytest.raises(BlobUnreadable, match="not in the store"):
        await store.get(sha256)


@pytest.mark.usefixtures("objects")
async def test_blobs_are_listed_by_their_time(url: str) -> None:
    store = bucket(url)
    names = {await store.put(bytes([one])) for one in range(3)}
    now = datetime.now(UTC)
    assert set(await store.older_than(now + timedelta(minutes=1))) == names
    assert await store.older_than(now - timedelta(minutes=1)) == []


@pytest.mark.usefixtures("objects")
async def test_a_store_that_refuses_is_an_os_error(url: str) -> None:
    with pytest.raises(FileNotFoundError):
        await bucket(url, "elsewhere").put(b"a photo")
    with pytest.raises(OSError, match="object store"):
        await bucket("http://127.0.0.1:1").put(b"a photo")
