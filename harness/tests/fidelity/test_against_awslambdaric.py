"""AWS's own Python runtime client, asked the same: answers, error objects, loading errors, log lines.

Source: https://github.com/aws/aws-lambda-python-runtime-interface-client
"""

import importlib
import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Client: {Type: AWS::Serverless::Function, Properties: {Handler: client.handler}}
  Answers: {Type: AWS::Serverless::Function, Properties: {FunctionName: answers, Handler: oracle_answers.handler}}
  Structured:
    Type: AWS::Serverless::Function
    Properties:
      Handler: oracle_logs.handler
      LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: DEBUG, SystemLogLevel: WARN}
  NoModule: {Type: AWS::Serverless::Function, Properties: {Handler: oracle_missing.handler}}
  NoSyntax: {Type: AWS::Serverless::Function, Properties: {Handler: oracle_syntax.handler}}
  NoHandler: {Type: AWS::Serverless::Function, Properties: {Handler: oracle_empty.handler}}
"""

ANSWERS = '''\
from collections import namedtuple
from decimal import Decimal
from datetime import datetime

Line = namedtuple("Line", "sku count")


class OrderRefused(Exception):
    """An error of the submission's own."""


def deeper(order):
    raise OrderRefused(f"order {order} is refused")


def raise_bare():
    raise ValueError


def raise_below():
    deeper("o-1")


def raise_chained():
    try:
        {}["stock"]
    except KeyError as error:
        raise OrderRefused("no stock") from error


ANSWERS = {
    "nothing": lambda: None,
    "text": lambda: "caf\\u00e9",
    "numbers": lambda: [1, 2.5, Decimal("10.50"), True],
    "decimal": lambda: {"price": Decimal("0.10"), "none": Decimal("NaN")},
    "tuple": lambda: (1, "two"),
    "integer keys": lambda: {1: "one"},
    "set": lambda: {1, 2},
    "date": lambda: {"at": datetime(2026, 1, 5)},
    "bytes": lambda: {b"body": b"caf\\xc3\\xa9"},
    "bytes of no text": lambda: {"body": b"\\xff"},
    "named tuple": lambda: [Line("sku-1", 2)],
    "object as key": lambda: {Decimal("1.5"): 1},
    "raise bare": raise_bare,
    "raise below": raise_below,
    "raise chained": raise_chained,
    "raise in the dark": lambda: {}["stock"],
}


def seen(client_context):
    client = client_context.client
    return {
        "custom": client_context.custom,
        "env": client_context.env,
        "client": client and [client.app_title, client.installation_id, client.app_version_name],
        "text": repr(client_context),
    }


def handler(event, context):
    return seen(context.client_context) if event == "client context" else ANSWERS[event]()
'''
SYNTAX = "def handler(event, context)\n    return 1\n"
CASES = [
    *("nothing", "text", "numbers", "decimal", "tuple", "integer keys", "set", "date"),
    *("bytes", "bytes of no text", "named tuple", "object as key"),
    *("raise bare", "raise below", "raise chained", "raise in the dark"),
]
CONTEXTS = [
    {"custom": {"tenant": "t-1"}, "env": {"locale": "de"}, "client": {"app_title": "shop", "installation_id": "i-1"}},
    {"custom": {"tenant": "t-1"}, "unknown": 1},
    {},
]
LOGS = """\
import logging

log = logging.getLogger("orders")
log.setLevel("DEBUG")


def handler(event, context):
    log.debug("order %s", "o-1")
    log.info({"order": "caf\u00e9", "at": Exception("x")}, extra={"tenant": "t-1", "lines": [1, object]})
    log.log(33, "between two levels")
    try:
        {}["stock"]
    except KeyError:
        log.exception("no stock")
    raise ValueError("two\\nlines")
"""


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {
        "src/client.py": CLIENT,
        "src/oracle_answers.py": ANSWERS,
        "src/oracle_logs.py": LOGS,
        "src/oracle_syntax.py": SYNTAX,
        "src/oracle_empty.py": "",
        "src/oracle_missing.py": "import no_module_of_this_name\n",
    }


@pytest.fixture(scope="module")
def app(deploy: Deploy, sources: dict[str, str]) -> App:
    return deploy(TEMPLATE, sources)


class Posted:
    """In the place of Lambda's runtime API: keeps what the runtime client posts."""

    def __init__(self, marshaller: Any) -> None:
        self.marshaller = marshaller
        self.body: Any = None

    def post_invocation_result(self, invoke_id: str, result: Any, content_type: str, *_: Any) -> None:
        """The handler returned."""
        self.body = result

    def post_invocation_error(self, invoke_id: str, error: str, *_: Any) -> None:
        """The handler raised."""
        self.body = error


class Runtime:
    """AWS's runtime client in this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.bootstrap: Any = importlib.import_module("awslambdaric.bootstrap")
        self._marshaller = importlib.import_module("awslambdaric.lambda_runtime_marshaller")

    def load(self, handler: str) -> Any:
        """Its handler, or the error it reports."""
        return self.bootstrap._get_handler(handler)

    def answer(self, event: Any, request_id: str, client_context: str | None = None) -> tuple[str, list[str]]:
        """What it posts for an event, and the lines it logs."""
        posted = Posted(self._marshaller.LambdaMarshaller())
        printed = io.StringIO()
        with redirect_stdout(printed):
            self.handle(self.load("oracle_answers.handler"), posted, event, request_id, client_context)
        return self._in_lambda(posted.body), self._in_lambda(printed.getvalue()).replace("\r", "\n").splitlines()

    def records(self, request_id: str) -> list[str]:
        """The lines it logs where the log format is JSON."""
        log = logging.getLogger("orders")
        log.propagate, log.handlers = False, [self.bootstrap.LambdaLoggerHandler(self.bootstrap.StandardLogSink())]
        log.handlers[0].setFormatter(self.bootstrap.JsonFormatter())
        log.handlers[0].addFilter(self.bootstrap.LambdaLoggerFilter())
        self.bootstrap._GLOBAL_AWS_REQUEST_ID = request_id
        printed = io.StringIO()
        with redirect_stdout(printed):
            self.handle(self.load("oracle_logs.handler"), Posted(self._marshaller.LambdaMarshaller()), {}, request_id)
        log.propagate, log.handlers = True, []
        return self._in_lambda(printed.getvalue()).splitlines()

    def handle(
        self, handler: Any, posted: Posted, event: Any, request_id: str, client_context: str | None = None
    ) -> None:
        """Does what it does with each invocation."""
        self.bootstrap.handle_event_request(
            posted, handler, request_id, json.dumps(event), "application/json", client_context, None, "arn", 0, None,
            self.bootstrap.StandardLogSink(),
        )  # fmt: skip

    def _in_lambda(self, text: str) -> str:
        """With the paths a function has in Lambda."""
        return text.replace(str(self._folder), "/var/task")


@pytest.fixture
def runtime(tmp_path: Path, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    pytest.importorskip("awslambdaric")
    for path, source in sources.items():
        (tmp_path / Path(path).name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12")
    yield Runtime(tmp_path)
    for path in sources:
        sys.modules.pop(Path(path).stem, None)


def invoke(app: App, function: str, event: Any) -> tuple[Any, list[str], str]:
    """Answer, lines between START and END, and request id."""
    answer = app.run(app.world.invoke(function, event))
    request_id = app.world.invocations(function)[-1].request_id
    lines = [line.text for line in app.world.logs(function) if line.request_id == request_id]
    return answer, lines[1:-2], request_id


@pytest.mark.parametrize("case", CASES)
def test_an_answer_or_an_error_is_what_the_runtime_client_posts(app: App, runtime: Runtime, case: str) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    answer, lines, request_id = invoke(app, "Answers", case)
    posted, logged = runtime.answer(case, request_id)

    expected = json.loads(posted)
    assert json.dumps(answer) == json.dumps(expected)
    assert lines == logged


@pytest.mark.parametrize("given", CONTEXTS)
def test_a_client_context_is_read_as_the_runtime_client_reads_it(app: App, runtime: Runtime, given: Any) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""
    call = ["invoke", {"FunctionName": "answers", "Payload": '"client context"', "ClientContext": given}]
    told = app.run(app.world.invoke("Client", {"calls": [call]}))[0]["Payload"]

    request_id = app.world.invocations("Answers")[-1].request_id
    posted, _ = runtime.answer("client context", request_id, json.dumps(given))

    assert told == json.loads(posted)


def test_json_records_and_errors_are_those_of_the_runtime_client(
    app: App, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""
    app.run(app.world.invoke("Structured", {}))
    request_id = app.world.invocations("Structured")[-1].request_id
    lines = [line.text for line in app.world.logs("Structured")]

    monkeypatch.setenv("AWS_LAMBDA_LOG_FORMAT", "JSON")
    importlib.reload(runtime.bootstrap)
    logged = runtime.records(request_id)
    monkeypatch.undo()
    importlib.reload(runtime.bootstrap)

    stamp = re.compile(r'"timestamp": "2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ"')
    assert len(logged) == 5
    assert [stamp.sub("", line) for line in lines] == [stamp.sub("", line) for line in logged]


@pytest.mark.parametrize(
    ("function", "handler"),
    [
        ("NoModule", "oracle_missing.handler"),
        ("NoSyntax", "oracle_syntax.handler"),
        ("NoHandler", "oracle_empty.handler"),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_reported_as_the_runtime_client_reports_it(
    app: App, runtime: Runtime, function: str, handler: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html"""
    answer = app.run(app.world.invoke(function, {}))

    with pytest.raises(Exception, match=".") as caught:
        runtime.load(handler)
    fault: Any = caught.value
    assert (answer["errorType"], answer["errorMessage"]) == (fault.exception_type, fault.msg)
    warning = importlib.import_module("awslambdaric.lambda_literals").lambda_unhandled_exception_warning_message
    texts = [line.text for line in app.world.logs(function)]
    at = next(at for at, text in enumerate(texts) if text.startswith("[ERROR]"))
    assert texts[at] == f"[ERROR] {fault.exception_type}: {fault.msg}"
    assert re.fullmatch(
        r"\[WARNING\]\t2026-01-05T09:\d\d:\d\d\.\d{3}Z\t\t" + re.escape(warning.rstrip()), texts[at - 1]
    )
