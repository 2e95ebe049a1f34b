"""What calls need: action and resource, for every service. The requests are botocore's own."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from harness.cloud.permissions.needs import NEEDS, reader
from harness.cloud.permissions.needs.asked import Asked
from harness.cloud.permissions.needs.dynamodb_facts import item_facts
from harness.cloud.permissions.needs.s3 import deletions
from harness.cloud.permissions.statement import PermissionSpec
from harness.cloud.template import QueueSpec, Template
from harness.simulation.wire import Answer, Loss, NoReply, Request
from harness.tests.fakes import Simulation, client


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:123456789012:{resource}"


def queue(logical_id: str, **more: Any) -> QueueSpec:
    name = logical_id.lower()
    return QueueSpec(logical_id=logical_id, name=name, url="", arn=arn("sqs", name), attributes={}, tags={}, **more)


TEMPLATE = Template(
    folder=Path(),
    file=Path("template.yaml"),
    queues={"Jobs": queue("Jobs", dead_letter_queue="Dead"), "Dead": queue("Dead")},
    permissions=PermissionSpec(passed={arn("ecs", "task-definition/render:1"): ("task-role", "execution-role")}),
)
DEAD = arn("sqs", "dead")
SCHEDULE = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}}
Needs = Callable[..., list[tuple[str, str]]]


def asked(service: str, operation: str, **parameters: Any) -> Asked:
    sent: list[Request] = []

    def ask(request: Request) -> Answer:
        sent.append(request)
        return NoReply(Loss.RESET)

    with contextlib.suppress(BotoCoreError):
        getattr(client(service, ask), operation)(**parameters)
    return Asked(Simulation().call(sent[0]), TEMPLATE, "123456789012", "eu-west-1", lambda id_: id_.removeprefix("of "))


def needs(service: str, operation: str, **parameters: Any) -> list[tuple[str, str]]:
    """What the boto3 call of a service needs."""
    question = asked(service, operation, **parameters)
    return [(need.action, need.resource) for need in reader(question.call.service)(question)]


def photos(key: str = "") -> str:
    return f"arn:aws:s3:::photos{key}"


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("get_object", {"Key": "k"}, [("s3:GetObject", photos("/k"))]),
        ("get_object", {"Key": "k", "VersionId": "v"}, [("s3:GetObjectVersion", photos("/k"))]),
        ("head_object", {"Key": "a b/ü"}, [("s3:GetObject", photos("/a b/ü"))]),
        ("put_object", {"Key": "k"}, [("s3:PutObject", photos("/k"))]),
        ("put_object", {"Key": "k", "ACL": "private", "Tagging": "a=b"},
         [("s3:PutObject", photos("/k")), ("s3:PutObjectAcl", photos("/k")), ("s3:PutObjectTagging", photos("/k"))]),
        ("copy_object", {"Key": "k", "CopySource": {"Bucket": "old", "Key": "ü"}},
         [("s3:PutObject", photos("/k")), ("s3:GetObject", "arn:aws:s3:::old/ü")]),
        ("copy_object", {"Key": "k", "CopySource": {"Bucket": "old", "Key": "j", "VersionId": "v"}},
         [("s3:PutObject", photos("/k")), ("s3:GetObjectVersion", "arn:aws:s3:::old/j")]),
        ("create_multipart_upload", {"Key": "k"}, [("s3:PutObject", photos("/k"))]),
        ("upload_part", {"Key": "k", "UploadId": "u", "PartNumber": 1}, [("s3:PutObject", photos("/k"))]),
        ("complete_multipart_upload", {"Key": "k", "UploadId": "u"}, [("s3:PutObject", photos("/k"))]),
        ("abort_multipart_upload", {"Key": "k", "UploadId": "u"}, [("s3:AbortMultipartUpload", photos("/k"))]),
        ("list_parts", {"Key": "k", "UploadId": "u"}, [("s3:ListMultipartUploadParts", photos("/k"))]),
        ("list_multipart_uploads", {}, [("s3:ListBucketMultipartUploads", photos())]),
        ("list_objects_v2", {}, [("s3:ListBucket", photos())]),
        ("list_objects", {}, [("s3:ListBucket", photos())]),
        ("list_object_versions", {}, [("s3:ListBucketVersions", photos())]),
        ("head_bucket", {}, [("s3:ListBucket", photos())]),
        ("get_bucket_location", {}, [("s3:GetBucketLocation", photos())]),
        ("get_bucket_versioning", {}, [("s3:GetBucketVersioning", photos())]),
        ("get_bucket_lifecycle_configuration", {}, [("s3:GetLifecycleConfiguration", photos())]),
        ("delete_bucket_lifecycle", {}, [("s3:PutLifecycleConfiguration", photos())]),
        ("get_bucket_cors", {}, [("s3:GetBucketCORS", photos())]),
        ("delete_bucket_cors", {}, [("s3:PutBucketCORS", photos())]),
        ("get_bucket_notification_configuration", {}, [("s3:GetBucketNotification", photos())]),
        ("delete_bucket_policy", {}, [("s3:DeleteBucketPolicy", photos())]),
        ("delete_bucket", {}, [("s3:DeleteBucket", photos())]),
        ("create_bucket", {}, [("s3:CreateBucket", photos())]),
        ("delete_object", {"Key": "k"}, [("s3:DeleteObject", photos("/k"))]),
        ("delete_object", {"Key": "k", "VersionId": "v"}, [("s3:DeleteObjectVersion", photos("/k"))]),
        ("get_object_tagging", {"Key": "k"}, [("s3:GetObjectTagging", photos("/k"))]),
        ("get_object_tagging", {"Key": "k", "VersionId": "v"}, [("s3:GetObjectVersionTagging", photos("/k"))]),
        ("get_object_attributes", {"Key": "k", "ObjectAttributes": ["ETag"]},
         [("s3:GetObjectAttributes", photos("/k")), ("s3:GetObject", photos("/k"))]),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "k"}]}}, []),
    ],
)  # fmt: skip
def test_s3_has_actions_on_objects_and_actions_on_buckets(
    operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""
    assert needs("s3", operation, Bucket="photos", **parameters) == expected


def test_a_deletion_of_many_objects_needs_something_for_each() -> None:
    objects = [{"Key": "a & b"}, {"Key": "c", "VersionId": "v"}]

    found = deletions(asked("s3", "delete_objects", Bucket="photos", Delete={"Objects": objects}))

    assert [(key, need.action, need.resource) for key, need in found] == [
        ("a & b", "s3:DeleteObject", photos("/a & b")),
        ("c", "s3:DeleteObjectVersion", photos("/c")),
    ]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("dynamodb", "list_tables", {}, [("dynamodb:ListTables", "*")]),
        ("dynamodb", "describe_table", {"TableName": "t"}, [("dynamodb:DescribeTable", arn("dynamodb", "table/t"))]),
        ("dynamodb", "batch_get_item", {"RequestItems": {"a": {"Keys": [{}]}, "b": {"Keys": [{}]}}},
         [("dynamodb:BatchGetItem", arn("dynamodb", "table/a")),
          ("dynamodb:BatchGetItem", arn("dynamodb", "table/b"))]),
        ("dynamodb", "transact_get_items", {"TransactItems": [{"Get": {"TableName": "t", "Key": {}}}]},
         [("dynamodb:GetItem", arn("dynamodb", "table/t"))]),
        ("dynamodb", "batch_execute_statement", {"Statements": [
            {"Statement": "INSERT INTO t VALUE {'pk': '1'}"}, {"Statement": 'select * from "t"."by-day" where d=1'},
            {"Statement": "UPDATE t SET a=1 WHERE pk='1'"}, {"Statement": "DELETE FROM t WHERE pk='1'"}]},
         [("dynamodb:PartiQLInsert", arn("dynamodb", "table/t")),
          ("dynamodb:PartiQLSelect", arn("dynamodb", "table/t/index/by-day")),
          ("dynamodb:PartiQLUpdate", arn("dynamodb", "table/t")),
          ("dynamodb:PartiQLDelete", arn("dynamodb", "table/t"))]),
        ("dynamodb", "execute_transaction", {"TransactStatements": [
            {"Statement": "EXISTS(SELECT * FROM t WHERE pk='1' AND n=1)"}]},
         [("dynamodb:PartiQLSelect", arn("dynamodb", "table/t"))]),
        ("sqs", "delete_message_batch", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "Entries": []},
         [("sqs:DeleteMessage", arn("sqs", "q"))]),
        ("sqs", "get_queue_url", {"QueueName": "q"}, [("sqs:GetQueueUrl", arn("sqs", "q"))]),
        ("sqs", "list_queues", {}, [("sqs:ListQueues", "*")]),
        ("sqs", "start_message_move_task", {"SourceArn": DEAD},
         [("sqs:StartMessageMoveTask", DEAD), ("sqs:ReceiveMessage", DEAD), ("sqs:DeleteMessage", DEAD),
          ("sqs:GetQueueAttributes", DEAD), ("sqs:SendMessage", arn("sqs", "jobs"))]),
        ("sns", "publish_batch", {"TopicArn": arn("sns", "t"), "PublishBatchRequestEntries": []},
         [("sns:Publish", arn("sns", "t"))]),
        ("sns", "publish", {"PhoneNumber": "+358401234567", "Message": "x"}, [("sns:Publish", "+358401234567")]),
        ("sns", "create_topic", {"Name": "t"}, [("sns:CreateTopic", arn("sns", "t"))]),
        ("sns", "unsubscribe", {"SubscriptionArn": arn("sns", "t:1")}, [("sns:Unsubscribe", "*")]),
        ("events", "put_rule", {"Name": "r"}, [("events:PutRule", arn("events", "rule/r"))]),
        ("events", "put_targets", {"Rule": "r", "EventBusName": "shop",
                                   "Targets": [{"Id": "1", "Arn": "a", "RoleArn": "role"}]},
         [("events:PutTargets", arn("events", "rule/shop/r")), ("iam:PassRole", "role")]),
        ("events", "start_replay", {"ReplayName": "r", "EventSourceArn": "a", "EventStartTime": 1, "EventEndTime": 2,
                                    "Destination": {"Arn": "b"}},
         [("events:StartReplay", arn("events", "replay/r"))]),
        ("scheduler", "create_schedule", {"Name": "s", "GroupName": "g", **SCHEDULE,
                                          "Target": {"Arn": "a", "RoleArn": "role-arn"}},
         [("scheduler:CreateSchedule", arn("scheduler", "schedule/g/s")), ("iam:PassRole", "role-arn")]),
        ("scheduler", "delete_schedule", {"Name": "s", "GroupName": "g"},
         [("scheduler:DeleteSchedule", arn("scheduler", "schedule/g/s"))]),
        ("scheduler", "list_schedules", {}, [("scheduler:ListSchedules", "*")]),
        ("kinesis", "put_records", {
            "StreamARN": arn("kinesis", "stream/s"), "Records": [{"Data": "x", "PartitionKey": "1"}]},
         [("kinesis:PutRecords", arn("kinesis", "stream/s"))]),
        ("kinesis", "list_streams", {}, [("kinesis:ListStreams", "*")]),
        ("lambda", "list_functions", {}, [("lambda:ListFunctions", "*")]),
        ("lambda", "invoke", {"FunctionName": "f:live"}, [("lambda:InvokeFunction", arn("lambda", "function:f:live"))]),
        ("lambda", "put_function_concurrency", {"FunctionName": "f", "ReservedConcurrentExecutions": 1},
         [("lambda:PutFunctionConcurrency", arn("lambda", "function:f"))]),
        ("ecs", "run_task", {"taskDefinition": "render", "cluster": "c"},
         [("ecs:RunTask", arn("ecs", "task-definition/render:1")), ("iam:PassRole", "task-role"),
          ("iam:PassRole", "execution-role")]),
        ("ecs", "stop_task", {"task": "t1", "cluster": "c"}, [("ecs:StopTask", arn("ecs", "task/c/t1"))]),
        ("elbv2", "modify_rule", {"RuleArn": "rule"}, [("elasticloadbalancing:ModifyRule", "rule")]),
        ("elbv2", "describe_rules", {"ListenerArn": "l"}, [("elasticloadbalancing:DescribeRules", "*")]),
        ("cloudwatch", "get_metric_data", {"MetricDataQueries": [], "StartTime": 1, "EndTime": 2},
         [("cloudwatch:GetMetricData", "*")]),
        ("cloudwatch", "describe_alarms", {"AlarmNames": ["a"]},
         [("cloudwatch:DescribeAlarms", arn("cloudwatch", "alarm:a"))]),
        ("logs", "filter_log_events", {"logGroupName": "g"},
         [("logs:FilterLogEvents", arn("logs", "log-group:g:log-stream:"))]),
        ("athena", "start_query_execution", {"QueryString": "SELECT 1"},
         [("athena:StartQueryExecution", arn("athena", "workgroup/primary"))]),
        ("ssm", "get_parameters", {"Names": ["/a/b", "c"]},
         [("ssm:GetParameters", arn("ssm", "parameter/a/b")), ("ssm:GetParameters", arn("ssm", "parameter/c"))]),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"},
         [("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:s-??????"))]),
        ("stepfunctions", "start_execution", {"stateMachineArn": "m"}, [("states:StartExecution", "m")]),
        ("sts", "get_caller_identity", {}, []),
        ("athena", "get_query_results", {"QueryExecutionId": "of reports"},
         [("athena:GetQueryResults", arn("athena", "workgroup/reports"))]),
        ("athena", "list_query_executions", {}, [("athena:ListQueryExecutions", arn("athena", "workgroup/primary"))]),
        ("athena", "list_work_groups", {}, [("athena:ListWorkGroups", "*")]),
        ("glue", "get_databases", {}, [("glue:GetDatabases", arn("glue", "catalog"))]),
        ("glue", "get_database", {"Name": "d"},
         [("glue:GetDatabase", arn("glue", "catalog")), ("glue:GetDatabase", arn("glue", "database/d"))]),
        ("glue", "get_table", {"DatabaseName": "d", "Name": "t"},
         [("glue:GetTable", arn("glue", "catalog")), ("glue:GetTable", arn("glue", "database/d")),
          ("glue:GetTable", arn("glue", "table/d/t"))]),
        ("glue", "get_partitions", {"DatabaseName": "d", "TableName": "t"},
         [("glue:GetPartitions", arn("glue", "catalog")), ("glue:GetPartitions", arn("glue", "database/d")),
          ("glue:GetPartitions", arn("glue", "table/d/t"))]),
        ("xray", "get_groups", {}, [("xray:POST /Groups", "*")]),
    ],
)  # fmt: skip
def test_a_call_needs_an_action_on_a_resource(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""
    assert needs(service, operation, **parameters) == expected


@pytest.mark.parametrize("service", list(NEEDS))
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"TransactItems": [1, {"Put": 2}], "Entries": 3}', b"\xff", b"<x"]
)
def test_nonsense_needs_nothing_that_cannot_be_told(service: str, body: bytes) -> None:
    """Who sends it is told by the service what is wrong with it."""
    target = {"x-amz-target": "Any.TransactWriteItems"}
    request = Request("POST", f"https://{service}.eu-west-1.amazonaws.com/bucket?delete", target, body)
    question = Asked(Simulation().call(request), TEMPLATE, "123456789012", "eu-west-1")

    assert all(need.action.count(":") == 1 for need in reader(service)(question))


def test_a_request_says_whose_items_and_which_attributes_it_is_about() -> None:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"""
    table = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [{"IndexName": "i", "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}]}],
    }
    query = {
        "KeyConditionExpression": "#d = :d AND begins_with(sk, :s)",
        "FilterExpression": "attribute_exists(a.b) AND NOT c = :d",
        "ProjectionExpression": "e, f[0]",
        "ExpressionAttributeNames": {"#d": "day"},
        "ExpressionAttributeValues": {":d": {"S": "mon"}, ":s": {"S": "x"}},
        "Select": "SPECIFIC_ATTRIBUTES",
    }
    update = {"Key": {"pk": {"N": "7"}}, "UpdateExpression": "SET n = if_not_exists(n, :z) REMOVE o"}

    assert item_facts(query, table, "i", "") == {
        "dynamodb:leadingkeys": ("mon",),
        "dynamodb:attributes": ("e", "f", "a", "c", "day", "sk"),
        "dynamodb:select": ("SPECIFIC_ATTRIBUTES",),
    }
    assert item_facts(update, table, "", "TransactWriteItems") == {
        "dynamodb:leadingkeys": ("7",),
        "dynamodb:attributes": ("pk", "n", "o"),
        "dynamodb:enclosingoperation": ("TransactWriteItems",),
    }
