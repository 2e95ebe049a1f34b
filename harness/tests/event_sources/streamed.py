"""A Kinesis stream that feeds a function, and the functions that tests feed."""

import base64
import json
from typing import Any

from harness.cloud.engines.kinesis.service import KinesisService
from harness.cloud.engines.kinesis.shard import Shard
from harness.cloud.template import StreamMapping
from harness.event_sources.feeds import KinesisFeed
from harness.event_sources.stream_consumer import StreamConsumer
from harness.event_sources.streams import StreamEventSource
from harness.functions.invocation import failed
from harness.tests.fakes import FakeFunctions, Simulation, function

FAILED = failed("ValueError", "no", "r-1")


class StreamFed:
    """A stream of one shard, or of several, that feeds a function which is a coroutine."""

    def __init__(self, behave: Any, *, shards: int = 1, start: bool = True, **mapping: Any) -> None:
        self.simulation = Simulation()
        self.kinesis = KinesisService(
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            randomness=self.simulation.randomness,
            faults=self.simulation.faults,
            account_id="123456789012",
            region="eu-west-1",
        )
        self.stream = self.kinesis.create_stream("events-1", shard_count=shards, logical_id="Events")
        self.functions = FakeFunctions(self.simulation, behave)
        self.delivered: list[tuple[str, Any, Any]] = []
        self.mapping = {"starting_position": "TRIM_HORIZON", **mapping}
        if start:
            self.start()

    def start(self) -> None:
        fake: Any = self.functions
        mapping = StreamMapping(**self.mapping)
        consumer = StreamConsumer(
            mapping=mapping,
            feed=KinesisFeed(self.stream, function(), mapping.filters, self.simulation.clock),
            function=function(),
            functions=fake,
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            faults=self.simulation.faults,
            chance=self.simulation.randomness.stream("stream source"),
            deliver=lambda arn, text, attributes: self.delivered.append((arn, json.loads(text), attributes)),
            mapping_id="14e0db71-5d35-4eb5-b481-8945cf9d10c2",
        )
        self.source = StreamEventSource(consumer)
        self.simulation.loop.call_soon(self.source.start)
        self.simulation.advance(0)

    def put(self, *texts: str, key: str = "k", shard: Shard | None = None) -> None:
        """Puts records, by key or straight into a shard."""
        for text in texts:
            self.stream.put(key, text.encode(), shard.hash_range.first if shard else None)

    def settle(self) -> None:
        self.simulation.settle()

    @property
    def batches(self) -> list[list[str]]:
        """The data of the records of each invocation."""
        return [texts(event) for _, event in self.functions.invoked]

    @property
    def moments_s(self) -> list[float]:
        """When each invocation began, in seconds after the first."""
        first_ms = self.functions.invoked[0][0]
        return [round((at_ms - first_ms) / 1000, 3) for at_ms, _ in self.functions.invoked]


def texts(event: Any) -> list[str]:
    """The data of an event's records."""
    return [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]


def reported(event: Any, *bad: str) -> Any:
    """An answer that names the records with these texts as failed."""
    numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
    failed_ones = [number for number, text in zip(numbers, texts(event), strict=True) if text in bad]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed_ones]}


async def works(event: Any) -> Any:
    return None


def fails_on(*bad: str, times: int = 1000) -> Any:
    """A function that fails on a batch with one of these texts, so many times."""
    left = [times]

    async def behave(event: Any) -> Any:
        if left[0] and any(text in bad for text in texts(event)):
            left[0] -= 1
            return FAILED
        return None

    return behave
