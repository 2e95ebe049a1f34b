"""References and intrinsic functions come out as CloudFormation would resolve them."""

import pytest

from harness.cloud.template import errors
from harness.tests.cloud.template.conftest import FUNCTION, Read

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/kata-Q-ABCDEFGHIJKL"
HEAD = """
Parameters:
  Stage: {Type: String, Default: dev}
  Sizes: {Type: CommaDelimitedList, Default: "small, large"}
  Limit: {Type: Number, Default: 5}
Mappings:
  ByStage: {dev: {Delay: 1}, prod: {Delay: 9}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  Both: !And [!Condition IsDev, !Condition IsProd]
Resources:
  Q: {Type: AWS::SQS::Queue}
  Api: {Type: AWS::Serverless::HttpApi}
  T: {Type: AWS::Serverless::SimpleTable}
"""


def value_of(read: Read, expression: str, parameters: dict[str, str] | None = None) -> str:
    return read(f"{HEAD}Outputs:\n  X:\n    Value: {expression}\n", parameters=parameters).outputs["X"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Stage", "dev"),
        ("!Ref Limit", "5"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::AccountId", "123456789012"),
        ("!Ref AWS::StackName", "kata"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref Q", QUEUE),
        ("!GetAtt Q.Arn", "arn:aws:sqs:eu-west-1:123456789012:kata-Q-ABCDEFGHIJKL"),
        ("!GetAtt [Q, QueueName]", "kata-Q-ABCDEFGHIJKL"),
        ("!GetAtt Q.QueueUrl", QUEUE),
        ("!Ref Api", "abcdefghij"),
        ("!GetAtt Api.ApiEndpoint", "https://abcdefghij.execute-api.eu-west-1.amazonaws.com"),
        ("!Ref Api.Stage", "$default"),
        ("!Ref T", "kata-T-ABCDEFGHIJKL"),
        ("!Sub '${Q}/${AWS::Region}/${Q.QueueName}/${!Stay}'", f"{QUEUE}/eu-west-1/kata-Q-ABCDEFGHIJKL/${{Stay}}"),
        ("!Sub ['${A}-${Stage}', {A: !Ref Limit}]", "5-dev"),
        ("!Join ['-', [a, !Ref Stage, 1]]", "a-dev-1"),
        ("!Join ['+', !Ref Sizes]", "small+large"),
        ("!Select [1, !Ref Sizes]", "large"),
        ("!Select [1, !Split ['/', a/b/c]]", "b"),
        ("!If [IsDev, yes please, no]", "yes please"),
        ("!If [Either, a, b]", "a"),
        ("!If [Both, a, b]", "b"),
        ("!FindInMap [ByStage, !Ref Stage, Delay]", "1"),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::Join': ['', [a, b]]}", "ab"),
    ],
)
def test_an_expression_has_the_value_cloudformation_gives_it(read: Read, expression: str, value: str) -> None:
    assert value_of(read, expression.replace(", no]", ", 'no']")) == value


def test_a_condition_follows_the_parameter(read: Read) -> None:
    assert value_of(read, "!If [IsProd, live, test]", {"Stage": "prod"}) == "live"


def test_no_value_removes_the_property(read: Read) -> None:
    template = read("""
        Conditions: {Never: !Equals [a, b]}
        Resources:
          Q:
            Type: AWS::SQS::Queue
            Properties: {DelaySeconds: !If [Never, 5, !Ref AWS::NoValue], VisibilityTimeout: 60}
        """)

    assert template.queues["Q"].attributes == {"VisibilityTimeout": "60"}


def test_a_resource_whose_condition_does_not_hold_is_not_there(read: Read) -> None:
    text = (
        "Conditions: {Never: !Equals [a, b]}\n"
        "Resources:\n  P: {Type: AWS::SQS::Queue}\n  Q: {Type: AWS::SQS::Queue, Condition: Never}\n"
    )

    assert list(read(text).queues) == ["P"]
    with pytest.raises(errors.UnresolvedReference, match=r"Nothing in this template is called Q\."):
        read(text + "Outputs: {X: {Value: !Ref Q}}\n")


def test_function_alias_and_version_can_be_referred_to(read: Read) -> None:
    template = read(
        f"Resources:{FUNCTION}      AutoPublishAlias: live\nOutputs:\n  A: {{Value: !Ref Worker.Alias}}\n"
        "  V: {Value: !Sub '${Worker.Version}'}\n  R: {Value: !GetAtt WorkerRole.Arn}\n"
    )

    arn = "arn:aws:lambda:eu-west-1:123456789012:function:kata-Worker-ABCDEFGHIJKL"
    role = "arn:aws:iam::123456789012:role/kata-WorkerRole-ABCDEFGHIJKL"
    assert template.outputs == {"A": f"{arn}:live", "V": f"{arn}:1", "R": role}
    assert template.functions["Worker"].qualified_arn == f"{arn}:live"


def test_the_alias_of_a_function_without_one_cannot_be_referred_to(read: Read) -> None:
    with pytest.raises(
        errors.UnresolvedReference, match=r"(?s)Worker has no alias.*Try: add AutoPublishAlias to Worker"
    ):
        read(f"Resources:{FUNCTION}Outputs: {{A: {{Value: !Ref Worker.Alias}}}}\n")


@pytest.mark.parametrize(
    ("expression", "kind", "message"),
    [
        ("!Ref Qq", errors.UnresolvedReference, "Nothing in this template is called Qq"),
        ("!Ref Stge", errors.UnresolvedReference, "Try: write Stage"),
        ("!Sub '${Nope}'", errors.UnresolvedReference, "Nothing in this template is called Nope"),
        ("!Sub '${Nope.Arn}'", errors.UnresolvedReference, "Nothing in this template is called Nope"),
        (
            "!GetAtt Q.Url",
            errors.UnresolvedReference,
            "(?s)GetAtt Q.Url gives nothing.*one of Arn, QueueName, QueueUrl",
        ),
        ("!GetAtt Q", errors.MalformedFunction, "Fn::GetAtt of 'Q'"),
        ("!Ref Q.Alias", errors.UnresolvedReference, "Q has no Alias"),
        ("!Ref [Q]", errors.MalformedFunction, "Ref of a list of 1"),
        ("!If [Nope, a, b]", errors.UnresolvedReference, "No condition is called Nope"),
        ("!If [IsDev, a]", errors.MalformedFunction, "Fn::If of a list of 2"),
        ("!FindInMap [ByStage, test, Delay]", errors.UnresolvedReference, "Mappings have no such key"),
        ("!Select [2, !Ref Sizes]", errors.MalformedFunction, "Fn::Select takes item 2 of 2"),
        ("!Select [-1, !Ref Sizes]", errors.MalformedFunction, "Fn::Select takes item -1 of 2"),
        ("!Join [',', a]", errors.MalformedFunction, "Fn::Join of 'a'"),
        ("!Join [',']", errors.MalformedFunction, "Fn::Join of a list of 1"),
        ("!Split ['', a]", errors.MalformedFunction, "The delimiter of Fn::Split is empty"),
        ("!Ref Sizes", errors.MalformedFunction, "Output X is a list of 2"),
        ("{Ref: Q, Other: 1}", errors.MalformedFunction, "Ref stands beside Other"),
        ("!ImportValue x", errors.UnsupportedFunction, "Fn::ImportValue is not supported"),
        ("!GetAZs x", errors.UnsupportedFunction, "Fn::GetAZs is not supported"),
        ("{'Fn::Transform': {Name: 'AWS::Include'}}", errors.UnsupportedFunction, "Fn::Transform is not supported"),
        ("{'Fn::Subb': x}", errors.UnsupportedFunction, "Try: write Fn::Sub"),
    ],
)
def test_what_cannot_be_resolved_says_why(
    read: Read, expression: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        value_of(read, expression)

    assert caught.value.line == 20


def test_the_stream_of_a_table_without_one_cannot_be_referred_to(read: Read) -> None:
    with pytest.raises(
        errors.UnresolvedReference, match=r"(?s)T has no StreamSpecification.*Try: add StreamSpecification"
    ):
        read("""
            Resources:
              T:
                Type: AWS::DynamoDB::Table
                Properties:
                  BillingMode: PAY_PER_REQUEST
                  AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
                  KeySchema: [{AttributeName: pk, KeyType: HASH}]
            Outputs: {X: {Value: !GetAtt T.StreamArn}}
            """)


def test_names_that_depend_on_each_other_are_refused(read: Read) -> None:
    with pytest.raises(errors.CircularReference, match=r"The names depend on each other: B -> A -> B"):
        read("""
            Resources:
              A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${B.QueueName}-x"}}
              B: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${A.QueueName}-x"}}
            """)


def test_conditions_that_depend_on_each_other_are_refused(read: Read) -> None:
    with pytest.raises(errors.CircularReference, match=r"The conditions depend on each other: A -> B -> A"):
        read("Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources: {Q: {Type: AWS::SQS::Queue}}\n")


def test_a_condition_may_not_use_resources(read: Read) -> None:
    with pytest.raises(errors.UnresolvedReference, match="Conditions may use parameters only"):
        read("Conditions: {A: !Equals [!Ref Q, x]}\nResources: {Q: {Type: AWS::SQS::Queue}}\n")


@pytest.mark.parametrize("expression", ["!Equals [a]", "!And [!Equals [a, a]]", "true", "!Ref X", "{}"])
def test_a_malformed_condition_is_refused(read: Read, expression: str) -> None:
    with pytest.raises(errors.MalformedFunction, match=r"(?s)This condition is .*Expected: Fn::Equals, Fn::And"):
        read(f"Conditions: {{A: {expression}}}\nResources: {{Q: {{Type: AWS::SQS::Queue}}}}\n")


def test_texts_that_grow_without_end_are_refused(read: Read) -> None:
    doubled = "x" * 1000
    levels = ", ".join([doubled] * 70)

    with pytest.raises(errors.TemplateTooLarge, match="Fn::Join makes a text of 70000 characters"):
        value_of(read, f"!Join ['', [{levels}]]")


def test_many_long_texts_together_are_refused(read: Read) -> None:
    once = f"!Join ['', [{', '.join(['x' * 1000] * 60)}]]"
    outputs = "\n".join(f"  X{number}: {{Value: *long}}" for number in range(20))

    with pytest.raises(errors.TemplateTooLarge, match="and 1000000 in the whole template"):
        read(f"{HEAD}Outputs:\n  X: {{Value: &long {once}}}\n{outputs}\n")


def test_a_placeholder_that_never_closes_takes_no_time(read: Read) -> None:
    assert value_of(read, f"!Sub '${{{' ' * 50_000}'") == "${" + " " * 50_000


def test_a_chain_of_conditions_longer_than_any_stack_is_refused(read: Read) -> None:
    chain = "\n".join(f"  C{number}: !Not [!Condition C{number + 1}]" for number in range(2000))

    with pytest.raises(errors.TemplateTooLarge, match="lead from one to the next without end"):
        read(f"Conditions:\n{chain}\n  C2000: !Equals [a, a]\nResources: {{Q: {{Type: AWS::SQS::Queue}}}}\n")
