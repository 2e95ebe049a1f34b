"""Builds the specs of Kinesis streams, and refuses what AWS refuses to create.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
"""

from harness.cloud.template.errors import MissingProperty, PropertiesContradict
from harness.cloud.template.model_kinesis import StreamSpec
from harness.cloud.template.schema import KINESIS_STREAM
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import section


def stream_specs(stack: Stack) -> dict[str, StreamSpec]:
    """All Kinesis streams of the template."""
    return {stream.logical_id: _stream(stream, stack) for stream in stack.of(KINESIS_STREAM)}


def _stream(stream: Resource, stack: Stack) -> StreamSpec:
    properties = stream.properties
    on_demand = section(properties, "StreamModeDetails").get("StreamMode") == "ON_DEMAND"
    if on_demand and "ShardCount" in properties:
        raise stream.spot("ShardCount").error(
            PropertiesContradict, f"{stream.logical_id} has ShardCount, and its StreamMode is ON_DEMAND.",
            expected="ShardCount with StreamMode PROVISIONED only", try_="remove ShardCount",
        )  # fmt: skip
    if not on_demand and "ShardCount" not in properties:
        raise stream.spot().error(
            MissingProperty, f"{stream.logical_id} lacks ShardCount.",
            expected="ShardCount, or StreamModeDetails: {StreamMode: ON_DEMAND}",
        )  # fmt: skip
    return StreamSpec(
        logical_id=stream.logical_id,
        name=stack.name(stream.logical_id),
        arn=stack.attribute(stream.logical_id, "Arn"),
        shard_count=properties.get("ShardCount"),
        on_demand=on_demand,
        retention_hours=properties.get("RetentionPeriodHours", 24),
        tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())},
        line=stream.place.line,
    )
