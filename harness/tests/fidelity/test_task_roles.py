"""Roles beyond a function's own `Policies`: of container tasks, and after an update of the stack."""

import json
from typing import Any

import pytest

from harness.cloud.permissions.records import AccessDenied
from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {Target: {Type: String, Default: nothing}}
Resources:
  Results: {Type: AWS::SQS::Queue, Properties: {QueueName: results}}
  Photos: {Type: AWS::S3::Bucket, Properties: {BucketName: photos}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: work}}
  Sender: {Type: AWS::ECS::TaskDefinition, Properties: {Family: sender, TaskRoleArn: !GetAtt SenderRole.Arn, ContainerDefinitions: [&main
    {Name: main, Image: "image:1", Command: [python, main.py], DockerLabels: {org.opencontainers.image.source: container/},
     Environment: [{Name: QUEUE, Value: !Ref Results}]}]}}
  Bare: {Type: AWS::ECS::TaskDefinition, Properties: {Family: bare, ContainerDefinitions: [*main]}}
  SenderRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: sender-role
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Results.Arn}
              - {Effect: Allow, Action: "s3:PutObject", Resource: !Sub "${Photos.Arn}/mine/*"}
  Starter:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src/
      Handler: app.handler
      Timeout: 60
      Policies:
        - Statement:
            - {Effect: Allow, Action: "ecs:RunTask", Resource: "*", Condition: {ArnEquals: {ecs:cluster: !GetAtt Cluster.Arn}}}
            - {Effect: Allow, Action: "sqs:SendMessage", Resource: !Sub "arn:aws:sqs:*:*:${Target}"}
"""  # noqa: E501

MAIN = """\
import json
import os

import boto3

s3 = boto3.client("s3")
urls = [s3.generate_presigned_url("put_object", Params={"Bucket": "photos", "Key": key})
        for key in ("mine/1", "theirs/1")]
boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(urls))
"""
PASS = '            - {Effect: Allow, Action: "iam:PassRole", Resource: !GetAtt SenderRole.Arn}\n'


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE + PASS, {"src/app.py": CLIENT, "container/main.py": MAIN}, enforce_permissions=True)


def call(app: App, service: str, operation: str, **parameters: Any) -> Any:
    event = {"service": service, "calls": [[operation, parameters]]}
    (answer,) = app.run(app.world.invoke("Starter", event))
    return answer


def ran(app: App, family: str) -> int | None:
    """The exit code of a task."""
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    call(app, "ecs", "run_task", cluster="work", taskDefinition=family, networkConfiguration=network)
    task = app.world.tasks()[-1]
    assert app.run(app.world.until(lambda: task.status == "STOPPED", within_s=300, every_ms=500))
    return task.exit_code


def test_a_container_task_may_do_what_its_task_role_allows(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"""
    assert (ran(app, "sender"), ran(app, "bare")) == (0, 1)
    assert app.world.trace.of(AccessDenied)[-1].remedy == (
        "Give Bare a TaskRoleArn, whose role allows: "
        "{Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Results.Arn}"
    )


def test_a_url_that_a_task_signed_can_do_what_its_task_role_allows(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html#who-presigned-url"""
    assert ran(app, "sender") == 0
    urls = json.loads(app.world.queue("Results").arrivals[-1].body)

    statuses = [app.run(app.world.fetch("PUT", url, body=b"x")).status for url in urls]

    assert statuses == [200, 403]


def test_a_task_runs_only_in_the_cluster_that_a_condition_names(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html"""
    elsewhere = call(app, "ecs", "run_task", cluster="elsewhere", taskDefinition="bare")

    assert elsewhere["Error"]["Code"] == "AccessDeniedException"


def test_an_update_of_the_stack_changes_what_a_function_may_do(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html"""
    message = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/results", "MessageBody": "x"}

    before = call(app, "sqs", "send_message", **message)
    app.world.update({"Target": "results"})
    after = call(app, "sqs", "send_message", **message)
    app.world.update({"Target": "nothing"})
    again = call(app, "sqs", "send_message", **message)

    assert [each.get("Error", {}).get("Code") for each in (before, after, again)] == [
        "AccessDenied",
        None,
        "AccessDenied",
    ]


def test_who_runs_a_task_must_be_allowed_to_pass_its_role_on(deploy: Deploy) -> None:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html"""
    app = deploy(TEMPLATE, {"src/app.py": CLIENT, "container/main.py": MAIN}, enforce_permissions=True)

    refused = call(app, "ecs", "run_task", cluster="work", taskDefinition="sender")

    assert "iam:PassRole on resource: arn:aws:iam::123456789012:role/sender-role because" in refused["Error"]["Message"]
