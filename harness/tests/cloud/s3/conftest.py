"""A simulated S3 behind a real boto3 client: botocore writes the requests and judges the replies."""

from typing import Any

import pytest

from harness.cloud.account import Account
from harness.cloud.s3.notifier import Notification
from harness.cloud.s3.service import S3Service
from harness.cloud.template.model_bucket import BucketSpec, NotificationSpec
from harness.simulation.wire import Reply, Request
from harness.tests.fakes import Simulation, client, simulations_are_closed

__all__ = ["simulations_are_closed"]

SECRET = "kept"
BUCKET = "photos"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:resize"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:inbox"


class FakeTargets:
    """Everybody may be told; `forbidden` may not.

    Attributes:
        texts: what was sent to queues and topics, with the ARN.
    """

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.forbidden = ""

    def label(self, arn: str) -> str:
        """The last part of the ARN."""
        return arn.rpartition(":")[2]

    def refusal(self, spec: NotificationSpec, bucket: str) -> str:
        """Whether it is the one that may not."""
        return "not allowed" if spec.target_arn == self.forbidden else ""

    def send(self, arn: str, text: str) -> None:
        """Keeps it."""
        self.texts.append((arn, text))


class SimulatedS3:
    """One simulation, its S3, and the client that talks to it; `photos` is its bucket, Photos in the template.

    Attributes:
        delivered: notifications that arrived, with the virtual milliseconds.
    """

    def __init__(self, spec: BucketSpec) -> None:
        self.simulation = Simulation()
        self.targets = FakeTargets()
        self.delivered: list[tuple[float, Notification]] = []
        self.service = S3Service(
            account=Account(self.simulation.clock, self.simulation.randomness),
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            randomness=self.simulation.randomness,
            faults=self.simulation.faults,
            targets=self.targets,
            deliver=lambda one: self.delivered.append((self.simulation.now_ms, one)),
            secret=SECRET,
        )
        self.simulation.gateway.services["s3"] = self.service
        self.service.deploy(spec)

    @property
    def client(self) -> Any:
        """A boto3 client whose requests pass the gateway."""
        return client("s3", self.simulation.send)

    def ask(self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Reply:
        """A request that no client wrote."""
        answer = self.simulation.send(Request(method, url, headers or {}, body))
        assert isinstance(answer, Reply)
        return answer

    def told(self) -> list[tuple[str, str]]:
        """Event and key of each delivery, in the order of the changes, once everything has arrived."""
        self.simulation.settle()
        return [(one.change.event, one.change.key) for one in self.service.notifier.sent]


def bucket(*events: str, versioned: bool = False, **more: Any) -> BucketSpec:
    """A bucket that tells the function `resize` of these events."""
    notification = NotificationSpec(id="n-1", kind="Lambda", target_arn=FUNCTION_ARN, events=events)
    return BucketSpec(
        logical_id="Photos",
        name=BUCKET,
        arn=f"arn:aws:s3:::{BUCKET}",
        versioned=versioned,
        **{"notifications": (notification,) if events else (), **more},
    )


ALL = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*")


@pytest.fixture
def s3() -> SimulatedS3:
    """A bucket without versions that tells of everything."""
    return SimulatedS3(bucket(*ALL))


@pytest.fixture
def versioned() -> SimulatedS3:
    """A bucket with versions that tells of everything."""
    return SimulatedS3(bucket(*ALL, versioned=True))
