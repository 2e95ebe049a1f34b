"""Kinesis streams, and the event source mappings on them and on the streams of tables."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.dynamodb_streams import DynamoDbStreams
from harness.cloud.engines.kinesis.errors import KinesisError
from harness.cloud.engines.kinesis.service import KinesisService
from harness.cloud.resources import ResourceRefused, template_file
from harness.cloud.template import EventSourceSpec, StreamMapping
from harness.event_sources.feeds import Feed, KinesisFeed, TableFeed
from harness.event_sources.stream_consumer import StreamConsumer
from harness.event_sources.streams import StreamEventSource
from harness.simulation.randomness import uuid_from
from harness.world.destinations import Attributes, Receiver
from harness.world.mappings import add

if TYPE_CHECKING:
    from harness.world.deployment import Deployment

KINDS = ("Kinesis", "DynamoDB")


def deploy(deployment: Deployment) -> None:
    """Creates the streams of the template, and a reader for each mapping that is enabled.

    Raises:
        ResourceRefused: Kinesis refuses a stream.
    """
    kinesis = KinesisService(
        loop=deployment.loop,
        trace=deployment.trace,
        randomness=deployment.randomness,
        faults=deployment.faults,
        account_id=ACCOUNT_ID,
        region=REGION,
    )
    _create_streams(deployment, kinesis)
    deployment.gateway.services["kinesis"] = kinesis
    deployment.gateway.services["dynamodbstreams"] = DynamoDbStreams(
        deployment.template.tables, deployment.dynamodb.streams, deployment.loop.clock, deployment.faults
    )
    deployment.destinations.register("kinesis", _to_streams(kinesis))
    for spec in deployment.template.event_sources:
        if spec.enabled and spec.kind in KINDS:
            map_stream(deployment, spec)


def map_stream(deployment: Deployment, spec: EventSourceSpec) -> None:
    """Adds what reads a stream; it has not begun."""
    source = _source(deployment, spec)
    deployment.stream_sources.append(source)
    add(deployment, spec, source)


def _create_streams(deployment: Deployment, kinesis: KinesisService) -> None:
    for logical_id, spec in deployment.template.streams.items():
        try:
            stream = kinesis.create_stream(
                spec.name, shard_count=spec.shard_count, on_demand=spec.on_demand, logical_id=logical_id
            )
        except KinesisError as error:
            raise ResourceRefused(
                f"Kinesis refuses the stream {logical_id}: {error}", file=template_file(spec.line), line=spec.line
            ) from error
        stream.retention_hours = spec.retention_hours
        stream.tags = dict(spec.tags)
        deployment.streams[logical_id] = stream


def _source(deployment: Deployment, spec: EventSourceSpec) -> StreamEventSource:
    settings = spec.settings
    assert isinstance(settings, StreamMapping)
    chance = deployment.randomness.stream(f"stream source/{spec.function}/{spec.source}")
    return StreamEventSource(
        StreamConsumer(
            mapping=settings,
            feed=_feed(deployment, spec, settings),
            function=deployment.template.functions[spec.function],
            functions=deployment.functions,
            loop=deployment.loop,
            trace=deployment.trace,
            faults=deployment.faults,
            chance=chance,
            deliver=deployment.destinations.deliver,
            mapping_id=uuid_from(chance),
        )
    )


def _feed(deployment: Deployment, spec: EventSourceSpec, settings: StreamMapping) -> Feed:
    if spec.kind == "Kinesis":
        function = deployment.template.functions[spec.function]
        return KinesisFeed(deployment.streams[spec.source], function, settings.filters, deployment.loop.clock)
    stream = deployment.dynamodb.streams[spec.source]
    return TableFeed(stream, spec.source, settings.filters, deployment.faults)


def _to_streams(kinesis: KinesisService) -> Receiver:
    """Puts a text on the stream of the ARN; what Kinesis refuses is lost."""

    def receive(arn: str, text: str, attributes: Attributes) -> None:
        key = attributes.get("PartitionKey", ("String", "destination"))[1]
        with contextlib.suppress(KinesisError):
            kinesis.stream_by_arn(arn).put(key, text.encode())

    return receive
