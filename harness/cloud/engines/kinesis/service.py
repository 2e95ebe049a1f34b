"""Kinesis Data Streams as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec

from harness.cloud.engines.kinesis import requests
from harness.cloud.engines.kinesis.errors import SERIALIZATION, UNKNOWN_OPERATION, KinesisError
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
CONTENT_TYPE = "application/x-amz-json-1.1"

Action = Callable[[Any, Call], dict[str, Any]]

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
        self._request_ids = randomness.stream("kinesis/request ids")
        self._streams = Streams(Surroundings(loop, trace, faults, account_id, region))
        self._actions = _actions(self._streams)

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
        try:
            body = self._carry_out(call)
        except KinesisError as error:
            body = {"__type": error.code, "message": error.message}
            return Reply(400, self._headers() | {"x-amzn-errortype": error.code}, msgspec.json.encode(body))
        return Reply(200, self._headers(), msgspec.json.encode(body) if body else b"")

    def _carry_out(self, call: Call) -> dict[str, Any]:
        operation = call.request.headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        if operation in _FAN_OUT:
            raise KinesisError(
                UNKNOWN_OPERATION,
                f"Enhanced fan-out is not simulated, so there is no {operation} here. An event source mapping on the "
                "stream itself, or GetRecords, reads the same records with 2 MiB a second and shard for all.",
            )
        if operation not in self._actions:
            raise KinesisError(
                UNKNOWN_OPERATION,
                f"Kinesis has no action '{operation}' here. It has: {', '.join(sorted(self._actions))}.",
            )
        action, decoder = self._actions[operation]
        try:
            request = decoder.decode(call.request.body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise KinesisError(SERIALIZATION, f"The body of {operation} cannot be read: {error}") from None
        return action(request, call)

    def _headers(self) -> dict[str, str]:
        request_id = uuid.UUID(int=self._request_ids.getrandbits(128), version=4)
        return {"content-type": CONTENT_TYPE, "x-amzn-requestid": str(request_id)}


def _actions(streams: Streams) -> dict[str, tuple[Action, msgspec.json.Decoder[Any]]]:
    """Every action of the API: what carries it out, and what its request looks like."""
    records, shards, whole = RecordActions(streams), ShardActions(streams), StreamActions(streams)
    table: list[tuple[str, Action, type[requests.Request]]] = [
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
    return {name: (action, msgspec.json.Decoder(shape)) for name, action, shape in table}
