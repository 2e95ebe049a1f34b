"""A queue that feeds a function, and the functions that tests feed."""

import asyncio
import json
from typing import Any

from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.template import QueueMapping
from harness.event_sources.sqs import SqsEventSource
from harness.functions.invocation import failed
from harness.tests.fakes import FakeFunctions, Simulation

FAILED = failed("ValueError", "no", "r-1")


class Fed:
    """A queue that feeds a function which is a coroutine."""

    def __init__(self, behave=None, *, mapping: dict[str, Any] | None = None, **attributes: str) -> None:
        self.simulation = Simulation()
        self.service = SqsService(
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            randomness=self.simulation.randomness,
            account_id="123456789012",
            region="eu-west-1",
        )
        self.dead_letters = self.service.create_queue(
            "dead.fifo" if "FifoQueue" in attributes else "dead", dlq(attributes)
        )
        name = "orders.fifo" if "FifoQueue" in attributes else "orders"
        self.queue: Queue = self.service.create_queue(name, attributes)
        self.functions = FakeFunctions(self.simulation, behave or works())
        fake: Any = self.functions
        self.source = SqsEventSource(
            mapping=QueueMapping(**(mapping or {})),
            queue=self.queue,
            queue_id="Orders",
            function="Worker",
            loop=self.simulation.loop,
            randomness=self.simulation.randomness,
            functions=fake,
        )
        self.simulation.loop.call_soon(self.source.start)
        self.simulation.advance(0)

    def send(self, *bodies: str, **settings: Any) -> None:
        for body in bodies:
            self.queue.send(body, **settings)

    def settle(self) -> None:
        self.simulation.settle()

    @property
    def batches(self) -> list[list[str]]:
        """The bodies of each invocation."""
        return [[record["body"] for record in event["Records"]] for _, event in self.functions.invoked]

    @property
    def invoked_s(self) -> list[float]:
        """When each invocation began."""
        return [at_ms / 1000 for at_ms, _ in self.functions.invoked]

    @property
    def left(self) -> list[str]:
        """The bodies of what is still in the queue."""
        return [message.body for message in self.queue.messages()]


def dlq(attributes: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in attributes.items() if key == "FifoQueue"}


def redrive(count: int, queue: str = "dead") -> str:
    return json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:123456789012:{queue}", "maxReceiveCount": count})


def works(seconds: float = 0):
    async def behave(event: Any) -> Any:
        await asyncio.sleep(seconds)

    return behave


def fails(seconds: float = 0):
    async def behave(event: Any) -> Any:
        await asyncio.sleep(seconds)
        return FAILED

    return behave


def reports(*bodies: str):
    """Says of these messages that they failed."""

    async def behave(event: Any) -> Any:
        ids = [record["messageId"] for record in event["Records"] if record["body"] in bodies]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}

    return behave


def numbered(count: int) -> list[str]:
    return [f"{number:03d}" for number in range(count)]
