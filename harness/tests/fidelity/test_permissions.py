"""IAM: what a function may do is what its role says, in each service's own words.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

import json
import re
from typing import Any

import pytest

from harness.cloud.permissions.deployment_checks import NotPermitted
from harness.cloud.permissions.records import AccessDenied
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.permissions_app import SOURCE, TEMPLATE, arn, call, code, refused, user

JOBS_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
SHARED_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/shared"


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE}, enforce_permissions=True)


def without_suffix(answer: Any) -> tuple[str, int, str]:
    """Code, status and message of a refusal, the role's name without the characters that make it unique."""
    error, status, message = refused(answer)
    return error, status, re.sub(r"(kata-NobodyRole)-[A-Z0-9]{12}", r"\1", message)


NOBODY = user("kata-NobodyRole", "nobody")


def because(action: str) -> str:
    return f"because no identity-based policy allows the {action} action"


def remedies(app: App) -> list[str]:
    return [record.remedy for record in app.world.trace.of(AccessDenied)]


# ---- each service refuses in its own way -------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "error", "status", "action", "resource"),
    [
        ("dynamodb", "put_item", {"TableName": "orders", "Item": {"pk": {"S": "1"}}},
         "AccessDeniedException", 400, "dynamodb:PutItem", arn("dynamodb", "table/orders")),
        ("dynamodb", "query", {"TableName": "orders", "IndexName": "by-day", "KeyConditionExpression": "day = :d",
                               "ExpressionAttributeValues": {":d": {"S": "x"}}},
         "AccessDeniedException", 400, "dynamodb:Query", arn("dynamodb", "table/orders/index/by-day")),
        ("dynamodb", "execute_statement", {"Statement": 'SELECT * FROM "orders" WHERE pk = 1'},
         "AccessDeniedException", 400, "dynamodb:PartiQLSelect", arn("dynamodb", "table/orders")),
        ("sqs", "send_message_batch", {"QueueUrl": JOBS_URL, "Entries": [{"Id": "1", "MessageBody": "x"}]},
         "AccessDenied", 403, "sqs:sendmessage", arn("sqs", "jobs")),
        ("sns", "publish", {"TopicArn": arn("sns", "news"), "Message": "x"},
         "AuthorizationError", 403, "SNS:Publish", arn("sns", "news")),
        ("kinesis", "put_record", {"StreamName": "clicks", "Data": "x", "PartitionKey": "1"},
         "AccessDeniedException", 400, "kinesis:PutRecord", arn("kinesis", "stream/clicks")),
        ("lambda", "invoke", {"FunctionName": "live", "Qualifier": "now"},
         "AccessDeniedException", 403, "lambda:InvokeFunction", arn("lambda", "function:live:now")),
        ("lambda", "get_function_configuration", {"FunctionName": "live"},
         "AccessDeniedException", 403, "lambda:GetFunctionConfiguration", arn("lambda", "function:live")),
        ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]},
         "AccessDeniedException", 400, "events:PutEvents", arn("events", "event-bus/default")),
        ("scheduler", "get_schedule", {"Name": "daily"},
         "AccessDeniedException", 403, "scheduler:GetSchedule", arn("scheduler", "schedule/default/daily")),
        ("ssm", "get_parameter", {"Name": "/shop/flags"},
         "AccessDeniedException", 400, "ssm:GetParameter", arn("ssm", "parameter/shop/flags")),
        ("dynamodbstreams", "list_streams", {"TableName": "orders"},
         "AccessDeniedException", 400, "dynamodb:ListStreams", arn("dynamodb", "table/orders/stream/*")),
    ],
)  # fmt: skip
def test_a_call_without_permission_is_refused_in_the_services_own_words(
    app: App, service: str, operation: str, parameters: Any, error: str, status: int, action: str, resource: str
) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    answer = call(app, "Nobody", service, operation, **parameters)

    sentence = f"{NOBODY} is not authorized to perform: {action} on resource: {resource} {because(action)}"
    assert without_suffix(answer) == (error, status, sentence)


def test_s3_puts_the_resource_into_quotes(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html"""
    answer = call(app, "Nobody", "s3", "put_object", Bucket="photos", Key="a b.png", Body="x")

    resource = '"arn:aws:s3:::photos/a b.png"'
    sentence = f"{NOBODY} is not authorized to perform: s3:PutObject on resource: {resource} {because('s3:PutObject')}"
    assert without_suffix(answer) == ("AccessDenied", 403, sentence)


def test_an_action_without_resources_names_none(app: App) -> None:
    """Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"""
    answer = call(app, "Nobody", "cloudwatch", "put_metric_data", Namespace="Shop", MetricData=[{"MetricName": "m"}])

    action = "cloudwatch:PutMetricData"
    sentence = f"{NOBODY} is not authorized to perform: {action} {because(action)}"
    assert without_suffix(answer) == ("AccessDenied", 403, sentence)


def test_a_denied_call_does_nothing_and_is_not_tried_again(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
    answer = call(app, "Nobody", "dynamodb", "put_item", TableName="orders", Item={"pk": {"S": "denied"}})
    found = call(app, "Templates", "dynamodb", "get_item", TableName="orders", Key={"pk": {"S": "denied"}})

    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    assert "Item" not in found


def test_who_one_is_may_be_asked_without_permission(app: App) -> None:
    """Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
    assert code(call(app, "Nobody", "sts", "get_caller_identity")) == ""


# ---- SAM's policy templates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("dynamodb", "put_item", {"TableName": "orders", "Item": {"pk": {"S": "1"}}}),
        ("dynamodb", "get_item", {"TableName": arn("dynamodb", "table/orders"), "Key": {"pk": {"S": "1"}}}),
        ("dynamodb", "scan", {"TableName": "orders", "IndexName": "by-day"}),
        ("dynamodb", "batch_write_item", {"RequestItems": {"orders": [
            {"DeleteRequest": {"Key": {"pk": {"S": "9"}}}}]}}),
        ("dynamodb", "transact_write_items", {"TransactItems": [
            {"Update": {"TableName": "orders", "Key": {"pk": {"S": "2"}}, "UpdateExpression": "SET n = :n",
                        "ExpressionAttributeValues": {":n": {"N": "1"}}}},
            {"ConditionCheck": {"TableName": "orders", "Key": {"pk": {"S": "3"}},
                                "ConditionExpression": "attribute_not_exists(pk)"}}]}),
        ("sqs", "send_message", {"QueueUrl": JOBS_URL, "MessageBody": "x"}),
        ("sqs", "send_message_batch", {"QueueUrl": JOBS_URL, "Entries": [{"Id": "1", "MessageBody": "x"}]}),
        ("sns", "publish", {"TopicArn": arn("sns", "news"), "Message": "x"}),
        ("s3", "put_object", {"Bucket": "photos", "Key": "k", "Body": "x"}),
        ("s3", "list_objects_v2", {"Bucket": "photos"}),
        ("s3", "copy_object", {"Bucket": "photos", "Key": "l", "CopySource": "photos/k"}),
        ("kinesis", "put_record", {"StreamName": "clicks", "Data": "x", "PartitionKey": "1"}),
        ("events", "put_events", {"Entries": [
            {"Source": "a", "DetailType": "b", "Detail": "{}", "EventBusName": "shop"}]}),
        ("lambda", "invoke", {"FunctionName": "live"}),
        ("lambda", "invoke", {"FunctionName": "live:now"}),
        ("cloudwatch", "put_metric_data", {"Namespace": "Shop", "MetricData": [{"MetricName": "m", "Value": 1}]}),
        ("dynamodbstreams", "list_streams", {"TableName": "orders"}),
    ],
)  # fmt: skip
def test_a_policy_template_allows_what_it_is_for(app: App, service: str, operation: str, parameters: Any) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
    assert code(call(app, "Templates", service, operation, **parameters)) == ""


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("dynamodb", "put_item", {"TableName": "secrets", "Item": {"pk": {"S": "1"}}}),
        ("dynamodb", "update_table", {"TableName": "orders", "BillingMode": "PAY_PER_REQUEST"}),
        ("dynamodb", "list_tables", {}),
        ("sqs", "receive_message", {"QueueUrl": JOBS_URL}),
        ("s3", "get_object_tagging", {"Bucket": "photos", "Key": "k"}),
        ("s3", "list_buckets", {}),
        ("sns", "list_topics", {}),
        ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}),
        ("kinesis", "get_records", {"ShardIterator": "x"}),
    ],
)
def test_and_nothing_else(app: App, service: str, operation: str, parameters: Any) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
    answer = call(app, "Templates", service, operation, **parameters)

    assert code(answer) in ("AccessDeniedException", "AccessDenied", "AuthorizationError") or operation == "get_records"


def test_a_reader_of_a_table_may_not_write_into_it(app: App) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
    read = call(app, "Reader", "dynamodb", "get_item", TableName="orders", Key={"pk": {"S": "1"}})
    written = call(app, "Reader", "dynamodb", "update_item", TableName="orders", Key={"pk": {"S": "1"}})

    assert (code(read), code(written)) == ("", "AccessDeniedException")


def test_a_transaction_needs_what_each_of_its_items_needs(app: App) -> None:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html"""
    get = {"Get": {"TableName": "orders", "Key": {"pk": {"S": "1"}}}}
    put = {"Put": {"TableName": "orders", "Item": {"pk": {"S": "1"}}}}

    read = call(app, "Reader", "dynamodb", "transact_get_items", TransactItems=[get])
    written = call(app, "Reader", "dynamodb", "transact_write_items", TransactItems=[put])

    assert code(read) == ""
    assert "dynamodb:PutItem on resource" in written["Error"]["Message"]


def test_an_event_of_a_queue_brings_the_permission_to_receive_from_every_queue(app: App) -> None:
    """SAM attaches AWSLambdaSQSQueueExecutionRole, which names no queue.

    Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html
    """
    received = call(app, "Poller", "sqs", "receive_message", QueueUrl=JOBS_URL)
    sent = call(app, "Poller", "sqs", "send_message", QueueUrl=JOBS_URL, MessageBody="x")

    assert (code(received), code(sent)) == ("", "AccessDenied")


# ---- policy documents and roles ------------------------------------------------------------------------


def test_an_explicit_deny_wins_over_every_allow(app: App) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"""
    sent = call(app, "Forbidden", "sqs", "send_message", QueueUrl=JOBS_URL, MessageBody="x")
    received = call(app, "Forbidden", "sqs", "receive_message", QueueUrl=JOBS_URL)
    elsewhere = call(app, "Forbidden", "sqs", "receive_message", QueueUrl=SHARED_URL)

    assert (code(sent), code(elsewhere)) == ("", "")
    assert received["Error"]["Message"].endswith(
        f"sqs:receivemessage on resource: {arn('sqs', 'jobs')} with an explicit deny in an identity-based policy"
    )


def test_a_role_of_the_template_has_its_managed_and_attached_policies(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html"""
    read = call(app, "Owned", "dynamodb", "get_item", TableName="secrets", Key={"pk": {"S": "1"}})
    written = call(app, "Owned", "dynamodb", "put_item", TableName="secrets", Item={"pk": {"S": "1"}})
    sent = call(app, "Owned", "sqs", "send_message", QueueUrl=JOBS_URL, MessageBody="x")
    other = call(app, "Owned", "sqs", "send_message", QueueUrl=SHARED_URL, MessageBody="x")

    assert (code(read), code(sent), code(other)) == ("", "", "AccessDenied")
    assert written["Error"]["Message"].startswith(f"{user('own-role', 'owned')} is not authorized")


def test_a_policy_is_attached_to_roles_by_their_names(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html"""
    lost = JOBS_URL.replace("jobs", "lost")

    assert code(call(app, "Owned", "sqs", "purge_queue", QueueUrl=lost)) == ""
    assert code(call(app, "Poller", "sqs", "purge_queue", QueueUrl=JOBS_URL)) == ""


def test_the_policy_of_a_queue_can_allow_a_role_and_deny_everybody(app: App) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html"""
    sent = call(app, "Nobody", "sqs", "send_message", QueueUrl=SHARED_URL, MessageBody="x")
    purged = call(app, "Owned", "sqs", "purge_queue", QueueUrl=SHARED_URL)

    assert code(sent) == ""
    assert purged["Error"]["Message"].endswith("with an explicit deny in a resource-based policy")


def test_a_policy_set_by_a_call_counts_from_then_on(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html"""
    topic = arn("sns", "news")

    def published(function: str, statement: dict[str, Any]) -> str:
        policy = {"Statement": [{"Principal": "*", "Action": "sns:Publish", "Resource": topic} | statement]}
        attribute = {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": json.dumps(policy)}
        assert code(call(app, "Admin", "sns", "set_topic_attributes", **attribute)) == ""
        return code(call(app, function, "sns", "publish", TopicArn=topic, Message="x"))

    assert code(call(app, "Nobody", "sns", "publish", TopicArn=topic, Message="x")) == "AuthorizationError"
    assert published("Nobody", {"Effect": "Allow"}) == ""
    assert published("Templates", {"Effect": "Deny"}) == "AuthorizationError"
    assert published("Nobody", {"Effect": "Allow", "Principal": {"AWS": "123456789012"}}) == "AuthorizationError"


def test_an_alias_is_another_resource_than_its_function(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html"""
    by_alias = call(app, "InvokesAlias", "lambda", "invoke", FunctionName="live", Qualifier="now")
    by_name = call(app, "InvokesAlias", "lambda", "invoke", FunctionName="live")

    assert by_alias["Payload"] == "invoked"
    assert code(by_name) == "AccessDeniedException"


def test_who_makes_a_schedule_must_be_allowed_to_pass_its_role_on(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html"""
    schedule = {
        "Name": "once",
        "ScheduleExpression": "rate(1 day)",
        "State": "DISABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn("sqs", "jobs"), "RoleArn": "arn:aws:iam::123456789012:role/timer"},
    }

    made = call(app, "Templates", "scheduler", "create_schedule", **schedule)
    refusal = call(app, "Reader", "scheduler", "create_schedule", **schedule)

    assert code(made) == ""
    assert "iam:PassRole on resource: arn:aws:iam::123456789012:role/timer because" in refusal["Error"]["Message"]


# ---- conditions ----------------------------------------------------------------------------------------


def test_leading_keys_restrict_a_role_to_its_own_items(app: App) -> None:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"""

    def get(key: str) -> str:
        return code(call(app, "Conditional", "dynamodb", "get_item", TableName="orders", Key={"pk": {"S": key}}))

    batch = {"orders": {"Keys": [{"pk": {"S": "public#1"}}, {"pk": {"S": "private#1"}}]}}
    query = {"KeyConditionExpression": "#k = :k", "ExpressionAttributeNames": {"#k": "pk"}}
    mine = call(app, "Conditional", "dynamodb", "query", TableName="orders", **query,
                ExpressionAttributeValues={":k": {"S": "public#1"}})  # fmt: skip
    others = call(app, "Conditional", "dynamodb", "query", TableName="orders", **query,
                  ExpressionAttributeValues={":k": {"S": "private#1"}})  # fmt: skip

    assert (get("public#1"), get("private#1")) == ("", "AccessDeniedException")
    assert code(call(app, "Conditional", "dynamodb", "batch_get_item", RequestItems=batch)) == "AccessDeniedException"
    assert (code(mine), code(others)) == ("", "AccessDeniedException")


def test_a_role_may_be_restricted_to_some_attributes(app: App) -> None:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"""
    key = {"TableName": "secrets", "Key": {"pk": {"S": "1"}}}

    some = call(app, "Conditional", "dynamodb", "get_item", **key, ProjectionExpression="title, pk")
    more = call(app, "Conditional", "dynamodb", "get_item", **key, ProjectionExpression="title, #s",
                ExpressionAttributeNames={"#s": "secret"})  # fmt: skip

    assert (code(some), code(more)) == ("", "AccessDeniedException")


def test_a_list_may_be_restricted_to_a_prefix_and_a_length(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"""

    def listed(**query: Any) -> str:
        return code(call(app, "Conditional", "s3", "list_objects_v2", Bucket="photos", **query))

    assert listed(Prefix="mine/2", MaxKeys=10) == ""
    assert listed(Prefix="theirs/", MaxKeys=10) == "AccessDenied"
    assert listed(Prefix="mine/2", MaxKeys=11) == "AccessDenied"
    assert listed(Prefix="mine/2") == "AccessDenied"


def test_conditions_look_at_namespaces_sources_and_the_way_a_call_comes(app: App) -> None:
    """A function's call has no aws:SourceArn, so that a condition on it is not met.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """

    def metric(namespace: str) -> str:
        data = {"Namespace": namespace, "MetricData": [{"MetricName": "m", "Value": 1}]}
        return code(call(app, "Conditional", "cloudwatch", "put_metric_data", **data))

    def event(source: str) -> str:
        entry = {"Source": source, "DetailType": "t", "Detail": "{}"}
        return code(call(app, "Conditional", "events", "put_events", Entries=[entry]))

    assert (metric("Shop"), metric("Other")) == ("", "AccessDenied")
    assert (event("shop"), event("other")) == ("", "AccessDeniedException")
    assert code(call(app, "Conditional", "sqs", "send_message", QueueUrl=JOBS_URL, MessageBody="x")) == "AccessDenied"
    assert code(call(app, "Conditional", "sns", "publish", TopicArn=arn("sns", "news"), Message="x")) == ""


# ---- S3 ------------------------------------------------------------------------------------------------


def test_who_may_not_list_a_bucket_does_not_learn_that_an_object_is_missing(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
    hidden = call(app, "Reader", "s3", "get_object", Bucket="photos", Key="missing")
    headed = call(app, "Reader", "s3", "head_object", Bucket="photos", Key="missing")
    told = call(app, "Templates", "s3", "get_object", Bucket="photos", Key="missing")

    assert hidden["Error"]["Code"] == "AccessDenied"
    assert 's3:ListBucket on resource: "arn:aws:s3:::photos" because' in hidden["Error"]["Message"]
    assert code(headed) == "403"
    assert code(told) == "NoSuchKey"


def test_a_deletion_of_many_objects_is_refused_key_by_key(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""
    for key in ("mine/1", "theirs/1 & 2"):
        call(app, "Templates", "s3", "put_object", Bucket="photos", Key=key, Body="x")

    objects = [{"Key": "mine/1"}, {"Key": "theirs/1 & 2"}]
    answer = call(app, "Reader", "s3", "delete_objects", Bucket="photos", Delete={"Objects": objects})
    none = call(app, "Nobody", "s3", "delete_objects", Bucket="photos", Delete={"Objects": objects[:1]})
    left = call(app, "Templates", "s3", "list_objects_v2", Bucket="photos", Prefix="theirs/")

    denied = {"Key": "theirs/1 & 2", "Code": "AccessDenied", "Message": "Access Denied"}
    assert [each["Key"] for each in answer["Deleted"]] == ["mine/1"]
    assert answer["Errors"] == [denied]
    assert [each["Code"] for each in none["Errors"]] == ["AccessDenied"]
    assert left["KeyCount"] == 1


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_presigned_url_can_do_what_its_signer_may_do(app: App, version: str) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html#who-presigned-url"""
    target = {"Bucket": "photos", "Key": "upload.png"}

    def put(function: str) -> int:
        url = app.run(app.world.invoke(function, {"sign": ["put_object", target], "version": version}))
        return app.run(app.world.fetch("PUT", url, body=b"x")).status

    assert (put("Templates"), put("Nobody")) == (200, 403)


def test_a_presigned_form_can_do_what_its_signer_may_do(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html#who-presigned-url"""

    def post(function: str) -> int:
        form = app.run(app.world.invoke(function, {"sign": ["post", {"Bucket": "photos", "Key": "form.png"}]}))
        parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form["fields"].items()]
        file = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n'
        headers = {"content-type": "multipart/form-data; boundary=b"}
        return app.run(app.world.fetch("POST", form["url"], body="".join(parts) + file, headers=headers)).status

    assert (post("Templates"), post("Nobody")) == (204, 403)


# ---- what would have allowed it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "line"),
    [
        ("dynamodb", "put_item", {"TableName": "orders", "Item": {"pk": {"S": "1"}}},
         "- DynamoDBWritePolicy: {TableName: !Ref Orders}"),
        ("dynamodb", "get_item", {"TableName": "orders", "Key": {"pk": {"S": "1"}}},
         "- DynamoDBReadPolicy: {TableName: !Ref Orders}"),
        ("dynamodb", "delete_item", {"TableName": "orders", "Key": {"pk": {"S": "1"}}},
         "- DynamoDBCrudPolicy: {TableName: !Ref Orders}"),
        ("sqs", "send_message", {"QueueUrl": JOBS_URL, "MessageBody": "x"},
         "- SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}"),
        ("sqs", "purge_queue", {"QueueUrl": JOBS_URL},
         "- Statement: [{Effect: Allow, Action: sqs:PurgeQueue, Resource: !GetAtt Jobs.Arn}]"),
        ("sns", "publish", {"TopicArn": arn("sns", "news"), "Message": "x"},
         "- SNSPublishMessagePolicy: {TopicName: !GetAtt News.TopicName}"),
        ("s3", "get_object", {"Bucket": "photos", "Key": "k"}, "- S3ReadPolicy: {BucketName: !Ref Photos}"),
        ("s3", "put_object_tagging", {"Bucket": "photos", "Key": "k", "Tagging": {"TagSet": []}},
         "- S3FullAccessPolicy: {BucketName: !Ref Photos}"),
        ("kinesis", "put_record", {"StreamName": "clicks", "Data": "x", "PartitionKey": "1"},
         "- KinesisCrudPolicy: {StreamName: !Ref Clicks}"),
        ("lambda", "invoke", {"FunctionName": "live"}, "- LambdaInvokePolicy: {FunctionName: !Ref Live}"),
        ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]},
         "- EventBridgePutEventsPolicy: {EventBusName: default}"),
        ("cloudwatch", "put_metric_data", {"Namespace": "Shop", "MetricData": [{"MetricName": "m"}]},
         "- CloudWatchPutMetricPolicy: {}"),
    ],
)  # fmt: skip
def test_the_trace_names_the_policy_that_is_missing(
    app: App, service: str, operation: str, parameters: Any, line: str
) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
    call(app, "Nobody", service, operation, **parameters)

    assert remedies(app)[-1] == f"Add to Policies of Nobody: {line}"


def test_a_policy_with_a_url_or_an_arn_for_a_name_is_pointed_out(app: App) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
    call(app, "Misnamed", "sqs", "send_message", QueueUrl=JOBS_URL, MessageBody="x")
    call(app, "Misnamed", "dynamodb", "put_item", TableName="orders", Item={"pk": {"S": "1"}})

    lines = [TEMPLATE.splitlines().index(f"        - {policy}") + 1 for policy in (
        "SQSSendMessagePolicy: {QueueName: !Ref Jobs}", "DynamoDBWritePolicy: {TableName: !GetAtt Orders.Arn}"
    )]  # fmt: skip
    assert remedies(app)[-2:] == [
        f"Line {lines[0]}: QueueName of SQSSendMessagePolicy is a URL, so that it allows nothing. "
        "Write QueueName: !GetAtt Jobs.QueueName",
        f"Line {lines[1]}: TableName of DynamoDBWritePolicy is an ARN, so that it allows nothing. "
        "Write TableName: !Ref Orders",
    ]


def test_a_deny_and_a_role_of_the_template_have_remedies_of_their_own(app: App) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    call(app, "Forbidden", "sqs", "receive_message", QueueUrl=JOBS_URL)
    call(app, "Owned", "dynamodb", "put_item", TableName="orders", Item={"pk": {"S": "1"}})

    line = TEMPLATE.splitlines().index(
        '        - Statement: {Effect: Deny, NotAction: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}'
    )
    assert remedies(app)[-2:] == [
        f"Line {line + 1} (an inline policy) denies sqs:ReceiveMessage: no Allow counts against it.",
        "Add to Policies of OwnRole, in a policy's Statement: "
        "{Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Orders.Arn}",
    ]


# ---- what Lambda checks when it is deployed --------------------------------------------------------------

UNPERMITTED = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Bare:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: receive
          PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:ReceiveMessage", Resource: !GetAtt Jobs.Arn}]}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
"""
MAPPING = """\
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Work, EventSourceArn: !GetAtt Jobs.Arn}
"""
ROLE = "      Role: !GetAtt Bare.Arn\n"
QUEUE = "      Events: {Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}}\n"
STREAM = "      Events: {C: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}}\n"
DEAD = "      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Jobs.Arn}\n"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (MAPPING, "The function execution role does not have permissions to call ReceiveMessage on SQS"),
        (ROLE + QUEUE, "The function execution role does not have permissions to call DeleteMessage on SQS"),
        (ROLE + STREAM, "Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream"),
        (ROLE + DEAD, "The provided execution role does not have permissions to call SendMessage on SQS"),
    ],
    ids=["a mapping of the template", "a queue", "a stream", "a dead-letter queue"],
)
def test_a_role_must_allow_what_lambda_does_in_its_name(deploy: Deploy, properties: str, message: str) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    with pytest.raises(NotPermitted, match=message):
        deploy(UNPERMITTED + properties, {"src/app.py": "def handler(event, context): ...\n"}, enforce_permissions=True)


def test_the_refusal_says_which_policy_to_add(deploy: Deploy) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"""
    with pytest.raises(NotPermitted) as refusal:
        deploy(UNPERMITTED + MAPPING, {"src/app.py": "def handler(event, context): ...\n"}, enforce_permissions=True)

    assert refusal.value.try_ == "Add to Policies of Work: - SQSPollerPolicy: {QueueName: !GetAtt Jobs.QueueName}"
    assert refusal.value.line == UNPERMITTED.count("\n") + 1
