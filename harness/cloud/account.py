"""The state of the simulated AWS account: moto, in process, on the simulator's clock.

The one place that knows moto. What is private or fragile in it is used here and nowhere
else: the entry point that answers a request, the clock it reads, the ids it draws, and the
reset between two runs. `harness/tests/cloud/test_account.py` guards each of them.
"""

import functools
import json
import pickle
import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import moto.core.responses
import moto.core.utils
import moto.dynamodb.models.table
import moto.dynamodb.parsing.expressions
import moto.dynamodb.parsing.validators
import moto.dynamodb.responses
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import backend_index, backends
from moto.core.base_backend import BackendDict
from moto.core.exceptions import HTTPException
from moto.core.request import normalize_request
from moto.moto_api._internal import mock_random

from harness.cloud import item_requests, table_snapshots
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Reply, Request

ACCOUNT_ID = "123456789012"
REGION = "eu-west-1"

_Handler = Callable[[Any, Any, Any], tuple[int, dict[str, Any], str | bytes]]


class UnknownEndpoint(Exception):
    """No AWS service that this simulator knows listens at this address."""


def _copied(node: Any) -> Any:
    return pickle.loads(pickle.dumps(node, -1))


def _add_stream_record(shard: Any, old: Any, new: Any) -> None:
    """moto's StreamShard.add without its Lambda mappings, and without a record where nothing changed.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
    """
    from moto.dynamodb.models.table import StreamRecord

    if old is not None and new is not None and old.to_json() == new.to_json():
        return
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    view = shard.table.stream_specification["StreamViewType"]
    number = shard.starting_sequence_number + len(shard.items)
    shard.items.append(StreamRecord(shard.table, view, name, old, new, number))


def _spare_moto_repeated_work() -> None:
    """Remembers what moto works out anew for each request, and copies expressions the quick way."""
    moto.core.responses.method_names_from_class = functools.cache(moto.core.utils.method_names_from_class)
    moto.dynamodb.parsing.validators.deepcopy = _copied  # type: ignore[assignment]
    parser: Any = moto.dynamodb.parsing.expressions.UpdateExpressionParser  # type: ignore[attr-defined]
    parser.make = functools.lru_cache(maxsize=256)(parser.make)  # only copies of a parsed expression change
    moto.dynamodb.models.table.StreamShard.add = _add_stream_record  # type: ignore[assignment,method-assign]
    moto.dynamodb.responses.TRANSACTION_MAX_ITEMS = 100
    table_snapshots.share_items()


_spare_moto_repeated_work()


class Account:
    """A fresh AWS account. Opening one empties the one before: a process has one at a time."""

    id = ACCOUNT_ID
    region = REGION

    def __init__(self, clock: Clock, randomness: Randomness) -> None:
        BackendDict.reset()
        mock_random.seed(randomness.stream("moto").getrandbits(64))
        self._clock = clock
        self._services: dict[str, list[str]] = {}  # by scheme and host
        self._handlers: dict[str, list[tuple[re.Pattern[str], _Handler]]] = {}  # by service

    def answer(self, request: Request) -> Reply:
        """Lets moto do what a request asks, at the present virtual instant.

        Raises:
            UnknownEndpoint: the host belongs to no service.
        """
        ask = self._ask_item if item_requests.is_item_request(request) else self._ask
        with _SimulatedClock(self._clock):
            try:
                status, headers, body = ask(request)
            except UnknownEndpoint:
                raise
            except HTTPException as error:  # moto raises its answers, werkzeug style
                status, headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
            except NotImplementedError as error:
                return _unable(501, "NotImplemented", f"This simulator does not have it: {error}")
            except Exception as error:  # a request that moto does not understand ends no run
                return _unable(500, "InternalFailure", f"This simulator fails on it: {type(error).__name__}: {error}")
        content = body.encode() if isinstance(body, str) else body
        return Reply(status, {name.lower(): str(value) for name, value in headers.items()}, content)

    def _ask_item(self, request: Request) -> tuple[int, dict[str, Any], str | bytes]:
        now = self._clock.utcnow()
        return item_requests.answer(request, account=ACCOUNT_ID, region=REGION, now=now)

    def _ask(self, request: Request) -> tuple[int, dict[str, Any], str | bytes]:
        handler = self._handler(request.url)
        prepared = AWSPreparedRequest(request.method, request.url, HTTPHeaders(), request.body, False)
        for name, value in request.headers.items():
            prepared.headers[name] = value
        normalized = normalize_request(prepared)
        return handler(normalized, normalized.raw_url, normalized.headers)

    def json_call(self, service: str, target: str, **parameters: Any) -> dict[str, Any]:
        """Calls an AWS JSON operation, as the harness itself needs to (creating a table, say).

        Args:
            target: the X-Amz-Target header, "DynamoDB_20120810.CreateTable".

        Raises:
            RuntimeError: moto refused; the message is moto's.
        """
        headers = {
            "x-amz-target": target,
            "content-type": "application/x-amz-json-1.0",
            "authorization": f"AWS4-HMAC-SHA256 Credential=KATA/20260105/{REGION}/{service}/aws4_request",
        }
        url = f"https://{service}.{REGION}.amazonaws.com/"
        reply = self.answer(Request("POST", url, headers, json.dumps(parameters).encode()))
        if reply.status != 200:
            raise RuntimeError(f"{target}: {reply.body.decode(errors='replace')}")
        return json.loads(reply.body) if reply.body else {}

    def dynamodb_tables(self) -> dict[str, Any]:
        """moto's tables by name. Putting others in their place shows readers another state."""
        return backends.get_backend("dynamodb")[ACCOUNT_ID][REGION].tables

    def label_stream(self, table: str, label: str) -> None:
        """Gives a table's stream the label under which its ARN is already known."""
        self.dynamodb_tables()[table].latest_stream_label = label

    def stream_records(self, table: str, since: int = 0) -> list[dict[str, Any]]:
        """The records of a table's stream but for the first so many, oldest first; [] if it has none."""
        shard = self.dynamodb_tables()[table].stream_shard
        return [item.record for item in shard.items[since:]] if shard else []

    def s3_buckets(self) -> dict[str, Any]:
        """moto's buckets by name."""
        found: dict[str, Any] = backends.get_backend("s3")[ACCOUNT_ID]["aws"].buckets
        return found

    def _handler(self, url: str) -> _Handler:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._services:
            self._services[root] = [name for name, one in backend_index.backend_url_patterns if one.match(f"{root}/")]
        url = f"{root}{parts.path or '/'}"
        for service in self._services[root]:
            if service not in self._handlers:
                self._handlers[service] = _handlers_of(service)
            for pattern, handler in self._handlers[service]:
                if pattern.match(url):
                    return handler
        raise UnknownEndpoint(url)


def _handlers_of(service: str) -> list[tuple[re.Pattern[str], _Handler]]:
    backend = backends.get_backend(service)[ACCOUNT_ID]  # type: ignore[call-overload]
    urls = backend["aws" if "aws" in backend else REGION].urls
    return [(re.compile(pattern), handler) for pattern, handler in urls.items()]


def _unable(status: int, code: str, message: str) -> Reply:
    body = json.dumps({"__type": code, "message": message}).encode()
    return Reply(status, {"content-type": "application/x-amz-json-1.0"}, body)


class _SimulatedClock:
    """While this is open, moto's clock is the simulator's.

    moto reads its clock through `utcnow`, which its modules import by name; each module that
    has it is given ours, once. Outside a call the real one answers, for moto's own sake.
    """

    clock: Clock | None = None
    seen_modules = 0
    original = staticmethod(moto.core.utils.utcnow)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __enter__(self) -> None:
        _SimulatedClock.clock = self._clock
        if len(sys.modules) != _SimulatedClock.seen_modules:
            _SimulatedClock.seen_modules = len(sys.modules)
            _give_moto_our_clock()

    def __exit__(self, *_: object) -> None:
        _SimulatedClock.clock = None


def _utcnow() -> datetime:
    clock = _SimulatedClock.clock
    return clock.utcnow().replace(tzinfo=None) if clock else _SimulatedClock.original()


def _give_moto_our_clock() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is _SimulatedClock.original:
            module.utcnow = _utcnow  # type: ignore[attr-defined]
