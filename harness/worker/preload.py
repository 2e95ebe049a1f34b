"""Makes a process a clean copy of Lambda's Python runtime, with everything slow done already.

The order matters: what waits is replaced before other modules make their locks, and the
clocks are frozen after the modules that read them are imported.
"""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from harness.worker import waiting

WARM_SERVICES = ("dynamodb", "sqs", "lambda")
LATER_SERVICES = ("sns", "s3", "events", "kinesis", "scheduler", "athena", "stepfunctions", "ssm", "secretsmanager")
REGION = "eu-west-1"
"""Of every function here; endpoints that were resolved before the fork are found again for it."""

_WARM_CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("dynamodb", "put_item", {"TableName": "warm", "Item": {"id": {"S": "warm"}}}),
    ("sqs", "send_message", {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/1/warm", "MessageBody": "warm"}),
)
_PROFILE = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})


def preload() -> None:
    """Imports boto3 and replaces waiting, clocks and network; to be called first in a process."""
    assert "logging" not in sys.modules, "logging has made its locks already: they would not wait virtually"
    waiting.install()

    import asyncio  # noqa: F401
    import concurrent.futures.thread  # noqa: F401
    import logging  # noqa: F401

    import boto3  # noqa: F401

    from harness.worker import child, determinism, plain_http, sparing, transport  # noqa: F401

    transport.install()
    plain_http.install()
    determinism.clock.freeze()
    sparing.install()


def warm_up() -> None:
    """Reads the models of the services that nearly every handler uses, and has a session ready.

    The session has read nothing yet: region and credentials come from the environment of the
    worker when its first client is made.
    """
    import boto3

    for service in WARM_SERVICES:
        _make_client(service)
    for service, operation, parameters in _WARM_CALLS:
        _call_nobody(service, operation, parameters)
    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION._session.get_component("credential_provider")  # looks nothing up yet


def forget_session_unless(variables: Mapping[str, str]) -> None:
    """In a worker: with a profile of its own, a function's session has to look for that profile."""
    if not _PROFILE.isdisjoint(variables):
        import boto3

        boto3.DEFAULT_SESSION = None


def warm_up_later() -> Iterator[None]:
    """Reads one more service model at each step; for when there is nothing else to do."""
    for service in LATER_SERVICES:
        _make_client(service)
        yield


def _make_client(service: str) -> None:
    """Leaves behind what botocore caches for this service, and no session."""
    import boto3

    session = boto3.session.Session("AKIDWARM", "none", region_name=REGION)
    session.client(service)
    if service in session.get_available_resources():
        session.resource(service)


def _call_nobody(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Makes a call that is answered at once, and leaves behind what botocore keeps of such a call."""
    import boto3
    import botocore.awsrequest

    client = boto3.session.Session("AKIDWARM", "none", region_name=REGION).client(service)

    def answer(request: Any, **_: Any) -> Any:
        raw = SimpleNamespace(stream=lambda: iter([b"{}"]))
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, raw)

    client.meta.events.register("before-send", answer)
    getattr(client, operation)(**parameters)


def prepare_sandbox() -> None:
    """Works out what every sandboxed worker needs, where there is a sandbox."""
    with contextlib.suppress(ImportError):
        from harness.worker import sandbox

        sandbox.prepare()


def note_modules() -> None:
    """The last thing before the first fork."""
    from harness.worker import child

    child.note_modules()
