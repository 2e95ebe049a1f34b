"""The outline: sections, resource types and what may stand beside Properties."""

from pathlib import Path

import pytest

from harness.cloud.template import errors, read_template
from harness.tests.cloud.template.conftest import FUNCTION, Read, ReadFunction


def test_an_unknown_section_gets_the_nearest_one(read: Read) -> None:
    with pytest.raises(
        errors.UnknownSection,
        match=r"(?s)template.yaml:2:1: A template has no section Resource\..*Try: write Resources",
    ):
        read("Resource: {}")


def test_a_template_without_resources_is_refused(read: Read) -> None:
    with pytest.raises(errors.MissingProperty, match="The template has no Resources"):
        read("Description: nothing")


def test_a_sam_resource_needs_the_transform(folder: Path) -> None:
    (folder / "template.yaml").write_text(f"Resources:{FUNCTION}")

    with pytest.raises(
        errors.TransformMissing, match=r"(?s)Worker is of type AWS::Serverless::Function.*has no Transform"
    ):
        read_template(folder, parameters={}, account_id="1", region="eu-west-1")


@pytest.mark.parametrize("transform", ["AWS::LanguageExtensions", "[MyMacro, AWS::Serverless-2016-10-31]"])
def test_another_transform_is_refused(folder: Path, transform: str) -> None:
    (folder / "template.yaml").write_text(f"Transform: {transform}\nResources: {{Q: {{Type: AWS::SQS::Queue}}}}\n")

    with pytest.raises(errors.UnsupportedFunction, match=r"template.yaml:1:12: The transform .* is not supported"):
        read_template(folder, parameters={}, account_id="1", region="eu-west-1")


def test_a_plain_cloudformation_template_needs_no_transform(folder: Path) -> None:
    (folder / "template.yaml").write_text(
        "AWSTemplateFormatVersion: 2010-09-09\nResources: {Q: {Type: AWS::SQS::Queue}}\n"
    )

    assert list(read_template(folder, parameters={}, account_id="1", region="eu-west-1").queues) == ["Q"]


def test_a_type_aws_has_and_the_simulator_lacks_is_named_with_the_supported_ones(read: Read) -> None:
    with pytest.raises(errors.UnknownResourceType) as caught:
        read("Resources:\n  Stack:\n    Type: AWS::CloudFormation::Stack\n")

    assert caught.value.place == "template.yaml:4:11"
    assert caught.value.happened == (
        "Stack is of type AWS::CloudFormation::Stack, which this simulator does not support yet."
    )
    assert "AWS::SQS::Queue, AWS::SQS::QueuePolicy, AWS::DynamoDB::Table" in caught.value.expected


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("AWS::Serverless::LayerVersion", "put the code into the CodeUri folder; boto3, Powertools and Pillow"),
        ("AWS::Kinesis::StreamConsumer", "read the stream by its own ARN"),
        ("AWS::Lambda::Function", "use AWS::Serverless::Function"),
    ],
)
def test_a_type_the_simulator_lacks_comes_with_what_to_write_instead(read: Read, kind: str, instead: str) -> None:
    with pytest.raises(errors.UnknownResourceType, match=rf"(?s)does not support yet.*Try: {instead}"):
        read(f"Resources:\n  X:\n    Type: {kind}\n")


def test_a_misspelt_type_gets_the_nearest_one(read: Read) -> None:
    with pytest.raises(errors.UnknownResourceType, match="Try: write AWS::SQS::Queue, if"):
        read("Resources:\n  Q:\n    Type: AWS::SQS:Queue\n")


def test_a_custom_resource_is_not_supported(read: Read) -> None:
    with pytest.raises(errors.UnknownResourceType, match="Custom::Thing, which this simulator does not support yet"):
        read("Resources:\n  Q:\n    Type: Custom::Thing\n")


def test_a_property_beside_properties_is_sent_there(read: Read) -> None:
    with pytest.raises(
        errors.UnknownSection, match=r"(?s)Q has FifoQueue beside its Type.*Try: move FifoQueue below Properties"
    ):
        read("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    FifoQueue: true\n")


def test_attributes_without_effect_are_accepted(read: Read) -> None:
    template = read("""
        Metadata: {Any: [thing]}
        Resources:
          Q:
            Type: AWS::SQS::Queue
            DeletionPolicy: Retain
            UpdateReplacePolicy: Retain
            Metadata: {x: y}
            DependsOn: P
          P:
            Type: AWS::SQS::Queue
        """)

    assert list(template.queues) == ["Q", "P"]


def test_a_resource_without_type_is_refused(read: Read) -> None:
    with pytest.raises(errors.MissingProperty, match="Q has no Type"):
        read("Resources:\n  Q:\n    Properties: {}\n")


@pytest.mark.parametrize("name", ["My-Queue", "Q_1", "Größe"])
def test_a_logical_id_is_made_of_letters_and_digits(read: Read, name: str) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=f"{name} cannot be the name of a resource"):
        read(f"Resources:\n  {name}:\n    Type: AWS::SQS::Queue\n")


def test_a_hundred_resources_are_the_limit(read: Read) -> None:
    queues = "\n".join(f"  Q{number}: {{Type: AWS::SQS::Queue}}" for number in range(101))

    with pytest.raises(errors.TemplateTooLarge, match="The template has 101 resources"):
        read(f"Resources:\n{queues}\n")


def test_depends_on_something_that_is_not_there_is_refused(read: Read) -> None:
    with pytest.raises(errors.UnresolvedReference, match=r"(?s)Q depends on 'Quue', which is not.*Try: write Queue"):
        read("Resources:\n  Queue: {Type: AWS::SQS::Queue}\n  Q: {Type: AWS::SQS::Queue, DependsOn: Quue}\n")


def test_an_output_is_resolved_and_needs_a_value(read: Read) -> None:
    text = "Resources:\n  Q: {Type: AWS::SQS::Queue}\nOutputs:\n  Url:\n    Description: d\n"

    assert read(text + "    Value: !Ref Q\n").outputs == {
        "Url": "https://sqs.eu-west-1.amazonaws.com/123456789012/kata-Q-ABCDEFGHIJKL"
    }
    with pytest.raises(errors.MissingProperty, match="Output Url has no Value"):
        read(text)


def test_a_resource_name_that_turns_the_text_around_is_shown_as_an_escape(read: Read) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=r"Q\\u202eeueuQ cannot be the name"):
        read("Resources:\n  Q\u202eeueuQ:\n    Type: AWS::SQS::Queue\n")


def test_roles_permissions_policies_and_log_groups_are_accepted_and_kept(read_function: ReadFunction) -> None:
    template = read_function(
        resources="""
        Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/aws/lambda/${Worker}", RetentionInDays: 7}}
        May: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Worker, Principal: sns.amazonaws.com}}
        Who: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyName: p, PolicyDocument: {Statement: []}}]}}
        Q: {Type: AWS::SQS::Queue}
        Open: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Q]}}
        """
    )

    assert list(template.accepted) == ["Logs", "May", "Who", "Open"]
    assert template.accepted["Logs"].properties["LogGroupName"] == "/aws/lambda/kata-Worker-ABCDEFGHIJKL"
    assert template.accepted["Who"].properties["Policies"] == [{"PolicyName": "p", "PolicyDocument": {"Statement": []}}]
