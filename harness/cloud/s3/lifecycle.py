"""Lifecycle rules: what is old enough goes away, at a midnight in UTC.

S3 adds the days to the creation time, rounds up to the next midnight, and removes the object
some time after it; here it is gone at that midnight. Dates, tags and storage classes are left out.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from harness.cloud.s3 import xml
from harness.cloud.s3.errors import malformed_xml, not_simulated
from harness.cloud.s3.state import Buckets, Stored
from harness.cloud.template.model_bucket import ExpirySpec

_DATES_AND_TAGS = ("Expiration/Date", "Filter/Tag", "Filter/And/Tag")


@dataclass(frozen=True)
class Removal:
    """Something whose time has come.

    Attributes:
        version_id: "" for the object as a reader sees it.
    """

    key: str
    version_id: str


def due_at(since: datetime, days: int) -> datetime:
    """The midnight at which something from then has been there for these days."""
    ends = since + timedelta(days=days)
    midnight = ends.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == ends else midnight + timedelta(days=1)


def shortest_days(rules: Iterable[ExpirySpec]) -> int:
    """After how many days at the soonest something can be due; 0: never."""
    days = [
        number
        for rule in rules
        if rule.enabled
        for number in (rule.days, rule.noncurrent_days, rule.upload_days, int(rule.orphan_markers and not rule.days))
        if number
    ]
    return min(days, default=0)


def removals(bucket: str, rules: Iterable[ExpirySpec], buckets: Buckets, now: datetime) -> Iterator[Removal]:
    """All of a bucket that is due, object by object."""
    active = [rule for rule in rules if rule.enabled]
    for key in buckets.keys(bucket):
        versions = buckets.versions(bucket, key)
        for rule in active:
            if key.startswith(rule.prefix) and (found := list(_removals(versions, rule, now))):
                yield from found
                break


def _removals(versions: list[Stored], rule: ExpirySpec, now: datetime) -> Iterator[Removal]:
    latest, noncurrent = versions[0], versions[1:]
    if latest.is_marker:
        if not noncurrent and rule.orphan_markers:
            yield Removal(latest.key, latest.version_id)
    elif rule.days and _fits(latest, rule) and due_at(latest.last_modified, rule.days) <= now:
        yield Removal(latest.key, "")
    if rule.noncurrent_days:
        for successor, one in list(zip(versions, noncurrent, strict=False))[rule.keep_noncurrent :]:
            if _fits(one, rule) and due_at(successor.last_modified, rule.noncurrent_days) <= now:
                yield Removal(one.key, one.version_id)


def _fits(one: Stored, rule: ExpirySpec) -> bool:
    return one.is_marker or (
        one.size > rule.larger_than and (rule.smaller_than is None or one.size < rule.smaller_than)
    )


# ---- the API's form --------------------------------------------------------------------------


def parse(body: bytes) -> tuple[ExpirySpec, ...]:
    """Reads the body of PutBucketLifecycleConfiguration.

    Raises:
        S3Error: it is none, or uses dates or tags.
    """
    rules = xml.parse(body, "LifecycleConfiguration").findall("Rule")
    if not rules:
        raise malformed_xml()
    return tuple(_rule(number, rule) for number, rule in enumerate(rules, 1))


def _rule(number: int, rule: Element) -> ExpirySpec:
    if any(rule.find(path) is not None for path in _DATES_AND_TAGS):
        raise not_simulated("lifecycle rules with a date or with tags")

    def whole(*paths: str, default: int = 0) -> int:
        texts = [text for path in paths if (text := xml.text(rule, path))]
        if texts and not (texts[0].isdecimal() and len(texts[0]) < 15):
            raise malformed_xml()
        return int(texts[0]) if texts else default

    days = whole("Expiration/Days")
    smaller_than = whole("Filter/ObjectSizeLessThan", "Filter/And/ObjectSizeLessThan", default=-1)
    return ExpirySpec(
        id=xml.text(rule, "ID", f"rule-{number}"),
        enabled=xml.text(rule, "Status") == "Enabled",
        prefix=xml.text(rule, "Filter/Prefix") or xml.text(rule, "Filter/And/Prefix") or xml.text(rule, "Prefix"),
        days=days,
        noncurrent_days=whole("NoncurrentVersionExpiration/NoncurrentDays"),
        keep_noncurrent=whole("NoncurrentVersionExpiration/NewerNoncurrentVersions"),
        upload_days=whole("AbortIncompleteMultipartUpload/DaysAfterInitiation"),
        orphan_markers=xml.text(rule, "Expiration/ExpiredObjectDeleteMarker", "true" if days else "") == "true",
        larger_than=whole("Filter/ObjectSizeGreaterThan", "Filter/And/ObjectSizeGreaterThan", default=-1),
        smaller_than=None if smaller_than < 0 else smaller_than,
    )


def document(rules: Iterable[ExpirySpec]) -> bytes:
    """The rules as moto wants them, so that the API can read them back."""
    return xml.document("LifecycleConfiguration", [("Rule", list(_written(rule))) for rule in rules])


def _written(rule: ExpirySpec) -> Iterator[tuple[str, xml.Node]]:
    yield "ID", rule.id
    yield "Filter", [("Prefix", rule.prefix)]
    yield "Status", "Enabled" if rule.enabled else "Disabled"
    if rule.days:
        yield "Expiration", [("Days", str(rule.days))]
    elif rule.orphan_markers:
        yield "Expiration", [("ExpiredObjectDeleteMarker", "true")]
    if rule.noncurrent_days:
        kept: list[tuple[str, xml.Node]] = [("NoncurrentDays", str(rule.noncurrent_days))]
        kept += [("NewerNoncurrentVersions", str(rule.keep_noncurrent))] if rule.keep_noncurrent else []
        yield "NoncurrentVersionExpiration", kept
    if rule.upload_days:
        yield "AbortIncompleteMultipartUpload", [("DaysAfterInitiation", str(rule.upload_days))]
