"""Faults of streams: a record is refused, comes again, cannot be read, or is gone.

There is no fault that changes the order within a shard: Kinesis and DynamoDB Streams keep it.
What arrives out of order was written so, by a producer that retries one record after it has
written the next (`put_refused`), or lies on another shard.
"""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point
from harness.faults.comparisons import fis


class StreamFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its records.

    Attributes:
        stream: logical id of the Kinesis stream, or of the table whose stream it is.
        containing: only records with this text: in the data and partition key of a Kinesis
            record, in the JSON of a table's record. "" matches any.
    """

    stream: str
    containing: str = ""

    def matches(self, stream: str, text: str) -> bool:
        """Whether this record is one the fault is about."""
        return self.stream in ("", stream) and self.containing in text


class PutRefused(StreamFault, frozen=True, kw_only=True, tag="put_refused"):
    """Kinesis refuses a record because its shard is busy; those around it are written.

    In production a shard that takes more than its megabyte or its thousand records a second
    does this. PutRecords answers 200 all the same and names the refused records; a producer
    that does not look loses them, one that sends them again writes them behind the others.
    Each record is an opportunity of its own: `times` counts records, not calls.

    Attributes:
        stream: logical id of the Kinesis stream. "" matches any.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
    comparable: ClassVar[str] = fis("aws:kinesis:stream-provisioned-throughput-exception")

    stream: str = ""


class DuplicateBatch(StreamFault, frozen=True, kw_only=True, tag="duplicate_batch"):
    """A batch that a function has worked through is handed to it once more.

    In production the checkpoint is lost: a poller moves to another host after the function
    returned and before its success was written down. The order of the first deliveries
    stays; what was done comes again before anything new does.

    Attributes:
        stream: as for every fault of streams. "" matches any.
        function: logical id of the consumer; "" for each of them.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    stream: str = ""
    function: str = ""


class PoisonRecord(StreamFault, frozen=True, kw_only=True, tag="poison_record"):
    """A record that no consumer can read stands in the stream among the others.

    In production a producer of an older release does this, or another team's gadget. A
    function that raises on it gets it again and again, and nothing behind it on its shard is
    delivered, by default until the stream itself forgets it. In a table's stream it is an
    item with a key and nothing else.

    Attributes:
        after_records: how many records arrive first, counted from the beginning of the fault.
        body: data of the record; a table takes none.
        partition_key: decides the shard; a table draws a key.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    after_records: int = 0
    body: str = "not json"
    partition_key: str = "poison"


class StreamForgets(StreamFault, frozen=True, kw_only=True, tag="stream_forgets"):
    """A stream forgets its oldest records although somebody has not read them yet.

    In production a consumer that was down, or that a poison record held up, for longer than
    the retention of the stream loses what it had not read; nobody is told. The fault shortens
    the retention, so that a test need not wait for a day.

    Attributes:
        older_than_s: records older than this are gone.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    older_than_s: int = 60
