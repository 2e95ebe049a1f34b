"""Which safeguards a template loses, and that it stays a template."""

import yaml

from harness.judge.mutation.template import template_mutants

TEMPLATE = """\
Globals:
  Function:
    Timeout: 20
Resources:
  Orders:  # where they wait
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt Dead.Arn
        # as often as that
        maxReceiveCount: 5

  Dead:
    Type: AWS::SQS::Queue

  Ship:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: 1
            ScalingConfig:
              MaximumConcurrency: 2
            FunctionResponseTypes: [ReportBatchItemFailures]
      Environment:
        Variables:
          Timeout: 7
"""


def contents() -> dict[str, str]:
    found = template_mutants("template.yaml", TEMPLATE.encode())
    return {mutant.name.removeprefix("template.yaml:"): mutant.content.decode() for mutant in found}


def test_every_safeguard_is_taken_away_or_turned_down_once() -> None:
    assert list(contents()) == [
        "3 default timeout: Globals Timeout: 20 -> nothing",
        "3 lower the timeout: Globals Timeout: 20 -> Timeout: 5",
        "8 default visibility timeout: Orders VisibilityTimeout: 120 -> nothing",
        "8 shorten the visibility timeout: Orders VisibilityTimeout: 120 -> VisibilityTimeout: 20",
        "9 remove the redrive policy: Orders RedrivePolicy: deadLetterTargetArn: !GetAtt Dead.Arn # as of... "
        "-> nothing",
        "12 lower maxReceiveCount: Orders maxReceiveCount: 5 -> maxReceiveCount: 1",
        "25 raise the batch size: Ship BatchSize: 1 -> BatchSize: 10",
        "26 remove the maximum concurrency: Ship ScalingConfig: MaximumConcurrency: 2 -> nothing",
        "27 raise the concurrency: Ship MaximumConcurrency: 2 -> MaximumConcurrency: 10",
        "28 remove ReportBatchItemFailures: Ship FunctionResponseTypes: [ReportBatchItemFailures] -> nothing",
    ]


def test_a_removed_entry_takes_its_lines_along_and_nothing_else() -> None:
    [redrive] = [text for name, text in contents().items() if "redrive policy" in name]
    assert redrive == TEMPLATE.replace(
        "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt Dead.Arn\n"
        "        # as often as that\n        maxReceiveCount: 5\n",
        "",
    )


def test_an_entry_that_stood_alone_takes_what_held_it_along() -> None:
    [text] = [text for name, text in contents().items() if "default timeout" in name]
    assert text.startswith("Resources:\n")


def test_what_is_left_is_yaml_and_keeps_its_tags() -> None:
    events = [list(yaml.parse(text)) for text in contents().values()]
    assert all(events)
    assert all("!GetAtt Orders.Arn" in text for text in contents().values())


def test_an_entry_of_a_flow_mapping_is_taken_out_of_it() -> None:
    text = "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1, VisibilityTimeout: 9}}\n"
    [removed] = [
        one.content.decode() for one in template_mutants("template.yaml", text.encode()) if "default" in one.operator
    ]
    assert removed == "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1}}\n"


def test_an_empty_template_has_none() -> None:
    assert list(template_mutants("template.yaml", b"")) == []
