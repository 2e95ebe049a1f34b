"""PARTS: what a deployment is made of beyond functions, queues and tables. Start here.

A part creates what the template says of one AWS service, registers the service with the
gateway, and says how an ARN of its kind is delivered to. A new service is a module here and
an entry in `PARTS`.

A part that the template says nothing of is built when somebody asks for it: by a call, by an
ARN or by a word of a test. Most deployments need three or four of them, and importing all
would take longer than judging a scenario.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.cloud.template import Template
    from harness.world.deployment import Deployment


@dataclass(frozen=True)
class Part:
    """An entry of the table.

    Attributes:
        declared: whether the template says anything of it; what it answers is only true or false.
        services: names under which calls ask for it.
        arns: services of the ARNs that it delivers to.
        fields: attributes of a deployment that it sets.
    """

    declared: Callable[[Template], Any]
    services: tuple[str, ...] = ()
    arns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


PARTS: dict[str, Part] = {
    "functions": Part(lambda template: True),
    "apis": Part(lambda template: template.apis),
    "load_balancers": Part(lambda template: template.load_balancing.groups or template.load_balancing.balancers),
    "containers": Part(lambda template: template.containers.definitions),
    "streams": Part(
        lambda template: template.streams or _is_fed_by(template, "Kinesis", "DynamoDB"),
        services=("kinesis", "dynamodbstreams"),
        arns=("kinesis",),
    ),
    "events": Part(
        lambda template: any(template.event_bridge.all()),
        services=("events", "scheduler"),
        arns=("events",),
        fields=("events", "event_targets", "schedules", "scheduler"),
    ),
    "topics": Part(
        lambda template: template.topics or template.subscriptions, services=("sns",), arns=("sns",), fields=("sns",)
    ),
    "buckets": Part(lambda template: template.buckets, services=("s3",), arns=("s3",), fields=("s3",)),
    "athena": Part(
        lambda template: template.athena.entries or template.athena.work_groups,
        services=("athena", "glue"),
        fields=("athena",),
    ),
    "tables": Part(
        lambda template: any(table.time_to_live_attribute for table in template.tables.values()),
        fields=("time_to_live",),
    ),
    "monitoring": Part(lambda template: template.alarms, services=("monitoring",), fields=("monitoring",)),
}
"""By the name of the module; in the order in which they are created."""


def build(name: str, deployment: Deployment) -> None:
    """Loads a part and lets it create what is its own."""
    importlib.import_module(f"harness.world.parts.{name}").deploy(deployment)


def _is_fed_by(template: Template, *kinds: str) -> bool:
    return any(source.kind in kinds for source in template.event_sources)
