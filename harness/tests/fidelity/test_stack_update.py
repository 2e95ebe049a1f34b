"""A stack deployed again with other parameters: data stays, environments are new, weights move."""

from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.world.stack_update import UpdateNotSimulated

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  NewWeight: {Type: Number, Default: 0}
  OldWeight: {Type: Number, Default: 100}
  Mode: {Type: String, Default: "on", AllowedValues: ["on", "off"]}
  Retention: {Type: Number, Default: 3600}
  Feed: {Type: String, Default: "true"}
  Batch: {Type: Number, Default: 1}
  Ticks: {Type: String, Default: "false"}
  Sync: {Type: String, Default: "true"}
Conditions:
  Syncing: !Equals [!Ref Sync, "true"]
  Ticking: !Equals [!Ref Ticks, "true"]
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10, Environment: {Variables: {TABLE: !Ref Table}}}
Resources:
  Facade:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: [subnet-1, subnet-2]}
  FacadeListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Facade
      Port: 80
      Protocol: HTTP
      DefaultActions:
        - Type: forward
          ForwardConfig:
            TargetGroups:
              - {TargetGroupArn: !Ref OldGroup, Weight: !Ref OldWeight}
              - {TargetGroupArn: !Ref NewGroup, Weight: !Ref NewWeight}
  OldGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: OldPermission
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Old.Arn}]}
  NewGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: NewPermission
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt New.Arn}]}
  OldPermission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Old, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}
  NewPermission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref New, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}
  Table: {Type: AWS::Serverless::SimpleTable}
  Queue: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: !Ref Retention}}
  Old:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.old, Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Table}}]}
  New:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.new
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Table}}]
      Environment: {Variables: {MODE: !Ref Mode}}
  Feeder:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.feed
      Policies: [{SQSPollerPolicy: {QueueName: !GetAtt Queue.QueueName}}]
      Environment: {Variables: {MODE: !Ref Mode}}
      Events:
        Feed: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, Enabled: !Ref Feed, BatchSize: !Ref Batch}}
  Follower:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.feed
      Events:
        Follow:
          Type: Kinesis
          Properties: {Stream: !GetAtt Stream.Arn, StartingPosition: TRIM_HORIZON, Enabled: !Ref Feed}
  Clock:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.feed
      Events:
        Rule: {Type: Schedule, Properties: {Schedule: rate(1 minute), Enabled: !Ref Ticks}}
        Planned:
          Type: ScheduleV2
          Properties: {ScheduleExpression: rate(1 minute), State: !If [Ticking, ENABLED, DISABLED]}
  Optional: {Type: AWS::Serverless::Function, Properties: {Handler: app.feed}}
  OptionalFeed:
    Type: AWS::Lambda::EventSourceMapping
    Condition: Syncing
    Properties: {FunctionName: !Ref Optional, EventSourceArn: !GetAtt Other.Arn, StartingPosition: TRIM_HORIZON}
  Other: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Published:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.version
      AutoPublishAlias: live
      Environment: {Variables: {MODE: !Ref Mode}}
"""

APP = """\
import json
import os
import time

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
count = 0


def answer(side):
    global count
    count += 1
    stored = table.update_item(
        Key={"id": "n"},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )["Attributes"]["n"]
    body = {"side": side, "count": count, "stored": int(stored), "mode": os.environ.get("MODE")}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


def old(event, context):
    if event["path"] == "/slow":
        time.sleep(5)
    return answer("old")


def new(event, context):
    return answer("new")


def feed(event, context):
    pass


def version(event, context):
    return [context.function_version, os.environ["MODE"]]
"""

SOURCES = {"src/app.py": APP}


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, SOURCES)


def get(app: App) -> Any:
    return app.run(app.world.get("/")).json()


def test_an_update_moves_weights_keeps_data_and_begins_with_new_environments(app: App) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html"""
    before = [get(app), get(app)]
    app.world.update({"OldWeight": 0, "NewWeight": 100})
    moved = get(app)
    app.world.update({"OldWeight": 100, "NewWeight": 0, "Mode": "off"})
    back = get(app)
    app.world.update({"OldWeight": 0, "NewWeight": 100})
    again = get(app)

    assert [(one["side"], one["count"], one["stored"]) for one in before] == [("old", 1, 1), ("old", 2, 2)]
    assert (moved["side"], moved["count"], moved["stored"], moved["mode"]) == ("new", 1, 3, "on")
    assert (back["side"], back["count"], back["stored"]) == ("old", 1, 4)
    assert (again["side"], again["count"], again["mode"]) == ("new", 1, "off")


def test_a_request_under_way_is_answered_by_the_environment_it_began_in(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""

    async def update_meanwhile() -> tuple[Any, Any]:
        slow = app.world.start(app.world.get("/slow"))
        await app.world.run_for(s=3)
        app.world.update({"OldWeight": 0, "NewWeight": 100, "Mode": "off"})
        moved = await app.world.get("/")
        return (await slow).json(), moved.json()

    app.world.update({"OldWeight": 100, "NewWeight": 0, "Mode": "on"})
    begun, moved = app.run(update_meanwhile())

    assert (begun["side"], moved["side"], moved["mode"]) == ("old", "new", "off")
    assert begun["stored"] == moved["stored"] + 1


def test_an_update_changes_attributes_of_a_queue_and_keeps_its_messages(app: App) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"""
    app.run(app.world.run_for(s=1))
    app.world.update({"Retention": 60})

    assert app.world.queue("Queue").watch.queue.attributes["MessageRetentionPeriod"] == "60"


def test_an_update_of_variables_publishes_a_version_and_moves_the_alias_to_it(app: App) -> None:
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html"""
    answers = []
    for parameters in ({"Mode": "on"}, {"Mode": "off"}, {"Retention": 60}):
        app.world.update(parameters)
        answers.append(app.run(app.world.invoke("Published", {})))

    first = int(answers[0][0])
    assert answers == [[str(first), "on"], [str(first + 1), "off"], [str(first + 1), "off"]]


def test_a_mapping_on_a_queue_goes_off_and_on(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html"""
    app.world.update({"Feed": "false"})
    app.world.queue("Queue").send("one")
    app.run(app.world.run_for(s=50))
    off = len(app.world.invocations("Feeder"))

    app.world.update({"Feed": "true"})
    app.run(app.world.run_for(s=1))

    assert (off, len(app.world.invocations("Feeder"))) == (0, 1)


def test_a_mapping_on_a_stream_goes_on_where_it_was_switched_off(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html"""
    app.world.stream("Stream").put("one", partition_key="a")
    app.run(app.world.run_for(s=5))
    app.world.update({"Feed": "false"})
    app.world.stream("Stream").put("two", partition_key="a")
    app.run(app.world.run_for(s=50))
    off = len(app.world.invocations("Follower"))

    app.world.update({"Feed": "true"})
    app.run(app.world.run_for(s=1))

    batches = [len(one.event["Records"]) for one in app.world.invocations("Follower")]
    assert (off, batches) == (1, [1, 1])


def test_a_mapping_that_an_update_removed_and_made_again_begins_at_its_starting_position(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html"""
    stream = app.world.stream("Other")
    seen = []
    for sync in ("true", "false", "true"):
        app.world.update({"Sync": sync})
        stream.put(sync, partition_key="a")
        app.run(app.world.run_for(s=50))
        seen.append([len(one.event["Records"]) for one in app.world.invocations("Optional")])

    assert seen == [[1], [1], [1, 3]]
    assert [one.function for one in stream.mappings] == ["Optional"]
    assert stream.mapping("Optional").pending == 0


def test_rules_and_schedules_go_on_and_off(app: App) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html"""
    app.world.update({"Ticks": "true"})
    app.run(app.world.run_for(s=300))
    on = len(app.world.invocations("Clock"))

    app.world.update({"Ticks": "false"})
    app.run(app.world.run_for(s=300))

    assert on in (8, 9, 10)
    assert len(app.world.invocations("Clock")) == on


def test_what_an_update_cannot_change_is_refused_by_name_and_nothing_is_changed(app: App) -> None:
    """The simulator's own limit: AWS would change it."""
    with pytest.raises(UpdateNotSimulated, match="change the event source Feed of Feeder"):
        app.world.update({"Batch": 2, "Mode": "on"})

    assert get(app)["mode"] == "off"


def test_a_mapping_that_was_created_disabled_begins_when_it_is_enabled(deploy: Deploy) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""
    switched_off = TEMPLATE.replace('Feed: {Type: String, Default: "true"}', 'Feed: {Type: String, Default: "false"}')
    app = deploy(switched_off, SOURCES)
    app.world.stream("Stream").put("one", partition_key="a")
    app.world.queue("Queue").send("one")
    app.run(app.world.run_for(s=5))
    off = [len(app.world.invocations(function)) for function in ("Feeder", "Follower")]

    app.world.update({"Feed": "true"})
    app.run(app.world.run_for(s=2))

    assert off == [0, 0]
    assert [len(app.world.invocations(function)) for function in ("Feeder", "Follower")] == [1, 1]
