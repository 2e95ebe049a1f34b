"""Powertools' circuit breaker, unchanged, opens and closes by its records in DynamoDB and on virtual time.

Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/circuit_breaker/
"""

from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy

pytest.importorskip("aws_lambda_powertools.utilities.circuit_breaker")

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Circuits:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Charge:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src/
      Handler: app.handler
      Timeout: 20
      Environment: {Variables: {CIRCUITS: !Ref Circuits}}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Circuits}}]
"""

APP = """\
import os

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, circuit_breaker
from aws_lambda_powertools.utilities.circuit_breaker.persistence import CircuitBreakerDynamoDBPersistence

store = CircuitBreakerDynamoDBPersistence(table_name=os.environ["CIRCUITS"])
config = CircuitBreakerConfig(failure_threshold=3, recovery_timeout=30, success_threshold=1)
changes = []


def changed(transition):
    changes.append([str(transition.from_state), str(transition.to_state)])


@circuit_breaker(name="till", persistence_store=store, config=config, on_transition=changed,
                 on_circuit_open=lambda up, circuit: "kept for later")
def charge(up):
    if not up:
        raise ConnectionError("the till is down")
    return "charged"


def handler(event, context):
    if "changes" in event:
        return changes
    try:
        return charge(event["up"])
    except ConnectionError as error:
        return str(error)
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP}, enforce_permissions=True)


def charge(app: App, *, up: bool) -> Any:
    return app.run(app.world.invoke("Charge", {"up": up}))


def test_the_circuit_opens_after_failures_and_lets_a_probe_through_when_it_is_time(app: App) -> None:
    failing = [charge(app, up=False) for _ in range(4)]
    app.run(app.world.run_for(s=20))
    still_open = charge(app, up=True)
    app.run(app.world.run_for(s=20))
    probe = charge(app, up=True)

    assert failing == [*["the till is down"] * 3, "kept for later"]
    assert (still_open, probe) == ("kept for later", "charged")
    assert app.run(app.world.invoke("Charge", {"changes": True})) == [
        ["CLOSED", "OPEN"], ["OPEN", "HALF_OPEN"], ["HALF_OPEN", "CLOSED"],
    ]  # fmt: skip


def test_other_environments_hear_of_the_open_circuit(app: App) -> None:
    for _ in range(3):
        charge(app, up=False)
    app.world.recycle("Charge")

    assert charge(app, up=True) == "kept for later"
