"""Where failed asynchronous events go in a deployed world."""

import json

from harness.tests.fakes import Raised, aws, instant
from harness.tests.world.conftest import Build
from harness.tests.world.programs import queue_url

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/}
Resources:
  Lost: {Type: AWS::SQS::Queue}
  Failing:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.failing
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Lost.Arn}
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnFailure: {Type: Lambda, Destination: !GetAtt Repair.Arn}
  Repair:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.repair}
"""


def failing(event):
    raise Raised("ValueError", "no")
    yield


def test_a_failed_event_reaches_the_dead_letter_queue_and_the_function_that_repairs(build: Build) -> None:
    small = build(TEMPLATE, failing=failing, repair=instant("mended"))

    small.run(small.world.invoke("Failing", {"order": "o-7"}, asynchronous=True))
    small.run(small.world.settle())

    letter = small.world.queue("Lost").arrivals[0]
    assert json.loads(letter.body) == {"order": "o-7"}
    assert letter.message_attributes["ErrorMessage"].string_value == "ValueError: no"
    repair = small.world.invocations("Repair")[0]
    assert (repair.outcome, repair.event["requestPayload"]) == ("succeeded", {"order": "o-7"})
    assert repair.event["requestContext"]["condition"] == "RetriesExhausted"


def test_an_event_is_lost_where_its_dead_letter_queue_is_gone(build: Build) -> None:
    def deletes_and_fails(event):
        yield aws("sqs.DeleteQueue", QueueUrl=event["queue"])
        raise Raised("ValueError", "no")

    small = build(TEMPLATE, failing=deletes_and_fails, repair=instant("mended"))
    queue = queue_url(small.world.queue("Lost").watch.queue.name)

    small.run(small.world.invoke("Failing", {"queue": queue}, asynchronous=True))
    small.run(small.world.settle())

    assert small.world.queue("Lost").arrivals == []
    assert [one.outcome for one in small.world.invocations("Repair")] == ["succeeded"]
