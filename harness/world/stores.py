"""Everything that a submission keeps, to look for what must not be there, or must be there still.

Tables, buckets with all versions, queues, and the services outside that tell what they keep
(`texts`). Streams are left out: what passed them stays there for their retention, whoever
deletes it elsewhere. An object, or a binary attribute of an item, that is gzip is read
unpacked as well.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.world.deployment import Deployment

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Kept:
    """One thing that is kept somewhere.

    Attributes:
        kind: "table", "bucket", "queue" or "service".
        name: logical id, or the service's name.
        what: an item as JSON, an object's key, a message's body, a document.
    """

    kind: str
    name: str
    what: str


def holding(deployment: Deployment, text: str) -> list[Kept]:
    """Everything in which a text stands, in no order to rely on between kinds."""
    sought = text.encode()
    return [kept for kept, contents in _everything(deployment) if any(sought in content for content in contents)]


def _everything(deployment: Deployment) -> Iterator[tuple[Kept, list[bytes]]]:
    yield from _items(deployment)
    yield from _objects(deployment)
    yield from _messages(deployment)
    for name, service in deployment.services.items():
        for one in service.texts() if hasattr(service, "texts") else ():
            yield Kept("service", name, one), [one.encode()]


def _items(deployment: Deployment) -> Iterator[tuple[Kept, list[bytes]]]:
    from harness.world.table_view import TableView

    calls = deployment.dynamodb.item_calls
    for logical_id, spec in deployment.template.tables.items():
        shape = calls.items.shape(spec.name)
        assert shape is not None
        items = calls.items.every(shape)
        for item, shown in zip(items, TableView(logical_id, deployment).texts(), strict=True):
            binary = [part for value in _binary(item) for part in _unpacked(value)]
            yield Kept("table", logical_id, shown), [shown.encode(), *binary]


def _objects(deployment: Deployment) -> Iterator[tuple[Kept, list[bytes]]]:
    from harness.world.bucket_view import BucketView

    for logical_id, spec in deployment.template.buckets.items():
        bucket = BucketView(logical_id, spec, deployment.s3)
        for key in deployment.s3.state.keys(spec.name):
            for version in bucket.versions(key):
                if not version.is_marker:
                    told = f"{key} {dict(version.metadata)}".encode()
                    body = bucket.get(key, version_id=version.version_id)
                    yield Kept("bucket", logical_id, key), [told, *_unpacked(body)]


def _messages(deployment: Deployment) -> Iterator[tuple[Kept, list[bytes]]]:
    for logical_id, watch in deployment.queues.items():
        for message in watch.queue.messages():
            attributes = [
                value.string_value.encode() if value.string_value is not None else value.binary_value or b""
                for value in message.message_attributes.values()
            ]
            yield Kept("queue", logical_id, message.body), [message.body.encode(), *attributes]


def _binary(value: Any) -> Iterator[bytes]:
    """The binary values in an item, at any depth."""
    match value:
        case {"B": bytes(content)}:
            yield content
        case {"BS": contents}:
            yield from contents
        case dict():
            for each in value.values():
                yield from _binary(each)
        case list():
            for each in value:
                yield from _binary(each)


def _unpacked(content: bytes) -> list[bytes]:
    """The bytes, and what they are unpacked if they are gzip."""
    if not content.startswith(_GZIP):
        return [content]
    try:
        return [content, gzip.decompress(content)]
    except (OSError, EOFError, zlib.error):
        return [content]
