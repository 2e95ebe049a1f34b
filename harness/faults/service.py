"""Faults of AWS services: what a function's call meets at the other end."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point
from harness.faults.comparisons import DYNAMODB_2015, S3_2017, both, fis
from harness.simulation.wire import Call


class ThrottledCall(CallFault, frozen=True, kw_only=True, tag="throttled_call"):
    """The service refuses the call because too many came, with its own throttling error.

    In production a table's capacity, an account's quota or a burst of neighbours does this.
    The SDK tries again by itself, after a pause that grows; past its last attempt the
    handler sees the error.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
    comparable: ClassVar[str] = fis(
        "aws:fis:inject-api-throttle-error", "aws:kinesis:stream-provisioned-throughput-exception"
    )


class ServiceError(CallFault, frozen=True, kw_only=True, tag="service_error"):
    """The service answers 500 and has done nothing, which the caller cannot know.

    In production a service in trouble does this for seconds or hours. The SDK retries it,
    and while it lasts that does not help.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = both(fis("aws:fis:inject-api-internal-error"), DYNAMODB_2015, S3_2017)


class LostReply(CallFault, frozen=True, kw_only=True, tag="reply_lost"):
    """The work is done, then the connection breaks before the answer arrives.

    In production a load balancer that is replaced or a network that drops packets does
    this. The SDK sends the call again; who retries without looking does the work twice.

    Attributes:
        all_attempts: once it has struck, no further attempt of the SDK at the same call is answered
            either, whatever the answer would be; these attempts do not count as `times`.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:task-network-packet-loss")

    all_attempts: bool = False


class SilentCall(CallFault, frozen=True, kw_only=True, tag="silent_call"):
    """The call is never answered: its client hears nothing until its own read timeout ends.

    In production a host that fails without a word, or a firewall that drops packets, does this.
    The SDK's read timeout is a minute unless somebody has set it, and then it sends the call
    again; most functions are dead by then.

    Attributes:
        done: whether the work is done all the same: "never", "always", or "sometimes", by the seed.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:task-network-packet-loss", "aws:ecs:task-network-blackhole-port")

    done: str = "sometimes"


class TransactionsConflict(CallFault, frozen=True, kw_only=True, tag="transactions_conflict"):
    """DynamoDB refuses a write because another transaction has one of its items; nothing was done.

    In production two writers of one item do this to each other, the more of them the more often.
    A transaction is cancelled, and its first reason says TransactionConflict: who takes each
    cancellation for a failed condition takes this one for a duplicate.
    AWS says so: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    def matches(self, call: Call) -> bool:
        """Whether it is a call that a transaction can refuse, and one the fault is about."""
        return call.service == "dynamodb" and call.operation in _IN_CONFLICT and super().matches(call)


_IN_CONFLICT = ("TransactWriteItems", "TransactGetItems", "PutItem", "UpdateItem", "DeleteItem")


class BatchPartialFailure(CallFault, frozen=True, kw_only=True, tag="batch_partial_failure"):
    """A batch call answers 200, yet names some of its entries as not done.

    In production any entry of a batch may meet a throttle or an internal error on its own.
    No exception is raised: who does not read the list of failures loses those entries. SQS and
    SNS name them as `Failed`, DynamoDB as `UnprocessedItems` and `UnprocessedKeys`, Kinesis and
    EventBridge in their `FailedRecordCount` and `FailedEntryCount`, OpenSearch by `errors`.

    Attributes:
        every: 2 leaves out every second entry, 3 every third, ...
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE

    every: int = 2


class EventuallyConsistentRead(CallFault, frozen=True, kw_only=True, tag="eventually_consistent_read"):
    """A DynamoDB read without ConsistentRead sees the table as it was up to a second ago.

    In production a replica that lags answers such a read; most of the time it does not lag,
    so tests pass and a user who reads what he just wrote is told that it does not exist.

    Attributes:
        lag_ms: how old the view may be at most; the age is drawn for each read.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    lag_ms: int = 1000
