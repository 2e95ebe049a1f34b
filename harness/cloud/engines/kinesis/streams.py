"""All streams of an account and Region: created, found and deleted here.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
"""

import re

from harness.cloud.engines.kinesis import quotas
from harness.cloud.engines.kinesis.errors import IN_USE, KinesisError, invalid, no_such_stream, violates
from harness.cloud.engines.kinesis.requests import StreamRequest
from harness.cloud.engines.kinesis.stream import Stream, Surroundings

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


class Streams:
    """The streams by name."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._streams: dict[str, Stream] = {}

    @property
    def names(self) -> list[str]:
        """The names of all streams, in alphabetical order."""
        return sorted(self._streams)

    def create(self, name: str, *, shard_count: int | None, on_demand: bool = False, logical_id: str = "") -> Stream:
        """Creates a stream, ready to be used.

        Raises:
            KinesisError: the name is taken or not allowed, or the number of shards is missing.
        """
        if not _NAME.fullmatch(name):
            raise violates(name, "streamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        if on_demand and shard_count is not None:
            raise invalid("ShardCount cannot be set for a stream in ON_DEMAND mode.")
        if not on_demand and shard_count is None:
            raise invalid("ShardCount must be set for a stream in PROVISIONED mode.")
        count = quotas.ON_DEMAND_SHARDS if shard_count is None else shard_count
        if count < 1:
            raise violates(count, "shardCount", "Member must have value greater than or equal to 1")
        if name in self._streams:
            raise KinesisError(IN_USE, f"Stream {name} under account {self.around.account_id} already exists.")
        stream = Stream(name, around=self.around, shard_count=count, on_demand=on_demand, logical_id=logical_id)
        self._streams[name] = stream
        return stream

    def delete(self, stream: Stream) -> None:
        """Deletes a stream with its records. Whoever reads its shards finds them closed."""
        del self._streams[stream.name]
        for shard in stream.open_shards:
            shard.close(shard.starting, self.around.loop.clock.now_us)

    def named(self, name: str) -> Stream:
        """The stream of this name.

        Raises:
            KinesisError: there is none.
        """
        stream = self._streams.get(name)
        if stream is None:
            raise no_such_stream(name, self.around.account_id)
        return stream

    def of(self, request: StreamRequest) -> Stream:
        """The stream a request is about.

        Raises:
            KinesisError: it names none, or none that there is.
        """
        if request.stream_name:
            return self.named(request.stream_name)
        if request.stream_arn:
            return self.by_arn(request.stream_arn)
        raise invalid("Either StreamName or StreamARN must be specified.")

    def by_arn(self, arn: str) -> Stream:
        """The stream of this ARN. Raises KinesisError if there is none."""
        stream = self._streams.get(arn.rpartition("/")[2])
        if stream is None or stream.arn != arn:
            raise no_such_stream(arn, self.around.account_id)
        return stream
