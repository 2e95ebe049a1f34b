"""Builds the specs of what reads for functions by itself: queues and streams.

A SAM event and the plain resource SAM would make of it come out the same.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

import json
import re

from harness.cloud.template.errors import (
    DuplicateMapping,
    MissingProperty,
    PropertiesContradict,
    PropertyOutOfRange,
    VisibilityTooShort,
)
from harness.cloud.template.filter_patterns import check_filter
from harness.cloud.template.model import EventSourceSpec, QueueMapping, StreamMapping
from harness.cloud.template.schema import FUNCTION, MAPPING, QUEUE, TABLE
from harness.cloud.template.shapes import Spot, words
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import section

SQS_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
DISCARDED_TO = (QUEUE, "AWS::SNS::Topic", "AWS::S3::Bucket")
"""What an on-failure destination of a stream's mapping may be."""

STREAM_TYPES = {"DynamoDB": (TABLE,), "Kinesis": ("AWS::Kinesis::Stream",)}
_SERVICES = {"sqs": "SQS", "dynamodb": "DynamoDB", "kinesis": "Kinesis"}
_QUEUE_ONLY = ("ScalingConfig",)
_STREAM_ONLY = words(
    "StartingPosition StartingPositionTimestamp ParallelizationFactor MaximumRetryAttempts MaximumRecordAgeInSeconds "
    "BisectBatchOnFunctionError TumblingWindowInSeconds DestinationConfig"
)
_DEFAULT_VISIBILITY_S = 30
_DEFAULT_TIMEOUT_S = 3
_FIFO_BATCH_LIMIT = 10
READERS_OF_A_TABLE = 2
_UNWINDOWED_BATCH_LIMIT = 10


def event_source_specs(stack: Stack) -> tuple[EventSourceSpec, ...]:
    """All event sources of the template but routes, in the order of the file."""
    specs: list[EventSourceSpec] = []
    for resource in stack.resources.values():
        if resource.type == FUNCTION:
            specs += [_of_event(event, resource, stack) for event in resource.events if event.kind in _BUILDERS]
        elif resource.type == MAPPING:
            specs.append(_of_mapping(resource, stack))
    _refuse_same_mappings(specs)
    _warn_of_many_readers(specs, stack)
    return tuple(specs)


def _warn_of_many_readers(specs: list[EventSourceSpec], stack: Stack) -> None:
    """DynamoDB asks for at most two readers of a table's stream; with more, some of them may be throttled.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
    """
    readers: dict[str, list[str]] = {}
    for spec in specs:
        if spec.kind == "DynamoDB" and spec.enabled:
            readers.setdefault(spec.source, []).append(spec.function)
    for table, functions in readers.items():
        if len(functions) > READERS_OF_A_TABLE:
            stack.warnings.append(
                f"{len(functions)} functions read the stream of {table} ({', '.join(functions)}): "
                f"with more than {READERS_OF_A_TABLE} readers DynamoDB may throttle them."
            )


def _refuse_same_mappings(specs: list[EventSourceSpec]) -> None:
    seen: dict[tuple[str, str], EventSourceSpec] = {}
    for spec in specs:
        first = seen.setdefault((spec.source, spec.function), spec)
        if spec.source and first is not spec:
            raise DuplicateMapping(
                f"{spec.function} reads {spec.source} twice: {first.name} on line {first.line}, {spec.name} on line "
                f"{spec.line}.",
                expected="one event source mapping for a source and a function",
                line=spec.line,
            )


def _of_event(event: Event, function: Resource, stack: Stack) -> EventSourceSpec:
    return _BUILDERS[event.kind](event, function, stack)


def _of_mapping(mapping: Resource, stack: Stack) -> EventSourceSpec:
    properties = mapping.properties
    arn = properties["EventSourceArn"]
    service = re.match(r"arn:aws:([a-z]+):", arn)
    kind = _SERVICES.get(service.group(1), "") if service else ""
    spot = mapping.spot("EventSourceArn")
    if not kind:
        raise spot.refused(arn, "the ARN of an SQS queue, a DynamoDB stream or a Kinesis stream")
    for key in _STREAM_ONLY if kind == "SQS" else _QUEUE_ONLY:
        if key in properties:
            raise mapping.spot(key).error(
                PropertiesContradict, f"{mapping.logical_id} has {key}, and reads from {kind}.",
                expected=f"{key} with {'streams' if kind == 'SQS' else 'queues'} only",
            )  # fmt: skip
    if kind != "SQS" and "StartingPosition" not in properties:
        raise mapping.spot().error(
            MissingProperty, f"{mapping.logical_id} lacks StartingPosition.", expected="TRIM_HORIZON or LATEST"
        )
    function = stack.named(
        properties["FunctionName"],
        (FUNCTION,),
        mapping.spot("FunctionName"),
        "write !Ref and the function's logical id",
    )
    event = Event(name=mapping.logical_id, kind=kind, properties=properties, spot=mapping.spot())
    build = _queue_source if kind == "SQS" else _stream_source
    return build(event, function, stack)


def _queue_source(event: Event, function: Resource, stack: Stack) -> EventSourceSpec:
    properties = event.properties
    key = "Queue" if "Queue" in properties else "EventSourceArn"
    spot = event.spot.below(key, properties.value_place(key))
    arn = stack.arn(properties[key], (QUEUE,), spot)
    queue = stack.named(arn, (QUEUE,), spot)
    _check_queue_mapping(event, queue)
    _check_visibility(event, queue, function)
    return EventSourceSpec(
        kind="SQS",
        function=function.logical_id,
        name=event.name,
        source=queue.logical_id,
        source_arn=arn,
        enabled=properties.get("Enabled", True),
        settings=QueueMapping(
            batch_size=properties.get("BatchSize", 10),
            window_s=properties.get("MaximumBatchingWindowInSeconds", 0),
            maximum_concurrency=section(properties, "ScalingConfig").get("MaximumConcurrency"),
            report_batch_item_failures=bool(properties.get("FunctionResponseTypes")),
            filters=_filters(event),
        ),
        line=event.spot.place.line,
    )


def _check_queue_mapping(event: Event, queue: Resource) -> None:
    properties = event.properties
    batch_size = properties.get("BatchSize", 10)
    window_s = properties.get("MaximumBatchingWindowInSeconds", 0)
    if queue.properties.get("FifoQueue", False):
        if batch_size > _FIFO_BATCH_LIMIT:
            spot = event.spot.below("BatchSize", properties.value_place("BatchSize"))
            raise spot.error(
                PropertyOutOfRange, f"{spot.path} of {spot.resource} is {batch_size}, and {queue.logical_id} is FIFO.",
                expected=f"at most {_FIFO_BATCH_LIMIT} messages from a FIFO queue", see=SQS_PAGE,
            )  # fmt: skip
        if window_s:
            key = "MaximumBatchingWindowInSeconds"
            spot = event.spot.below(key, properties.value_place(key))
            raise spot.error(
                PropertiesContradict, f"{spot.path} of {spot.resource} is {window_s}, and {queue.logical_id} is FIFO.",
                expected="no batching window on a FIFO queue", try_=f"remove {key}", see=SQS_PAGE,
            )  # fmt: skip
    if batch_size > _UNWINDOWED_BATCH_LIMIT and not window_s:
        spot = event.spot.below("BatchSize", properties.value_place("BatchSize"))
        raise spot.error(
            PropertiesContradict, f"{spot.path} of {spot.resource} is {batch_size}, without a batching window.",
            expected=f"at most {_UNWINDOWED_BATCH_LIMIT} messages, or a window of at least 1 second",
            try_="add MaximumBatchingWindowInSeconds: 1", see=SQS_PAGE,
        )  # fmt: skip


def _check_visibility(event: Event, queue: Resource, function: Resource) -> None:
    visibility_s = queue.properties.get("VisibilityTimeout", _DEFAULT_VISIBILITY_S)
    timeout_s = function.properties.get("Timeout", _DEFAULT_TIMEOUT_S)
    if visibility_s < timeout_s:
        raise event.spot.error(
            VisibilityTooShort,
            f"Queue visibility timeout: {visibility_s} seconds is less than Function timeout: {timeout_s} seconds "
            f"({queue.logical_id} feeds {function.logical_id}).",
            expected="a visibility timeout of at least the function's timeout; AWS advises six times as much",
            try_=f"VisibilityTimeout: {min(6 * timeout_s, 43_200)} on {queue.logical_id}",
            see=SQS_PAGE,
        )


def _stream_source(event: Event, function: Resource, stack: Stack) -> EventSourceSpec:
    properties = event.properties
    key = "Stream" if "Stream" in properties else "EventSourceArn"
    spot = event.spot.below(key, properties.value_place(key))
    source = stack.named(properties[key], STREAM_TYPES[event.kind], spot, _stream_hint(event, stack))
    if event.kind == "DynamoDB" and "/stream/" not in properties[key]:
        raise spot.error(
            PropertyOutOfRange, f"{spot.path} of {spot.resource} is {properties[key]}, which is no stream.",
            expected="the ARN of the table's stream", try_=f"write !GetAtt {source.logical_id}.StreamArn",
        )  # fmt: skip
    _check_stream_mapping(event)
    return EventSourceSpec(
        kind=event.kind,
        function=function.logical_id,
        name=event.name,
        source=source.logical_id,
        source_arn=properties[key],
        enabled=properties.get("Enabled", True),
        settings=_stream_settings(event, stack),
        line=event.spot.place.line,
    )


def _stream_hint(event: Event, stack: Stack) -> str:
    streams = [each.logical_id for each in stack.of(*STREAM_TYPES[event.kind])]
    attribute = "StreamArn" if event.kind == "DynamoDB" else "Arn"
    return f"write !GetAtt {streams[0]}.{attribute}" if streams else ""


def _stream_settings(event: Event, stack: Stack) -> StreamMapping:
    properties = event.properties
    default = StreamMapping(starting_position=properties["StartingPosition"])
    return StreamMapping(
        starting_position=properties["StartingPosition"],
        starting_timestamp_s=properties.get("StartingPositionTimestamp"),
        batch_size=properties.get("BatchSize", default.batch_size),
        window_s=properties.get("MaximumBatchingWindowInSeconds", default.window_s),
        parallelization_factor=properties.get("ParallelizationFactor", default.parallelization_factor),
        maximum_retry_attempts=properties.get("MaximumRetryAttempts", default.maximum_retry_attempts),
        maximum_record_age_s=properties.get("MaximumRecordAgeInSeconds", default.maximum_record_age_s),
        bisect_on_error=properties.get("BisectBatchOnFunctionError", default.bisect_on_error),
        tumbling_window_s=properties.get("TumblingWindowInSeconds", default.tumbling_window_s),
        report_batch_item_failures=bool(properties.get("FunctionResponseTypes")),
        on_failure=_on_failure(event, stack),
        filters=_filters(event),
    )


def _check_stream_mapping(event: Event) -> None:
    properties = event.properties
    position = properties["StartingPosition"]
    place = properties.value_place("StartingPosition")
    spot = event.spot.below("StartingPosition", place)
    if position == "AT_TIMESTAMP" and event.kind == "DynamoDB":
        raise spot.refused(position, "TRIM_HORIZON or LATEST for a DynamoDB stream")
    if (position == "AT_TIMESTAMP") != ("StartingPositionTimestamp" in properties):
        raise spot.error(
            PropertiesContradict, f"{spot.path} of {spot.resource} is {position}.",
            expected="StartingPositionTimestamp with AT_TIMESTAMP and only with it",
        )  # fmt: skip
    if properties.get("TumblingWindowInSeconds") and properties.get("ParallelizationFactor", 1) > 1:
        raise spot.error(
            PropertiesContradict, f"{event.name} has a tumbling window and a parallelization factor above 1.",
            expected="one or the other: this simulator keeps one window a shard",
        )  # fmt: skip


def _on_failure(event: Event, stack: Stack) -> str:
    target = section(section(event.properties, "DestinationConfig"), "OnFailure")
    if not target:
        return ""
    place = target.value_place("Destination")
    return stack.target(target["Destination"], DISCARDED_TO, event.spot.below("DestinationConfig.OnFailure", place))


def _filters(event: Event) -> tuple[str, ...]:
    """The patterns of a FilterCriteria, each a JSON object."""
    patterns = []
    for filter_ in section(event.properties, "FilterCriteria").get("Filters", ()):
        pattern: str = filter_["Pattern"]
        spot = event.spot.below("FilterCriteria.Filters.Pattern", filter_.value_place("Pattern"))
        _check_json(pattern, spot, dict, 'a JSON object in quotes, as in \'{"body": {"kind": ["x"]}}\'')
        check_filter(json.loads(pattern), pattern, event.kind, spot)
        patterns.append(pattern)
    return tuple(patterns)


def _check_json(text: str, spot: Spot, kind: type, expected: str) -> None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
        if kind is object:
            raise spot.refused(text, expected) from None
    if not isinstance(value, kind):
        raise spot.refused(text, expected)


_BUILDERS = {
    "SQS": _queue_source,
    "DynamoDB": _stream_source,
    "Kinesis": _stream_source,
}
"""Who builds which event type."""
