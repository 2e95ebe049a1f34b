"""Kinesis Data Streams as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

from harness.cloud.engines.aws_json import Action, AwsJsonProtocol
from harness.cloud.engines.kinesis import requests
from harness.cloud.engines.kinesis.errors import KinesisError
from harness.cloud.engines.kinesis.record_actions import RecordActions
from harness.cloud.engines.kinesis.shard_actions import ShardActions
from harness.cloud.engines.kinesis.stream import Stream, Surroundings
from harness.cloud.engines.kinesis.stream_actions import StreamActions
from harness.cloud.engines.kinesis.streams import Streams
from harness.faults.board import FaultBoard
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Call, Reply

TARGET_PREFIX = "Kinesis_20131202."

_FAN_OUT = (
    "RegisterStreamConsumer",
    "DeregisterStreamConsumer",
    "DescribeStreamConsumer",
    "ListStreamConsumers",
    "SubscribeToShard",
)


class KinesisService:
    """All streams of one account in one Region."""

    def __init__(
        self,
        *,
        loop: VirtualLoop,
        trace: Trace,
        randomness: Randomness,
        faults: FaultBoard,
        account_id: str,
        region: str,
    ) -> None:
        self._streams = Streams(Surroundings(loop, trace, faults, account_id, region))
        self._protocol = AwsJsonProtocol(
            "Kinesis",
            TARGET_PREFIX,
            _actions(self._streams),
            KinesisError,
            randomness.stream("kinesis/request ids"),
            empty=b"",
            absent=_of_fan_out,
        )

    def create_stream(
        self, name: str, *, shard_count: int | None, on_demand: bool = False, logical_id: str = ""
    ) -> Stream:
        """Creates a stream, ACTIVE at once.

        Raises:
            KinesisError: as CreateStream.
        """
        return self._streams.create(name, shard_count=shard_count, on_demand=on_demand, logical_id=logical_id)

    def stream(self, name: str) -> Stream:
        """The stream of this name. Raises KinesisError if there is none."""
        return self._streams.named(name)

    def stream_by_arn(self, arn: str) -> Stream:
        """The stream of this ARN. Raises KinesisError if there is none."""
        return self._streams.by_arn(arn)

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        return self._protocol.answer(call)


def _of_fan_out(operation: str) -> str:
    if operation not in _FAN_OUT:
        return ""
    return (
        f"Enhanced fan-out is not simulated, so there is no {operation} here. An event source mapping on the "
        "stream itself, or GetRecords, reads the same records with 2 MiB a second and shard for all."
    )


def _actions(streams: Streams) -> list[tuple[str, Action, type[requests.Request]]]:
    """Every action of the API: what carries it out, and what its request looks like."""
    records, shards, whole = RecordActions(streams), ShardActions(streams), StreamActions(streams)
    return [
        ("CreateStream", whole.create, requests.CreateStream),
        ("DeleteStream", whole.delete, requests.StreamRequest),
        ("DescribeStream", whole.describe, requests.DescribeStream),
        ("DescribeStreamSummary", whole.summary, requests.StreamRequest),
        ("ListStreams", whole.list_streams, requests.ListStreams),
        ("ListShards", whole.list_shards, requests.ListShards),
        ("PutRecord", records.put, requests.PutRecord),
        ("PutRecords", records.put_many, requests.PutRecords),
        ("GetShardIterator", records.iterator, requests.GetShardIterator),
        ("GetRecords", records.get, requests.GetRecords),
        ("SplitShard", shards.split, requests.SplitShard),
        ("MergeShards", shards.merge, requests.MergeShards),
        ("UpdateShardCount", shards.scale, requests.UpdateShardCount),
        ("IncreaseStreamRetentionPeriod", whole.keep_longer, requests.ChangeRetention),
        ("DecreaseStreamRetentionPeriod", whole.keep_shorter, requests.ChangeRetention),
        ("AddTagsToStream", whole.tag, requests.TagStream),
        ("RemoveTagsFromStream", whole.untag, requests.UntagStream),
        ("ListTagsForStream", whole.tags, requests.StreamRequest),
    ]
