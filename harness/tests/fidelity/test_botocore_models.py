"""botocore's service models, AWS's own, say what an answer looks like and which errors there are: so it is here.

Source: https://docs.aws.amazon.com/botocore/latest/reference/loaders.html
"""

import re
from collections.abc import Iterable

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.oracle import Answered, Oracle, declared_codes
from harness.tests.fidelity.oracle_app import CALLS, FILES, TEMPLATE

SERVICES = pytest.mark.parametrize("service", list(CALLS))

COMMON = {"ValidationError", "ValidationException", "InvalidAction", "SerializationException"} | {
    "InvalidParameterValueException", "MissingRequiredParameterException",
}  # fmt: skip
"""Error codes that every service may give and no model lists.

Source: https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html
"""

AWS_ITSELF = {
    "sqs SendMessageBatch:  lacks Failed",  # https://github.com/aws/aws-sdk/issues/536
    "kinesis PutRecords: .FailedRecordCount is not within 1 and None: 0",  # where all records were put
}
"""Where AWS does not keep to its own models."""

NOT_HERE = re.compile(r"This simulator's|has no action|is not simulated|Scheduler has no|No such endpoint")


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, FILES)


@pytest.fixture(scope="module")
def answers(app: App) -> dict[str, list[Answered]]:
    """What every call of every service was answered with."""
    found = {}
    for service, call in CALLS.items():
        oracle = Oracle(app)
        call(oracle.client(service), lambda: app.run(app.world.run_for(minutes=2)))
        found[service] = oracle.answers
    return found


def names(answers: Iterable[Answered]) -> set[str]:
    return {answer.operation.name for answer in answers}


@SERVICES
def test_each_answer_has_the_shape_of_its_operation(answers: dict[str, list[Answered]], service: str) -> None:
    worked = [answer for answer in answers[service] if not answer.code]

    assert [misfit for answer in worked for misfit in answer.misfits() if misfit not in AWS_ITSELF] == []


@SERVICES
def test_each_error_is_one_that_the_service_declares(answers: dict[str, list[Answered]], service: str) -> None:
    failed = [answer for answer in answers[service] if answer.code]

    assert failed
    assert [
        f"{answer.operation.name}: {answer.code}, {answer.parsed['Error']['Message']}"
        for answer in failed
        if answer.code not in declared_codes(answer.operation) | COMMON
    ] == []


@SERVICES
def test_no_operation_is_left_out_of_these_tests(app: App, answers: dict[str, list[Answered]], service: str) -> None:
    seen, oracle = names(answers[service]), Oracle(app)
    client = oracle.client(service, checked=False)
    oracle.call_all(client, [name for name in client.meta.service_model.operation_names if name not in seen])

    assert [
        f"{answer.operation.name}: {answer.parsed.get('Error', {}).get('Message', 'works')}"
        for answer in oracle.answers
        if not NOT_HERE.search(answer.parsed.get("Error", {}).get("Message", ""))
    ] == []
