"""The role a function gets is the one that AWS's own translator makes of the same template.

Its role is put back into the template as an AWS::IAM::Role, and both are read. The data files of
policies are compared with their sources, too. Without aws-sam-translator these tests are skipped.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cloud.permissions.policy_templates import policy_templates
from harness.cloud.permissions.statement import Role, Statement
from harness.cloud.template import read_template
from harness.cloud.template.tree import plain
from harness.cloud.template.yaml_source import parse

pytest.importorskip("samtranslator")

from samtranslator.translator.transform import transform  # type: ignore[import-untyped]

RESOURCES = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Q: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: photos}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Other:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, Runtime: python3.12, CodeUri: src/}
"""

FUNCTION = """
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
"""

CASES = {
    "nothing": "",
    "tracing": "      Tracing: Active\n",
    "tracing passed through": "      Tracing: PassThrough\n",
    "no tracing": "      Tracing: Disabled\n",
    "a queue": "      Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}\n",
    "a stream": """
      Events: {S: {Type: Kinesis, Properties: {Stream: !GetAtt Stream.Arn, StartingPosition: LATEST}}}
""",
    "a table and a place for failures": """
      Events:
        T:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            StartingPosition: LATEST
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}
""",
    "a topic through a queue": """
      Events: {N: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}}
""",
    "a topic": "      Events: {N: {Type: SNS, Properties: {Topic: !Ref Topic}}}\n",
    "a dead-letter queue": "      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}\n",
    "a dead-letter topic": "      DeadLetterQueue: {Type: SNS, TargetArn: !Ref Topic}\n",
    "destinations": """
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: {Type: Lambda, Destination: !GetAtt Other.Arn}
          OnFailure: {Type: S3Bucket, Destination: !GetAtt Bucket.Arn}
""",
    "other destinations": """
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: {Type: EventBridge, Destination: !GetAtt Bus.Arn}
          OnFailure: {Type: SNS, Destination: !Ref Topic}
""",
    "policies": """
      Policies:
        - AmazonSQSReadOnlyAccess
        - arn:aws:iam::aws:policy/AmazonSNSReadOnlyAccess
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
        - Version: "2012-10-17"
          Statement:
            - {Sid: One, Effect: Allow, Action: ["sqs:Send*", "sqs:Receive*"], Resource: !GetAtt Q.Arn}
            - Effect: Deny
              NotAction: s3:GetObject
              NotResource: !Sub "${Bucket.Arn}/*"
              Condition: {StringNotEquals: {aws:RequestedRegion: [eu-west-1]}}
""",
    "one policy": "      Policies: {SQSPollerPolicy: {QueueName: !GetAtt Q.QueueName}}\n",
    "one managed policy": "      Policies: AmazonDynamoDBReadOnlyAccess\n",
    "one document": '      Policies: {Statement: {Effect: Allow, Action: "*", Resource: "*"}}\n',
}


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def ours(folder: Path, text: str) -> Role:
    (folder / "template.yaml").write_text(text)
    template = read_template(folder, parameters={}, account_id="123456789012", region="eu-west-1")
    return template.permissions.roles["Worker"]


def theirs(folder: Path, text: str) -> Role:
    """The role of SAM's output, read as a role that the template declares."""
    document = plain(parse(text.encode(), "template.yaml"))
    sam = json.loads(json.dumps(document).replace('"src/"', '"s3://bucket/key"'))
    loader = SimpleNamespace(load=dict)
    role = transform(sam, {}, loader)["Resources"]["WorkerRole"]
    role["Properties"].pop("Tags", None)
    worker = document["Resources"]["Worker"]["Properties"]
    for key in ("Policies", "Events", "EventInvokeConfig", "DeadLetterQueue"):
        worker.pop(key, None)
    worker["Role"] = {"Fn::GetAtt": ["WorkerRole", "Arn"]}
    document["Resources"]["WorkerRole"] = role
    return ours(folder, json.dumps(document))


def meaning(role: Role) -> set[Any]:
    def of(statement: Statement) -> Any:
        actions = tuple(sorted(action.lower() for action in statement.actions))
        return (
            statement.allows, actions, statement.all_but_actions, tuple(sorted(statement.resources)),
            statement.all_but_resources, statement.conditions,
        )  # fmt: skip

    return set(map(of, role.statements))


@pytest.mark.parametrize("properties", CASES.values(), ids=list(CASES))
def test_a_function_may_what_sam_lets_it(folder: Path, properties: str) -> None:
    text = RESOURCES + FUNCTION + properties

    assert meaning(ours(folder, text)) == meaning(theirs(folder, text))


def test_every_policy_template_becomes_what_sam_makes_of_it(folder: Path) -> None:
    policies = [
        {name: {each: f"arn:aws:x:::{each}" if each.endswith("Arn") else f"the-{each}" for each in one.parameters}}
        for name, one in policy_templates().items()
        if not any("Condition" in statement for statement in one.statements)  # read as a document, they are refused
    ]
    text = f"{RESOURCES}{FUNCTION}      Policies: {json.dumps(policies)}\n"

    assert len(policies) > 70
    assert meaning(ours(folder, text)) == meaning(theirs(folder, text))


def test_the_data_files_are_what_their_generator_makes_today() -> None:
    sys.path.insert(0, str(Path(__file__).parents[4] / "docs" / "_generate"))
    try:
        import policies  # type: ignore[import-not-found, unused-ignore]
    finally:
        sys.path.pop(0)
    generated: list[tuple[Path, Callable[[], dict[str, Any]]]] = [
        (policies.TEMPLATES, policies.policy_templates),
        (policies.MANAGED, policies.managed_policies),
    ]

    for file, make in generated:
        assert json.loads(file.read_text()) == make(), f"{file.name}: run docs/_generate/policies.py again"
