"""EVENT_SOURCES: what can invoke a function here. Start here.

A template may name more than the simulator has yet. `refuse_what_is_missing` says so before
anything is deployed: nothing of a template is ever silently left out.
"""

from dataclasses import dataclass

from harness.cloud.errors import SubmissionError
from harness.cloud.template import EventSourceSpec, QueueMapping, ScheduleSettings, StreamMapping, Template
from harness.event_sources.schedule import period_s


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
    "Schedule": EventSource(
        "EventBridge schedule, rate()", "schedule", "at least once, asynchronous", "two retries, after 1 and 2 minutes"
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
    for api in template.apis.values():
        if api.authorizers or api.cors or api.throttling or api.route_throttling:
            raise NotSimulatedYet(
                f"{api.logical_id} has authorizers, CORS or throttling, which are not simulated yet.",
                try_="leave them out; no kata needs them yet",
                file="template.yaml",
                line=api.line,
            )
    for source in template.event_sources:
        _refuse_source(source)


def _refuse_source(source: EventSourceSpec) -> None:
    settings = source.settings
    if isinstance(settings, ScheduleSettings):
        period_s(source, settings)
    elif isinstance(settings, StreamMapping) and source.kind == "DynamoDB":
        _refuse_stream_settings(source, settings)
    elif not isinstance(settings, QueueMapping):
        raise NotSimulatedYet(
            f"{source.function} is fed by {source.kind} ({source.name}), which is not simulated yet.",
            expected="one of " + ", ".join(EVENT_SOURCES),
            file="template.yaml",
            line=source.line,
        )
    elif settings.filters:
        raise NotSimulatedYet(
            f"The event source mapping {source.name} has FilterCriteria, which are not simulated yet.",
            file="template.yaml",
            line=source.line,
        )


def _refuse_stream_settings(source: EventSourceSpec, settings: StreamMapping) -> None:
    missing = {
        "ParallelizationFactor": settings.parallelization_factor > 1,
        "TumblingWindowInSeconds": settings.tumbling_window_s > 0,
        "FilterCriteria": bool(settings.filters),
    }
    for name, used in missing.items():
        if used:
            raise NotSimulatedYet(
                f"The event source mapping {source.name} has {name}, which is not simulated yet.",
                file="template.yaml",
                line=source.line,
            )
