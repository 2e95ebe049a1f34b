"""ListObjectVersions: every version of every object, the newest of each first.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
"""

from collections.abc import Iterator, Mapping
from itertools import dropwhile
from urllib.parse import quote

from harness.cloud.s3 import xml
from harness.cloud.s3.errors import invalid_argument
from harness.cloud.s3.state import Buckets, Stored

PAGE = 1000
_OWNER: xml.Node = [("ID", "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a")]

Entry = tuple[str, str, Stored | None]
"""Key or common prefix; version id; the version, None for a common prefix."""


def listing(bucket: str, query: Mapping[str, str], buckets: Buckets) -> bytes:
    """One page of the list.

    Raises:
        S3Error: InvalidArgument.
    """
    limit = _limit(query.get("max-keys", ""))
    entries = list(_after(query, _grouped(bucket, query, buckets)))
    page = entries[:limit]
    encode = quote if query.get("encoding-type") == "url" else str
    names = ("Prefix", "KeyMarker", "VersionIdMarker", "Delimiter", "EncodingType")
    asked = {name: query.get(_hyphened(name), "") for name in names}
    content: list[tuple[str, xml.Node]] = [("Name", bucket)]
    content += [(name, encode(value)) for name, value in asked.items() if value or name in names[:3]]
    content += [("MaxKeys", str(limit)), ("IsTruncated", str(len(entries) > limit > 0).lower())]
    if len(entries) > limit > 0:
        content.append(("NextKeyMarker", encode(page[-1][0])))
        content += [("NextVersionIdMarker", page[-1][1])] if page[-1][1] else []
    content += [_version(one, encode(key)) for key, _, one in page if one]
    content += [("CommonPrefixes", [("Prefix", encode(key))]) for key, _, one in page if one is None]
    return xml.document("ListVersionsResult", content)


def _limit(text: str) -> int:
    if not text:
        return PAGE
    if not text.isdecimal() or len(text) > 9:
        raise invalid_argument("Provided max-keys not an integer or within integer range", ArgumentName="max-keys")
    return min(int(text), PAGE)


def _hyphened(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


def _grouped(bucket: str, query: Mapping[str, str], buckets: Buckets) -> Iterator[Entry]:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    last = ""
    for one in buckets.all_versions(bucket):
        if not one.key.startswith(prefix):
            continue
        head, found, _ = one.key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if not found:
            yield one.key, one.version_id, one
        elif (common := prefix + head + delimiter) != last:
            last = common
            yield common, "", None


def _after(query: Mapping[str, str], entries: Iterator[Entry]) -> Iterator[Entry]:
    key, version_id = query.get("key-marker", ""), query.get("version-id-marker", "")
    if not version_id:
        return (entry for entry in entries if not key or entry[0].encode() > key.encode())
    rest = dropwhile(lambda entry: entry[:2] != (key, version_id) and entry[0].encode() <= key.encode(), entries)
    return (entry for entry in rest if entry[:2] != (key, version_id))


def _version(one: Stored, key: str) -> tuple[str, xml.Node]:
    modified = f"{one.last_modified:%Y-%m-%dT%H:%M:%S}.000Z"
    named: list[tuple[str, xml.Node]] = [
        ("Key", key),
        ("VersionId", one.version_id),
        ("IsLatest", str(one.is_latest).lower()),
        ("LastModified", modified),
    ]
    if one.is_marker:
        return "DeleteMarker", [*named, ("Owner", _OWNER)]
    named += [("ETag", f'"{one.etag}"'), ("Size", str(one.size)), ("StorageClass", "STANDARD"), ("Owner", _OWNER)]
    return "Version", named
