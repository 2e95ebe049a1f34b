"""A simulated SQS behind a real boto3 client: botocore writes the requests and judges the replies."""

import asyncio
import io
from collections.abc import Coroutine
from typing import Any, TypeVar

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from harness.cloud.engines.sqs.service import SqsService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import TEST, Call, Reply, Request

ACCOUNT = "123456789012"
REGION = "eu-central-1"

T = TypeVar("T")


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


class SimulatedSqs:
    """One simulation: its loop, its trace, its service, and the client that talks to it."""

    def __init__(self, client: Any, seed: int = 1) -> None:
        self.client = client
        self.loop = VirtualLoop()
        self.trace = Trace(self.loop.clock)
        self.service = SqsService(
            loop=self.loop, trace=self.trace, randomness=Randomness(seed), account_id=ACCOUNT, region=REGION
        )
        self._calls = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something to its end in virtual time."""
        return self.loop.run_until_complete(work)

    def advance(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.run(asyncio.sleep(seconds))

    def answer(self, request: Request) -> Reply:
        """Answers one raw HTTP request."""
        self._calls += 1
        return self.run(self.service.answer(Call(self._calls, TEST, "sqs", "", "", 1, request)))

    def records(self, kind: type[Record]) -> list[Record]:
        """The trace's records of a type."""
        return self.trace.of(kind)

    def queue_url(self, name: str = "orders", **attributes: str) -> str:
        """Creates a queue through the client."""
        return str(self.client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def fifo_url(self, name: str = "orders.fifo", **attributes: str) -> str:
        """Creates a FIFO queue through the client."""
        return self.queue_url(name, FifoQueue="true", **attributes)

    def send(self, url: str, body: str = "hello", **parameters: Any) -> Any:
        """Sends one message through the client."""
        return self.client.send_message(QueueUrl=url, MessageBody=body, **parameters)

    def receive(self, url: str, **parameters: Any) -> list[Any]:
        """Receives up to ten messages through the client, with all their attributes."""
        asked = {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        return list(self.client.receive_message(QueueUrl=url, **(asked | parameters)).get("Messages", []))

    def bodies(self, url: str, **parameters: Any) -> list[str]:
        """The bodies of what one receive finds."""
        return [message["Body"] for message in self.receive(url, **parameters)]

    def delete(self, url: str, message: Any) -> None:
        """Deletes a received message through the client."""
        self.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


class _Line:
    """Leads the one client of the test run to the simulation of the present test."""

    simulated: SimulatedSqs

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        reply = self.simulated.answer(Request(request.method, request.url, headers, body))
        return AWSResponse(request.url, reply.status, reply.headers, _Raw(reply.body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture(scope="session")
def _connected() -> tuple[Any, _Line]:
    client = boto3.client(
        "sqs",
        region_name=REGION,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    line = _Line()
    client.meta.events.register("before-send.sqs.*", line)
    return client, line


@pytest.fixture
def sqs(_connected: tuple[Any, _Line]) -> SimulatedSqs:
    """A fresh simulation of SQS, reached through boto3."""
    client, line = _connected
    line.simulated = SimulatedSqs(client)
    return line.simulated
