"""EVENT_SOURCES: what can invoke a function here. Start here.

A template may name more than the simulator has yet. `refuse_what_is_missing` says so before
anything is deployed: nothing of a template is ever silently left out.
"""

from dataclasses import dataclass

from harness.cloud.errors import SubmissionError
from harness.cloud.template import EventSourceSpec, QueueMapping, StreamMapping, Template


@dataclass(frozen=True)
class EventSource:
    """An entry of the catalogue.

    Attributes:
        delivery: its guarantee.
        failure: what becomes of an event that the function fails on.
    """

    title: str
    module: str
    delivery: str
    failure: str


EVENT_SOURCES = {
    "HttpApi": EventSource(
        "API Gateway HTTP API", "api_gateway", "once, synchronous", "500 or 503 to the client; no retry"
    ),
    "Api": EventSource(
        "API Gateway REST API", "api_gateway", "once, synchronous", "502 or 504 to the client; no retry"
    ),
    "LoadBalancer": EventSource(
        "Application Load Balancer (plain resources: SAM has no event)",
        "load_balancer",
        "once, synchronous",
        "502 to the client; no retry",
    ),
    "SQS": EventSource(
        "SQS queue (standard, FIFO)",
        "sqs",
        "at least once; FIFO: in order per message group",
        "visible again after its visibility timeout; dead-letter queue after maxReceiveCount",
    ),
    "DynamoDB": EventSource(
        "DynamoDB stream",
        "streams",
        "at least once, in order per item",
        "the whole shard waits: again after 1, 2, 4, 8, then every 10 s, until success, age or retries end it; "
        "then the on-failure destination",
    ),
    "Kinesis": EventSource(
        "Kinesis stream",
        "streams",
        "at least once, in order per partition key",
        "the whole shard waits, or with a parallelization factor the lane: again after 1, 2, 4, 8, then every 10 s, "
        "until success, age or retries end it; then the on-failure destination",
    ),
    "Schedule": EventSource(
        "EventBridge rule with a schedule: rate(), cron()",
        "schedule",
        "at least once, asynchronous",
        "two retries, after 1 and 2 minutes",
    ),
    "ScheduleV2": EventSource(
        "EventBridge Scheduler: rate(), cron(), at(), in a time zone",
        "schedule",
        "at least once, asynchronous",
        "two retries, after 1 and 2 minutes",
    ),
    "SNS": EventSource(
        "SNS topic",
        "sns",
        "at least once, in no order, asynchronous; a FIFO topic reaches functions through queues only",
        "two retries, after 1 and 2 minutes; what Lambda does not accept is tried for 23 days, "
        "then the subscription's dead-letter queue",
    ),
    "S3": EventSource(
        "S3 bucket notifications",
        "s3",
        "at least once, in no order, asynchronous",
        "two retries, after 1 and 2 minutes",
    ),
    "EventBridgeRule": EventSource(
        "EventBridge bus, by the pattern of a rule",
        "targets",
        "at least once, in no order, asynchronous",
        "two retries, after 1 and 2 minutes; what cannot be handed over is tried for 24 hours or 185 times, "
        "then the target's dead-letter queue",
    ),
    "CloudWatchEvent": EventSource(
        "EventBridge default bus, by its former name",
        "targets",
        "at least once, in no order, asynchronous",
        "as for EventBridgeRule",
    ),
}
"""Every event source by the name of its SAM event."""


class NotSimulatedYet(SubmissionError):
    """The template is valid, and uses something this simulator does not have yet."""


def refuse_what_is_missing(template: Template) -> None:
    """Refuses what would be left out silently.

    Raises:
        NotSimulatedYet: with the line.
    """
    for source in template.event_sources:
        _refuse_source(source)


def _refuse_source(source: EventSourceSpec) -> None:
    settings = source.settings
    if not isinstance(settings, QueueMapping | StreamMapping):
        raise NotSimulatedYet(
            f"{source.function} is fed by {source.kind} ({source.name}), which is not simulated yet.",
            expected="one of " + ", ".join(EVENT_SOURCES),
            file="template.yaml",
            line=source.line,
        )
