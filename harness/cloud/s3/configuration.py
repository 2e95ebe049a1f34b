"""A bucket's notification configuration as the API writes and reads it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from harness.cloud.s3 import xml
from harness.cloud.s3.errors import invalid_argument, malformed_xml, not_simulated
from harness.cloud.template.model_bucket import NotificationSpec
from harness.cloud.template.types_bucket import EVENTS
from harness.simulation.randomness import uuid_from

_KINDS = {
    "CloudFunctionConfiguration": ("Lambda", "CloudFunction"),
    "QueueConfiguration": ("Queue", "Queue"),
    "TopicConfiguration": ("Topic", "Topic"),
}
_ELEMENTS = {kind: (element, target) for element, (kind, target) in _KINDS.items()}
_MORE_EVENTS = ("s3:ObjectTagging:", "s3:ObjectAcl:", "s3:ObjectRestore:", "s3:Replication:", "s3:LifecycleTransition",
                "s3:IntelligentTiering", "s3:ReducedRedundancyLostObject")  # fmt: skip


@dataclass(frozen=True)
class Configuration:
    """Whom a bucket tells."""

    notifications: tuple[NotificationSpec, ...] = ()
    event_bridge: bool = False


def parse(body: bytes, chance: random.Random) -> Configuration:
    """Reads a configuration; S3 draws an id for an entry without one.

    Raises:
        S3Error: it is no such configuration, or its entries overlap.
    """
    root = xml.parse(body, "NotificationConfiguration")
    entries = tuple(_entry(child, chance) for child in root if child.tag in _KINDS)
    if any(child.tag not in _KINDS and child.tag != "EventBridgeConfiguration" for child in root):
        raise malformed_xml()
    for position, one in enumerate(entries):
        if any(one.overlaps(other) for other in entries[:position]):
            raise invalid_argument("Configurations overlap. Configurations on the same bucket cannot share a common event type.")  # fmt: skip # noqa: E501
    return Configuration(entries, root.find("EventBridgeConfiguration") is not None)


def _entry(element: Element, chance: random.Random) -> NotificationSpec:
    kind, target = _KINDS[element.tag]
    events = tuple((each.text or "").strip() for each in element.findall("Event"))
    if not events:
        raise malformed_xml()
    for event in events:
        _check_event(event)
    rules = {
        xml.text(rule, "Name").lower(): xml.exact(rule, "Value") for rule in element.findall("Filter/S3Key/FilterRule")
    }
    if set(rules) - {"prefix", "suffix"}:
        raise invalid_argument("filter rule name must be either prefix or suffix")
    return NotificationSpec(
        id=xml.text(element, "Id") or uuid_from(chance),
        kind=kind,
        target_arn=xml.text(element, target),
        events=events,
        prefix=rules.get("prefix", ""),
        suffix=rules.get("suffix", ""),
    )


def _check_event(event: str) -> None:
    if event.startswith(_MORE_EVENTS):
        raise not_simulated(f"notifications of {event}")
    if event not in EVENTS:
        raise invalid_argument(
            "A specified event is not supported for notifications.", ArgumentName="Event", ArgumentValue=event
        )


def document(configuration: Configuration) -> bytes:
    """The configuration as GetBucketNotificationConfiguration gives it."""
    entries: list[tuple[str, xml.Node]] = [
        (_ELEMENTS[each.kind][0], list(_written(each))) for each in configuration.notifications
    ]
    if configuration.event_bridge:
        entries.append(("EventBridgeConfiguration", ""))
    return xml.document("NotificationConfiguration", entries)


def _written(entry: NotificationSpec) -> Iterator[tuple[str, xml.Node]]:
    yield "Id", entry.id
    yield _ELEMENTS[entry.kind][1], entry.target_arn
    for event in entry.events:
        yield "Event", event
    named = {"prefix": entry.prefix, "suffix": entry.suffix}
    rules: list[tuple[str, xml.Node]] = [
        ("FilterRule", [("Name", name), ("Value", value)]) for name, value in named.items() if value
    ]
    if rules:
        yield "Filter", [("S3Key", rules)]
