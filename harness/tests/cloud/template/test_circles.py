"""Resources that need each other first are refused, as CloudFormation refuses them."""

import pytest

from harness.cloud.template import errors
from harness.tests.cloud.template.conftest import Read, ReadFunction

ROUTE = "Events: {A: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: /a, Method: get}}}\n"
DOOR = "Door: {Type: AWS::Serverless::HttpApi}\n"


def test_a_function_cannot_know_the_api_it_stands_behind(read_function: ReadFunction) -> None:
    with pytest.raises(
        errors.CircularReference, match="These resources need each other first: Worker -> Door -> Worker"
    ):
        read_function(ROUTE + "Environment: {Variables: {API: !Ref Door}}\n", DOOR)


def test_another_function_may_know_the_api(read_function: ReadFunction) -> None:
    template = read_function("Environment: {Variables: {API: !Ref Door}}\n", DOOR)

    assert template.functions["Worker"].variables == {"API": "abcdefghij"}


def test_a_function_may_name_its_own_role_and_its_own_queue(read_function: ReadFunction) -> None:
    template = read_function(
        "Environment: {Variables: {ROLE: !Ref WorkerRole, QUEUE: !Ref Q}}\n"
        "Events: {A: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}\n",
        "Q: {Type: AWS::SQS::Queue}\n",
    )

    assert template.functions["Worker"].variables["ROLE"] == "kata-WorkerRole-ABCDEFGHIJKL"


def test_two_queues_cannot_be_each_others_dead_letter_queue(read: Read) -> None:
    with pytest.raises(errors.CircularReference, match="A -> B -> A") as caught:
        read("""
            Resources:
              A: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt B.Arn}}}
              B: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt A.Arn}}}
            """)

    assert caught.value.line == 5


def test_depends_on_counts_as_needing(read: Read) -> None:
    with pytest.raises(errors.CircularReference, match="A -> B -> C -> A"):
        read("""
            Resources:
              A: {Type: AWS::SQS::Queue, DependsOn: B}
              B: {Type: AWS::SQS::Queue, DependsOn: [C]}
              C: {Type: AWS::SQS::Queue, DependsOn: A}
            """)
