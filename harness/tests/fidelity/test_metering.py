"""What a run uses and costs, in the units Amazon bills: an API, a queue, a table and their functions.

Sources: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/sqs/pricing/,
https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/api-gateway/pricing/
"""

import asyncio
import json

import pytest

from harness.metering.prices import PRICES
from harness.metering.series import QueueState
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 20, MemorySize: 512}}
Resources:
  Door:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.door
      Policies:
        - DynamoDBReadPolicy: {TableName: !Ref Notes}
        - SQSSendMessagePolicy: {QueueName: !GetAtt Inbox.QueueName}
      Environment: {Variables: {QUEUE: !Ref Inbox}}
      Events:
        Post: {Type: HttpApi, Properties: {Path: /notes, Method: POST}}
        Get: {Type: HttpApi, Properties: {Path: "/notes/{id}", Method: GET}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.work
      Policies: [DynamoDBWritePolicy: {TableName: !Ref Notes}]
      MemorySize: 1024
      Events:
        Inbox: {Type: SQS, Properties: {Queue: !GetAtt Inbox.Arn, BatchSize: 10}}
  Inbox: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  Notes:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: notes
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
"""

SOURCE = """
import json
import os
import time

import boto3

sqs = boto3.client("sqs")
table = boto3.resource("dynamodb").Table("notes")


def door(event, context):
    if event["requestContext"]["http"]["method"] == "POST":
        sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=event["body"])
        return {"statusCode": 202}
    item = table.get_item(Key={"id": event["pathParameters"]["id"]}).get("Item")
    return {"statusCode": 200 if item else 404, "body": json.dumps(item or {}, default=str)}


def work(event, context):
    for record in event["Records"]:
        note = json.loads(record["body"])
        time.sleep(note.get("takes_s", 0))
        table.put_item(Item=note)
"""


class Metered:
    """A run: three notes posted, one at a time, then one read four times."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.world = app.world
        self.meter = app.world.meter
        app.run(self._run())
        self.at_ms = self.world.now_ms

    async def _run(self) -> None:
        for number in range(3):
            await self.world.post("/notes", json={"id": f"n{number}", "text": "x" * 1500, "takes_s": 2})
            await self.world.settle()
        for _ in range(4):
            assert (await self.world.get("/notes/n1")).status == 200


@pytest.fixture(scope="module")
def run(deploy: Deploy) -> Metered:
    """One run, read by all tests."""
    return Metered(deploy(TEMPLATE, {"src/app.py": SOURCE}))


def test_calls_are_counted_with_their_bytes(run: Metered) -> None:
    sends = run.meter.calls(service="sqs", operation="SendMessage")
    assert (sends.count, sends.refused) == (3, 0)
    assert 3 * 1500 < sends.sent_bytes < 3 * 2200
    assert run.meter.calls(target="Notes", function="Work").count == 3
    assert run.meter.calls(service="dynamodb", operation="PutItem|GetItem").count == 7


def test_capacity_units_are_told_by_table_kind_and_route(run: Metered) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""
    assert run.meter.units(table="Notes", kind="write") == 6.0  # three items of 1.5 KB
    assert run.meter.units(table="Notes", kind="read") == 2.0  # four weak reads
    assert run.meter.units(table="notes", route="GET /notes/{id}") == 2.0
    assert run.meter.units(kind="read", route="POST /notes") == 0
    assert run.meter.units(function="Work") == 6.0


def test_lambda_is_billed_by_the_millisecond_cold_starts_included(run: Metered) -> None:
    """https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/"""
    reports = [line.text for line in run.world.logs("Work") if line.text.startswith("REPORT")]
    billed = sum(int(report.partition("Billed Duration: ")[2].split()[0]) for report in reports)
    assert len(reports) == 3
    assert run.meter.billed_ms("Work") == billed
    assert billed > 3 * 2000 + 300
    assert run.meter.gb_seconds("Work") == pytest.approx(billed / 1000)
    assert run.meter.gb_seconds("Door") == pytest.approx(run.meter.billed_ms("Door") / 1000 / 2)
    assert run.meter.gb_seconds() == pytest.approx(run.meter.gb_seconds("Work") + run.meter.gb_seconds("Door"))


def test_a_message_through_a_queue_is_three_requests(run: Metered) -> None:
    """Sent, received, deleted: https://aws.amazon.com/sqs/pricing/"""
    amounts = {(one.service, one.unit): one.amount for one in run.meter.quantities()}
    assert amounts["sqs", "standard requests"] == 9
    assert amounts["lambda", "requests"] == 10
    assert amounts["apigateway", "HTTP API requests"] == 7
    assert amounts["dynamodb", "write request units"] == 6
    assert 0 < amounts["logs", "GB ingested"] < 1e-4


def test_a_run_is_priced_by_the_list_per_million(run: Metered) -> None:
    rows = {(row.service, row.unit): row for row in run.meter.cost(per_million=3)}
    writes = rows["dynamodb", "write request units"]
    assert writes.amount == pytest.approx(2_000_000)
    assert writes.usd == pytest.approx(2 * 0.705)
    assert rows["sqs", "standard requests"].usd == pytest.approx(3 * 0.40)
    assert rows["apigateway", "HTTP API requests"].usd == pytest.approx(7 / 3 * 1.11)
    assert all(row.page.startswith("https://aws.amazon.com/") for row in rows.values())
    assert run.meter.total_usd(per_million=3) == pytest.approx(sum(row.usd or 0 for row in rows.values()))
    assert run.meter.total_usd() == pytest.approx(run.meter.total_usd(per_million=3) * 3 / 1_000_000)


def test_a_queue_is_seen_over_time(run: Metered) -> None:
    states = run.meter.series("queue", "Inbox")
    assert {state.visible + state.in_flight for state in states} == {0, 1}
    assert states[-1] == QueueState(states[-1].at_ms, 0, 0, 0)
    busy = [state for state in states if state.in_flight]
    assert len(busy) == 3
    running = run.meter.series("running", "Work")
    assert [point.count for point in running] == [1, 0] * 3
    assert running[0].at_ms - busy[0].at_ms < 50


def test_a_part_of_a_run_can_be_metered(run: Metered) -> None:
    async def read() -> None:
        await asyncio.gather(*(run.world.get("/notes/n2") for _ in range(3)))

    before = run.meter.units(kind="read")
    start_ms = run.world.now_ms
    run.app.run(read())

    assert run.meter.between(start_ms).units(kind="read") == 1.5
    assert run.meter.between(0, start_ms).units(kind="read") == before
    assert run.meter.between(start_ms).calls(service="sqs").count == 0


def test_what_a_function_failed_at_is_billed_too(run: Metered) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-concepts.html"""
    start_ms = run.world.now_ms
    run.app.run(run.world.invoke("Work", {"Records": [{"body": json.dumps({"takes_s": 30})}]}))
    meter = run.meter.between(start_ms)
    assert meter.billed_ms("Work") == pytest.approx(20_000, abs=1)
    assert meter.units(kind="write") == 0


def test_metering_changes_nothing(run: Metered) -> None:
    digest = run.world.trace.digest()
    run.meter.cost(per_million=1)
    run.meter.series("queue", "Inbox")
    assert run.world.trace.digest() == digest


def test_every_price_names_its_page_and_is_positive() -> None:
    assert all(price.page.startswith("https://aws.amazon.com/") and price.usd > 0 for price in PRICES.values())
