"""Powertools' idempotency utility, unchanged, keeps its records in a DynamoDB table.

Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
"""

import json
from typing import Any

import pytest

from harness.faults.environment import CrashAfterCall
from harness.faults.streams import DuplicateBatch
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 20
    Environment: {Variables: {RECORDS: !Ref Records, CHARGES: !Ref Charges}}
Resources:
  Charges: {Type: AWS::SQS::Queue}
  Records:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expiration, Enabled: true}
  Orders: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Pay:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.pay
      Policies: &allowed
        - DynamoDBCrudPolicy: {TableName: !Ref Records}
        - SQSSendMessagePolicy: {QueueName: !GetAtt Charges.QueueName}
  Consume:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.consume
      Policies: *allowed
      Events:
        Orders:
          Type: Kinesis
          Properties: {Stream: !GetAtt Orders.Arn, StartingPosition: TRIM_HORIZON}
"""

APP = """\
import base64
import json
import os
import time

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer, IdempotencyConfig, idempotent, idempotent_function)

sqs = boto3.client("sqs")
records = DynamoDBPersistenceLayer(table_name=os.environ["RECORDS"])
config = IdempotencyConfig(
    event_key_jmespath="order", payload_validation_jmespath="amount", expires_after_seconds=3600,
    raise_on_no_idempotency_key=True)


def charge(order):
    return sqs.send_message(QueueUrl=os.environ["CHARGES"], MessageBody=order)["MessageId"]


@idempotent(persistence_store=records, config=config)
def pay(event, context):
    time.sleep(event.get("takes_s", 0))
    if event.get("declined") and time.time() < event["declined"]:
        raise ValueError("card declined")
    return {"charge": charge(event["order"])}


@idempotent_function(data_keyword_argument="order", persistence_store=records)
def pay_one(order):
    charge(order["id"])


def consume(event, context):
    for record in event["Records"]:
        pay_one(order=json.loads(base64.b64decode(record["kinesis"]["data"])))
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP}, enforce_permissions=True)


def pay(app: App, order: str, **more: Any) -> Any:
    return app.run(app.world.invoke("Pay", {"order": order, "amount": 5, **more}))


def charges(app: App, order: str) -> int:
    return [arrival.body for arrival in app.world.queue("Charges").arrivals].count(order)


def test_a_duplicate_gets_the_stored_answer_and_charges_nothing(app: App) -> None:
    first = pay(app, "twice")

    assert pay(app, "twice") == first
    assert charges(app, "twice") == 1


def test_a_duplicate_while_the_first_still_works_is_refused(app: App) -> None:
    async def both() -> tuple[Any, Any]:
        first = app.world.start(app.world.invoke("Pay", {"order": "at once", "amount": 5, "takes_s": 5}))
        await app.world.run_for(s=2)
        second = await app.world.invoke("Pay", {"order": "at once", "amount": 5})
        return await first, second

    first, second = app.run(both())

    assert second["errorType"] == "IdempotencyAlreadyInProgressError"
    assert list(first) == ["charge"]
    assert charges(app, "at once") == 1


def test_a_record_expires_in_virtual_time(app: App) -> None:
    first = pay(app, "later")
    app.run(app.world.run_for(minutes=59))
    within = pay(app, "later")
    app.run(app.world.run_for(minutes=2))

    assert within == first
    assert pay(app, "later") != first
    assert charges(app, "later") == 2


def test_the_same_key_with_another_amount_is_refused(app: App) -> None:
    pay(app, "changed")

    assert pay(app, "changed", amount=6)["errorType"] == "IdempotencyValidationError"


def test_a_failed_attempt_leaves_no_record(app: App) -> None:
    declined = pay(app, "declined", declined=2_000_000_000)

    assert declined["errorMessage"] == "card declined"
    assert list(pay(app, "declined")) == ["charge"]


def test_an_event_without_the_key_is_refused(app: App) -> None:
    assert app.run(app.world.invoke("Pay", {"amount": 5}))["errorType"] == "IdempotencyKeyError"


def test_a_crash_after_the_lock_holds_it_until_the_function_would_have_timed_out(app: App) -> None:
    crash = app.world.inject(CrashAfterCall(operation="PutItem", functions=("Pay",)))
    pay(app, "locked")
    app.world.lift(crash)
    app.run(app.world.run_for(s=10))
    locked = pay(app, "locked")
    app.run(app.world.run_for(s=11))

    assert locked["errorType"] == "IdempotencyAlreadyInProgressError"
    assert list(pay(app, "locked")) == ["charge"]
    assert charges(app, "locked") == 1


def test_a_crash_after_the_charge_charges_twice(app: App) -> None:
    """The record says that work began and not how far it came: what a handler does must bear being done again."""
    crash = app.world.inject(CrashAfterCall(service="sqs", operation="SendMessage", k=2, functions=("Pay",)))
    pay(app, "half-way")
    app.world.lift(crash)
    app.run(app.world.run_for(s=21))
    pay(app, "half-way")

    assert charges(app, "half-way") == 2


def test_a_batch_that_comes_twice_is_paid_once(app: App) -> None:
    app.world.inject(DuplicateBatch(stream="Orders", function="Consume", times=1))
    for number in range(3):
        app.world.stream("Orders").put(json.dumps({"id": f"s-{number}"}), partition_key="k")
    app.run(app.world.settle())

    assert len(app.world.invocations("Consume")) == 2
    assert [charges(app, f"s-{number}") for number in range(3)] == [1, 1, 1]
