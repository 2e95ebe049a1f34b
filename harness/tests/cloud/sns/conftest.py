"""A simulated SNS behind a real boto3 client, with queues to deliver to and an endpoint that follows a script."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.http_endpoint import HttpEndpoint
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.queue_endpoint import QueueEndpoint
from harness.cloud.engines.sns.service import SnsService
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sqs.service import SqsService
from harness.simulation.trace import Record
from harness.simulation.wire import Reply, Request
from harness.tests.fakes import REGION, Simulation, client, simulations_are_closed

__all__ = ["simulations_are_closed"]

ACCOUNT = "123456789012"

T = TypeVar("T")
R = TypeVar("R", bound=Record)


class ScriptedEndpoint:
    """Functions in the place of Lambda: takes what it is given unless it is told to fail.

    Attributes:
        taken: (virtual milliseconds, message) of what it took.
        failures: raised one after the other before anything is taken.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.taken: list[tuple[float, Published]] = []
        self.tried_ms: list[float] = []
        self.failures: list[DeliveryError] = []

    async def deliver(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        self.tried_ms.append(self._simulation.now_ms)
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append((self._simulation.now_ms, message))

    @property
    def texts(self) -> list[str]:
        return [message.text for _, message in self.taken]


class SimulatedSns:
    """One simulation: its topics, its queues, and the client that talks to the topics.

    Attributes:
        forbidden: ARNs of queues whose policy does not let SNS in.
        outside: answers of HTTP endpoints, by URL; the requests are in `posted`.
    """

    def __init__(self, seed: int = 1) -> None:
        self.simulation = Simulation(seed)
        simulation = self.simulation
        self.forbidden: set[str] = set()
        self.sqs = SqsService(
            loop=simulation.loop,
            trace=simulation.trace,
            randomness=simulation.randomness,
            account_id=ACCOUNT,
            region=REGION,
        )
        queues = QueueEndpoint(self.sqs, lambda action, arn, topic: arn not in self.forbidden)
        http = HttpEndpoint(simulation.gateway)
        self.functions = ScriptedEndpoint(simulation)
        around = Surroundings(
            loop=simulation.loop,
            trace=simulation.trace,
            randomness=simulation.randomness,
            faults=simulation.faults,
            account_id=ACCOUNT,
            region=REGION,
            dead_letters=queues,
            endpoints={"sqs": queues, "lambda": self.functions, "http": http, "https": http},
        )
        self.service = SnsService(around, http)
        self.client = client("sns", self.answer)

    def answer(self, request: Request) -> Reply:
        """Answers one raw HTTP request."""
        return self.run(self.service.answer(self.simulation.call(request)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something to its end in virtual time."""
        return self.simulation.run(work)

    def advance(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.run(asyncio.sleep(seconds))

    def settle(self) -> None:
        """Lets everything happen that is due to happen."""
        self.simulation.settle()

    def records(self, kind: type[R]) -> list[R]:
        """The trace's records of a type."""
        return self.simulation.trace.of(kind)

    def topic(self, name: str = "orders", **attributes: str) -> str:
        """Creates a topic through the client; its ARN."""
        if name.endswith(".fifo"):
            attributes = {"FifoTopic": "true", **attributes}
        return str(self.client.create_topic(Name=name, Attributes=attributes)["TopicArn"])

    def queue(self, name: str = "inbox") -> str:
        """Creates a queue; its ARN."""
        return self.sqs.create_queue(name, {"FifoQueue": "true"} if name.endswith(".fifo") else {}).arn

    def subscribe(self, topic: str, endpoint: str, protocol: str = "sqs", **attributes: Any) -> str:
        """Subscribes an endpoint through the client; policies may be given as they are."""
        texts = {name: each if isinstance(each, str) else json.dumps(each) for name, each in attributes.items()}
        reply = self.client.subscribe(
            TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=texts, ReturnSubscriptionArn=True
        )
        return str(reply["SubscriptionArn"])

    def function(self, topic: str, name: str = "worker", **attributes: Any) -> str:
        """Subscribes a function."""
        return self.subscribe(topic, f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}", "lambda", **attributes)

    def publish(self, topic: str, text: str = "hello", **parameters: Any) -> Any:
        """Publishes through the client, and lets the message arrive."""
        reply = self.client.publish(TopicArn=topic, Message=text, **parameters)
        self.settle()
        return reply

    def bodies(self, queue: str) -> list[str]:
        """The bodies of what is in a queue."""
        return [message.body for message in self.sqs.queue_by_arn(queue).messages()]


Attribute = Callable[..., dict[str, Any]]


def string(value: str) -> dict[str, str]:
    """A message attribute of type String."""
    return {"DataType": "String", "StringValue": value}


def number(value: str) -> dict[str, str]:
    """A message attribute of type Number."""
    return {"DataType": "Number", "StringValue": value}


@pytest.fixture
def sns() -> SimulatedSns:
    """A fresh simulation of SNS, reached through boto3."""
    return SimulatedSns()
