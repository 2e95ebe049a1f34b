"""What happens to a stream, as records of the trace."""

from harness.simulation.trace import Record


class RecordArrived(Record, frozen=True, kw_only=True, tag=True):
    """A record was written to a shard.

    Attributes:
        size_bytes: of its data and partition key.
    """

    stream: str
    shard: str
    sequence_number: str
    partition_key: str
    size_bytes: int


class RecordRefused(Record, frozen=True, kw_only=True, tag=True):
    """A record was not written: the shard's throughput was used up, or a fault refused it.

    Attributes:
        reason: the error code its writer got.
    """

    stream: str
    shard: str
    partition_key: str
    reason: str


class StreamResharded(Record, frozen=True, kw_only=True, tag=True):
    """Shards were closed, and others opened in their place."""

    stream: str
    closed: tuple[str, ...]
    opened: tuple[str, ...]


class RecordsExpired(Record, frozen=True, kw_only=True, tag=True):
    """The oldest records of a shard passed the stream's retention: nobody can read them any more."""

    stream: str
    shard: str
    count: int
