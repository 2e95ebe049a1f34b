"""Lambda's Invoke API, as boto3's own client reads it."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud.gateway import Gateway, Services
from harness.functions.api import LambdaApi
from harness.functions.asynchronous import Asynchronous
from harness.simulation.wire import Reply, Request
from harness.tests.fakes import Raised, Simulation, client, function, http, instant, sleep

NAME = "kata-Worker-A1B2"
ARN = f"arn:aws:lambda:eu-west-1:123456789012:function:{NAME}"


def echo(event):
    return {"heard": event}
    yield


class Account:
    """A function behind the Invoke API, a gateway and boto3."""

    def __init__(self, folder: Path, program=echo, **settings: Any) -> None:
        self.simulation = Simulation()
        self.service = self.simulation.functions(folder, {"app.handler": program}, function(**settings))
        asynchronous = Asynchronous(
            self.simulation.loop, self.simulation.trace, self.service, lambda arn, text, attributes: None
        )
        self.gateway: Gateway = self.simulation.gateway
        self.gateway.services = Services({"lambda": LambdaApi(self.service, asynchronous)})
        self.client = client("lambda", self.simulation.send)

    def invoke(self, **parameters: Any) -> Any:
        return self.client.invoke(**{"FunctionName": NAME, "Payload": b'{"order": "o-7"}', **parameters})


def test_a_synchronous_invocation_gives_the_answer(tmp_path: Path) -> None:
    account = Account(tmp_path)

    answer = account.invoke()

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert json.loads(answer["Payload"].read()) == {"heard": {"order": "o-7"}}
    assert "FunctionError" not in answer
    assert answer["ResponseMetadata"]["RequestId"] == account.service.invocations[0].request_id


@pytest.mark.parametrize("name", [NAME, f"{NAME}:$LATEST", ARN, f"{ARN}:$LATEST", f"123456789012:function:{NAME}"])
def test_a_function_can_be_named_in_every_way_lambda_knows(tmp_path: Path, name: str) -> None:
    assert Account(tmp_path).invoke(FunctionName=name)["StatusCode"] == 200


@pytest.mark.parametrize("name", ["Worker", "nobody", "arn:aws:lambda:eu-west-1:123456789012:function:nobody"])
def test_a_function_that_is_not_there_is_not_found_and_its_logical_id_is_no_name(tmp_path: Path, name: str) -> None:
    account = Account(tmp_path)

    with pytest.raises(account.client.exceptions.ResourceNotFoundException, match="Function not found"):
        account.invoke(FunctionName=name)


def test_without_a_payload_the_handler_receives_an_empty_object(tmp_path: Path) -> None:
    account = Account(tmp_path)

    answer = account.client.invoke(FunctionName=NAME)

    assert json.loads(answer["Payload"].read()) == {"heard": {}}


def test_a_function_that_fails_is_still_a_200_with_the_error_object(tmp_path: Path) -> None:
    def failing(event):
        raise Raised("ValueError", "no")
        yield

    answer = Account(tmp_path, failing).invoke()

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorType"] == "ValueError"


def test_an_event_is_accepted_with_202_before_anything_runs(tmp_path: Path) -> None:
    account = Account(tmp_path)

    answer = account.invoke(InvocationType="Event")

    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert 9 <= account.simulation.now_ms <= 11
    account.simulation.settle()
    assert [one.request_id for one in account.service.invocations] == [answer["ResponseMetadata"]["RequestId"]]


def test_a_dry_run_is_204_and_runs_nothing(tmp_path: Path) -> None:
    account = Account(tmp_path)

    assert account.invoke(InvocationType="DryRun")["StatusCode"] == 204
    account.simulation.settle()
    assert account.service.invocations == []


def test_a_throttled_invocation_is_429_with_its_reason(tmp_path: Path) -> None:
    account = Account(tmp_path, reserved_concurrency=0)

    with pytest.raises(account.client.exceptions.TooManyRequestsException) as caught:
        account.invoke()

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert caught.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"


@pytest.mark.parametrize(("kind", "limit"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_a_payload_may_be_as_large_as_the_limit_and_not_larger(tmp_path: Path, kind: str, limit: int) -> None:
    account = Account(tmp_path, instant("done"))

    assert account.invoke(InvocationType=kind, Payload=b'"' + b"x" * (limit - 2) + b'"')["StatusCode"] < 300
    with pytest.raises(account.client.exceptions.RequestTooLargeException, match=f"smaller than {limit} bytes"):
        account.invoke(InvocationType=kind, Payload=b'"' + b"x" * (limit - 1) + b'"')


@pytest.mark.parametrize("payload", [b"{", b"\xff", b"[" * 100_000])
def test_a_payload_that_is_no_json_is_refused(tmp_path: Path, payload: bytes) -> None:
    account = Account(tmp_path)

    with pytest.raises(account.client.exceptions.InvalidRequestContentException, match="Could not parse request body"):
        account.invoke(Payload=payload)


def test_another_operation_is_said_not_to_exist_here(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="simulator's Lambda does not have GET") as caught:
        Account(tmp_path).client.list_layers()

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_function_goes_on_when_its_caller_waits_no_longer(tmp_path: Path) -> None:
    def napping(event):
        yield sleep(20)
        return "done"

    account = Account(tmp_path, napping, timeout_s=30)
    url = f"https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{NAME}/invocations"
    account.simulation.send(Request("POST", url, body=b"{}", read_timeout_s=2))

    assert account.simulation.now_ms == 2000
    account.simulation.settle()
    assert account.service.invocations[0].ending == "succeeded"


def test_a_handler_that_invokes_another_function_gets_its_answer(tmp_path: Path) -> None:
    def calling(event):
        url = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/kata-Callee-A1B2/invocations"
        answer = yield http("POST", url, b'{"n": 1}')
        return answer.body.decode()

    simulation = Simulation()
    service = simulation.functions(
        tmp_path,
        {"caller": calling, "callee": echo},
        function("Caller", handler="caller"),
        function("Callee", handler="callee"),
    )
    asynchronous = Asynchronous(simulation.loop, simulation.trace, service, lambda *_: None)
    simulation.gateway.services = Services({"lambda": LambdaApi(service, asynchronous)})

    result = simulation.run(service.invoke("Caller", b"{}", cause="the test"))

    assert json.loads(result.payload) == '{"heard": {"n": 1}}'
    assert [one.cause for one in service.invocations] == ["the test", "Caller invoked it"]


def test_the_answer_of_the_api_is_a_reply(tmp_path: Path) -> None:
    account = Account(tmp_path)
    url = f"https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{NAME}/invocations"

    reply = account.simulation.send(Request("POST", url, body=b"{}"))

    assert isinstance(reply, Reply)
    assert reply.headers["content-type"] == "application/json"
