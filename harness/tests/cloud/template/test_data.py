"""Queues and tables: what CreateQueue and CreateTable will be called with."""

import json

import pytest

from harness.cloud.template import errors
from harness.tests.cloud.template.conftest import Read

KEYS = "AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], KeySchema: [{AttributeName: pk, KeyType: HASH}]"


def read_queue(read: Read, properties: str, more: str = "") -> object:
    return read(f"Resources:\n  Q: {{Type: AWS::SQS::Queue, Properties: {{{properties}}}}}\n{more}").queues["Q"]


def test_a_queue_without_properties_has_the_defaults_of_sqs(read: Read) -> None:
    queue = read("Resources:\n  Q: {Type: AWS::SQS::Queue}\n").queues["Q"]

    assert (queue.attributes, queue.tags, queue.visibility_timeout_s, queue.fifo) == ({}, {}, 30, False)
    assert queue.url == "https://sqs.eu-west-1.amazonaws.com/123456789012/kata-Q-ABCDEFGHIJKL"


def test_attributes_are_texts_as_create_queue_takes_them(read: Read) -> None:
    queue = read("""
        Resources:
          Q:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: orders
              VisibilityTimeout: 90
              DelaySeconds: "5"
              Tags: [{Key: team, Value: a}]
              KmsMasterKeyId: alias/aws/sqs
              RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: "3"}
              RedriveAllowPolicy: {redrivePermission: denyAll}
          D: {Type: AWS::SQS::Queue}
        """).queues["Q"]

    policy = queue.attributes.pop("RedrivePolicy")
    assert queue.attributes == {
        "VisibilityTimeout": "90", "DelaySeconds": "5", "RedriveAllowPolicy": '{"redrivePermission": "denyAll"}',
    }  # fmt: skip
    assert json.loads(policy) == {
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:kata-D-ABCDEFGHIJKL", "maxReceiveCount": 3,
    }  # fmt: skip
    assert (queue.name, queue.tags, queue.dead_letter_queue) == ("orders", {"team": "a"}, "D")


def test_the_receive_count_is_ten_unless_given(read: Read) -> None:
    text = (
        "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn}}}\n"
    )

    queue = read(text + "  D: {Type: AWS::SQS::Queue}\n").queues["Q"]

    assert json.loads(queue.attributes["RedrivePolicy"])["maxReceiveCount"] == 10


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("VisibilityTimeout: 43201", "from 0 to 43200 seconds"),
        ("MessageRetentionPeriod: 59", "from 60 to 1209600 seconds"),
        ("DelaySeconds: 901", "from 0 to 900 seconds"),
        ("ReceiveMessageWaitTimeSeconds: 21", "from 0 to 20 seconds"),
        ("MaximumMessageSize: 1048577", "from 1024 to 1048576 bytes"),
        ("QueueName: a b", "1 to 80 letters"),
        (f"QueueName: {'x' * 81}", "1 to 80 letters"),
        ("RedrivePolicy: {deadLetterTargetArn: x, maxReceiveCount: 0}", "from 1 to 1000 receives"),
        ("FifoThroughputLimit: perMessage", "one of perQueue, perMessageGroupId"),
    ],
)
def test_a_queue_property_out_of_range_names_the_range(read: Read, properties: str, expected: str) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=rf"(?s)of Q is .*Expected: .*{expected}"):
        read_queue(read, properties)


def test_a_generated_name_of_a_fifo_queue_ends_in_fifo(read: Read) -> None:
    queue = read("Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n").queues["Q"]

    assert (queue.name, queue.fifo) == ("kata-Q-ABCDEFGHIJKL.fifo", True)
    assert queue.attributes == {"FifoQueue": "true"}


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ("QueueName: orders, FifoQueue: true", "QueueName of Q is orders, and FifoQueue is true"),
        ("QueueName: orders.fifo", "QueueName of Q is orders.fifo, and FifoQueue is not true"),
        ("ContentBasedDeduplication: true", "Q has ContentBasedDeduplication, and is not a FIFO queue"),
    ],
)
def test_fifo_and_name_go_together(read: Read, properties: str, message: str) -> None:
    with pytest.raises(errors.PropertiesContradict, match=message):
        read_queue(read, properties)


@pytest.mark.parametrize(("source", "target"), [("true", "false"), ("false", "true")])
def test_a_dead_letter_queue_is_of_the_same_kind(read: Read, source: str, target: str) -> None:
    more = f"  D: {{Type: AWS::SQS::Queue, Properties: {{FifoQueue: {target}}}}}\n"

    with pytest.raises(errors.PropertiesContradict, match=r"Q is a .* queue, its dead-letter queue D a .* queue"):
        read_queue(read, f"FifoQueue: {source}, RedrivePolicy: {{deadLetterTargetArn: !GetAtt D.Arn}}", more)


def test_a_dead_letter_queue_outside_the_template_is_refused(read: Read) -> None:
    with pytest.raises(
        errors.SourceOutside, match=r"RedrivePolicy.deadLetterTargetArn of Q is arn:.*nothing in this templ"
    ):
        read_queue(read, "RedrivePolicy: {deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:1:judge'}")


def test_two_queues_of_one_name_are_refused(read: Read) -> None:
    more = "  P: {Type: AWS::SQS::Queue, Properties: {QueueName: same}}\n"

    with pytest.raises(errors.DuplicateName, match="P and Q have the same name: same"):
        read_queue(read, "QueueName: same", more)


def test_a_table_is_ready_for_create_table(read: Read) -> None:
    table = read("""
        Resources:
          T:
            Type: AWS::DynamoDB::Table
            Properties:
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions:
                - {AttributeName: pk, AttributeType: S}
                - {AttributeName: at, AttributeType: N}
              KeySchema: [{AttributeName: pk, KeyType: HASH}]
              GlobalSecondaryIndexes:
                - IndexName: by-time
                  KeySchema: [{AttributeName: at, KeyType: HASH}, {AttributeName: pk, KeyType: RANGE}]
                  Projection: {ProjectionType: ALL}
              StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
              TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
              PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
        """).tables["T"]

    assert table.creation == {
        "TableName": "kata-T-ABCDEFGHIJKL",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-time",
                "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}, {"AttributeName": "pk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
    assert (table.time_to_live_attribute, table.stream_view_type) == ("expires", "NEW_AND_OLD_IMAGES")
    assert type(table.creation["KeySchema"][0]) is dict


def test_time_to_live_switched_off_is_off(read: Read) -> None:
    expiry = "TimeToLiveSpecification: {AttributeName: expires, Enabled: false}"
    properties = f"BillingMode: PAY_PER_REQUEST, {expiry}, {KEYS}"
    text = f"Resources: {{T: {{Type: AWS::DynamoDB::Table, Properties: {{{properties}}}}}}}"

    assert read(text).tables["T"].time_to_live_attribute == ""


def test_a_table_is_provisioned_unless_it_says_otherwise(read: Read) -> None:
    throughput = "ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 1}"
    creation = (
        read(f"Resources: {{T: {{Type: AWS::DynamoDB::Table, Properties: {{{throughput}, {KEYS}}}}}}}")
        .tables["T"]
        .creation
    )

    assert creation["BillingMode"] == "PROVISIONED"
    assert creation["ProvisionedThroughput"] == {"ReadCapacityUnits": 5, "WriteCapacityUnits": 1}


@pytest.mark.parametrize(
    ("properties", "kind", "message"),
    [
        (KEYS, errors.PropertiesContradict, "BillingMode of T is PROVISIONED, without ProvisionedThroughput"),
        (
            "BillingMode: PAY_PER_REQUEST, ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}, "
            + KEYS,
            errors.PropertiesContradict,
            "BillingMode of T is PAY_PER_REQUEST, with ProvisionedThroughput",
        ),
        (
            "BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], "
            "KeySchema: [{AttributeName: id, KeyType: HASH}]",
            errors.PropertiesContradict,
            "T uses id in a key without defining it",
        ),
        (
            "BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: pk, KeyType: HASH}], AttributeDefinitions: "
            "[{AttributeName: pk, AttributeType: S}, {AttributeName: title, AttributeType: S}]",
            errors.PropertiesContradict,
            "T defines title, and no key or index uses it",
        ),
        (
            "BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], "
            "KeySchema: [{AttributeName: pk, KeyType: RANGE}]",
            errors.PropertiesContradict,
            "A KeySchema of T is RANGE",
        ),
        ("BillingMode: PAY_PER_REQUEST", errors.MissingProperty, "T lacks KeySchema"),
        (f"BillingMode: FREE, {KEYS}", errors.PropertyOutOfRange, "BillingMode of T is 'FREE'"),
        (f"TTL: x, {KEYS}", errors.UnknownProperty, "T has no property TTL"),
    ],
)
def test_a_table_dynamodb_would_refuse_is_refused(
    read: Read, properties: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        read(f"Resources: {{T: {{Type: AWS::DynamoDB::Table, Properties: {{{properties}}}}}}}")


def test_a_simple_table_has_the_key_id(read: Read) -> None:
    template = read("""
        Resources:
          T: {Type: AWS::Serverless::SimpleTable}
          U: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: n, Type: Number}, TableName: users}}
        """)

    assert template.tables["T"].creation == {
        "TableName": "kata-T-ABCDEFGHIJKL",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert template.tables["U"].name == "users"
    assert template.tables["U"].creation["AttributeDefinitions"] == [{"AttributeName": "n", "AttributeType": "N"}]
