"""Builds the specs of buckets, and refuses what S3 refuses when a bucket is created.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
"""

import hashlib
import uuid
from typing import Any

from harness.cloud.template.errors import DuplicateName, PropertiesContradict
from harness.cloud.template.model_bucket import BucketSpec, ExpirySpec, NotificationSpec
from harness.cloud.template.schema import BUCKET, FUNCTION, QUEUE
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import Items, Map, section

TOPIC = "AWS::SNS::Topic"
_TARGETS = {"Lambda": ("Function", FUNCTION), "Queue": ("Queue", QUEUE), "Topic": ("Topic", TOPIC)}


def bucket_specs(stack: Stack) -> dict[str, BucketSpec]:
    """All buckets of the template, with the events of functions that they feed."""
    seen: dict[str, str] = {}
    for bucket in stack.of(BUCKET):
        first = seen.setdefault(stack.name(bucket.logical_id), bucket.logical_id)
        if first != bucket.logical_id:
            raise bucket.spot().error(
                DuplicateName, f"{bucket.logical_id} and {first} have the same name.",
                expected="a name of its own for each: they are unique in the whole world",
            )  # fmt: skip
    return {bucket.logical_id: _bucket(bucket, stack) for bucket in stack.of(BUCKET)}


def bucket_of_event(event: Event, stack: Stack) -> Resource:
    """The bucket behind an S3 event of a function: SAM takes only one of the same template.

    Raises:
        SourceOutside: it is not.
    """
    spot = event.spot.below("Bucket", event.properties.value_place("Bucket"))
    return stack.named(event.properties["Bucket"], (BUCKET,), spot, "write !Ref and the bucket's logical id")


def _bucket(bucket: Resource, stack: Stack) -> BucketSpec:
    properties = bucket.properties
    configuration = section(properties, "NotificationConfiguration")
    bridge = section(configuration, "EventBridgeConfiguration")
    return BucketSpec(
        logical_id=bucket.logical_id,
        name=stack.name(bucket.logical_id),
        arn=stack.attribute(bucket.logical_id, "Arn"),
        versioned="VersioningConfiguration" in properties,
        notifications=_notifications(bucket, configuration, stack),
        event_bridge="EventBridgeConfiguration" in configuration and bridge.get("EventBridgeEnabled", True),
        expiries=tuple(_expiries(section(properties, "LifecycleConfiguration"), bucket)),
        cors=tuple(_cors(rule) for rule in section(properties, "CorsConfiguration").get("CorsRules", ())),
        tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())},
        line=bucket.place.line,
    )


# ---- notifications ---------------------------------------------------------------------------


def _notifications(bucket: Resource, configuration: Map, stack: Stack) -> tuple[NotificationSpec, ...]:
    specs: list[NotificationSpec] = []
    for kind in _TARGETS:
        key = f"{kind}Configurations"
        for number, entry in enumerate(configuration.get(key, ())):
            spot = bucket.spot("NotificationConfiguration").below(f"{key}.{number}", entry.place)
            specs.append(_declared(kind, entry, spot, stack))
            _refuse_overlap(specs, spot)
    for function in stack.of(FUNCTION):
        for event in function.events:
            if event.kind == "S3" and bucket_of_event(event, stack) is bucket:
                specs += _of_event(event, function, stack)
                _refuse_overlap(specs, event.spot)
    return tuple(specs)


def _declared(kind: str, entry: Map, spot: Spot, stack: Stack) -> NotificationSpec:
    key, type_ = _TARGETS[kind]
    target_spot = spot.below(key, entry.value_place(key))
    arn = stack.target(entry[key], (type_,), target_spot)
    target = stack.named(arn, (type_,), target_spot)
    if target.properties.get("FifoTopic", False):
        raise target_spot.error(
            PropertiesContradict, f"{target_spot.path} of {spot.resource} is {target.logical_id}, a FIFO topic.",
            expected="a standard topic: S3 sends to no other",
        )  # fmt: skip
    return _spec(kind, arn, (entry["Event"],), entry, spot)


def _of_event(event: Event, function: Resource, stack: Stack) -> list[NotificationSpec]:
    """SAM makes a configuration for each event type."""
    alias = "AutoPublishAlias" in function.properties
    arn = (
        stack.references.ref(f"{function.logical_id}.Alias", function.place)
        if alias
        else stack.attribute(function.logical_id, "Arn")
    )
    events = event.properties["Events"]
    named = list(events) if isinstance(events, Items) else [events]
    return [_spec("Lambda", arn, (each,), event.properties, event.spot) for each in named]


def _spec(kind: str, arn: str, events: tuple[str, ...], entry: Map, spot: Spot) -> NotificationSpec:
    rules = section(section(entry, "Filter"), "S3Key").get("Rules", ())
    parts = {rule["Name"].lower(): rule["Value"] for rule in rules}
    if len(parts) != len(rules):
        raise spot.below("Filter", entry.value_place("Filter")).error(
            PropertiesContradict, f"{spot.path} of {spot.resource} has two rules of one name.",
            expected="one prefix and one suffix at most",
        )  # fmt: skip
    return NotificationSpec(
        id=_id_of(spot.resource, spot.path, *events),
        kind=kind,
        target_arn=arn,
        events=events,
        prefix=parts.get("prefix", ""),
        suffix=parts.get("suffix", ""),
        line=spot.place.line,
    )


def _id_of(*names: str) -> str:
    """CloudFormation draws a UUID for each configuration; here it belongs to its place in the template."""
    return str(uuid.UUID(bytes=hashlib.blake2b("/".join(names).encode(), digest_size=16).digest(), version=4))


def _refuse_overlap(specs: list[NotificationSpec], spot: Spot) -> None:
    for position, one in enumerate(specs):
        for other in specs[:position]:
            if one.overlaps(other):
                raise spot.error(
                    PropertiesContradict,
                    f"Two notifications of one bucket overlap: {' '.join(other.events)} on line {other.line} and "
                    f"{' '.join(one.events)} on line {one.line} could both be about the same object.",
                    expected="for one event type, prefixes or suffixes that exclude each other",
                    try_="send it to one SNS topic, and let both subscribe to that",
                    see="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html",
                )


# ---- lifecycle and CORS ----------------------------------------------------------------------


def _expiries(configuration: Map, bucket: Resource) -> list[ExpirySpec]:
    return [_expiry(number, rule, bucket) for number, rule in enumerate(configuration.get("Rules", ()), 1)]


def _expiry(number: int, rule: Map, bucket: Resource) -> ExpirySpec:
    noncurrent = section(rule, "NoncurrentVersionExpiration")
    if rule.get("ExpiredObjectDeleteMarker") and "ExpirationInDays" in rule:
        raise bucket.spot("LifecycleConfiguration").error(
            PropertiesContradict, f"A rule of {bucket.logical_id} has ExpirationInDays and ExpiredObjectDeleteMarker.",
            expected="one or the other: S3 takes a delete marker that hides nothing away when the days are over",
        )  # fmt: skip
    return ExpirySpec(
        id=rule.get("Id", f"rule-{number}"),
        enabled=rule["Status"] == "Enabled",
        prefix=rule.get("Prefix", ""),
        days=rule.get("ExpirationInDays", 0),
        noncurrent_days=noncurrent.get("NoncurrentDays", rule.get("NoncurrentVersionExpirationInDays", 0)),
        keep_noncurrent=noncurrent.get("NewerNoncurrentVersions", 0),
        upload_days=section(rule, "AbortIncompleteMultipartUpload").get("DaysAfterInitiation", 0),
        orphan_markers=bool(rule.get("ExpiredObjectDeleteMarker", "ExpirationInDays" in rule)),
        larger_than=rule.get("ObjectSizeGreaterThan", -1),
        smaller_than=rule.get("ObjectSizeLessThan"),
    )


def _cors(rule: Map) -> dict[str, Any]:
    names = {"AllowedMethods": "AllowedMethod", "AllowedOrigins": "AllowedOrigin", "AllowedHeaders": "AllowedHeader"}
    cors: dict[str, Any] = {api: list(rule.get(key, ())) for key, api in names.items()}
    cors["ExposeHeader"] = list(rule.get("ExposedHeaders", ()))
    cors["MaxAgeSeconds"] = rule.get("MaxAge")
    return cors
