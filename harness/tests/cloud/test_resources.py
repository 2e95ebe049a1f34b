"""Queues and tables come into being in the right order, or their author is told the line."""

from pathlib import Path
from typing import Any

import pytest

from harness.cloud.account import Account
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.resources import ResourceRefused, create_queues, create_tables
from harness.cloud.template import QueueSpec, TableSpec, Template
from harness.tests.fakes import Simulation

ARN = "arn:aws:sqs:eu-west-1:123456789012:"


@pytest.fixture
def simulation() -> Simulation:
    return Simulation()


@pytest.fixture
def sqs(simulation: Simulation) -> SqsService:
    return SqsService(
        loop=simulation.loop,
        trace=simulation.trace,
        randomness=simulation.randomness,
        account_id="123456789012",
        region="eu-west-1",
    )


@pytest.fixture
def account(simulation: Simulation) -> Account:
    return Account(simulation.clock, simulation.randomness)


def queue(logical_id: str, dead_letter_queue: str = "", line: int = 0, **attributes: str) -> QueueSpec:
    if dead_letter_queue:
        attributes["RedrivePolicy"] = f'{{"deadLetterTargetArn": "{ARN}{dead_letter_queue}", "maxReceiveCount": 3}}'
    return QueueSpec(
        logical_id=logical_id,
        name=logical_id,
        url="",
        arn=ARN + logical_id,
        attributes=attributes,
        tags={},
        dead_letter_queue=dead_letter_queue,
        line=line,
    )


def template(*queues: QueueSpec, tables: tuple[TableSpec, ...] = ()) -> Template:
    return Template(
        folder=Path("/nowhere"),
        file=Path("/nowhere/template.yaml"),
        queues={one.logical_id: one for one in queues},
        tables={one.logical_id: one for one in tables},
    )


def table(**changed: Any) -> TableSpec:
    creation = {
        "TableName": "orders",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    return TableSpec(logical_id="Orders", name="orders", arn="", creation=creation, **changed)


def test_a_dead_letter_queue_is_created_before_the_queues_that_name_it(sqs: SqsService) -> None:
    create_queues(template(queue("First", "Second"), queue("Second", "Third"), queue("Third")), sqs)

    assert sqs.queue("First").dead_letter_queue is sqs.queue("Second")
    assert sqs.queue("Second").dead_letter_queue is sqs.queue("Third")


def test_two_queues_cannot_be_each_others_dead_letter_queue(sqs: SqsService) -> None:
    with pytest.raises(ResourceRefused, match="SQS refuses the queue First: .*Dead letter target does not exist"):
        create_queues(template(queue("First", "Second"), queue("Second", "First")), sqs)


def test_a_queue_that_sqs_refuses_is_named_with_its_line(sqs: SqsService) -> None:
    with pytest.raises(ResourceRefused, match=r"template\.yaml:12: SQS refuses the queue Ingest: .*VisibilityTimeout"):
        create_queues(template(queue("Ingest", line=12, VisibilityTimeout="50000")), sqs)


def test_a_table_is_created_with_its_time_to_live(account: Account) -> None:
    create_tables(template(tables=(table(time_to_live_attribute="expires"),)), account)

    described = account.json_call("dynamodb", "DynamoDB_20120810.DescribeTimeToLive", TableName="orders")
    assert described["TimeToLiveDescription"] == {"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"}


def test_a_table_that_dynamodb_refuses_is_named_with_its_line(account: Account) -> None:
    create_tables(template(tables=(table(),)), account)

    with pytest.raises(ResourceRefused, match=r"template\.yaml:30: DynamoDB refuses the table Orders: .*InUse"):
        create_tables(template(tables=(table(line=30),)), account)
