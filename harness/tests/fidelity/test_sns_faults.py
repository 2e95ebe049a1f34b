"""Amazon SNS in trouble, and what a test can do with a topic."""

import json

import pytest

from harness.faults.service import LostReply, ServiceError, ThrottledCall
from harness.faults.topics import PublishRefused, SubscriberDown, TopicDelay, TopicDuplicate
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.sns_app import SOURCE, TEMPLATE, ask, bodies, publish, records


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE})


# ---- in trouble ----------------------------------------------------------------------------------


def test_a_throttled_publish_is_tried_again_by_the_sdk_and_then_raises(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
    before = len(app.world.topic("Orders").published)

    fault = app.world.inject(ThrottledCall(service="sns", operation="Publish"))
    answer = publish(app, "throttled")
    app.world.lift(fault)

    assert (answer["error"], fault.strikes) == ("Throttling", 3)
    assert len(app.world.topic("Orders").published) == before


def test_an_internal_error_is_tried_again_by_the_sdk(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html"""
    app.world.inject(ServiceError(service="sns", operation="Publish", times=1))

    answer = publish(app, "second try")

    assert answer.keys() == {"MessageId"}
    assert [one.message for one in app.world.topic("Orders").published].count("second try") == 1


def test_a_lost_reply_makes_the_sdk_publish_twice(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
    app.world.inject(LostReply(service="sns", operation="Publish", times=1))

    publish(app, "twice told", "order")

    told = [one for one in app.world.topic("Orders").published if one.message == "twice told"]
    assert len(told) == 2
    assert told[0].message_id != told[1].message_id


def test_refused_entries_of_a_batch_are_named_under_status_200(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""
    fault = app.world.inject(PublishRefused(topic="Orders", containing="odd"))
    entries = [{"Id": name, "Message": name} for name in ("odd", "even")]

    answer = ask(app, "publish_batch", TopicArn=app.world.topic("Orders").arn, PublishBatchRequestEntries=entries)
    app.world.lift(fault)

    assert [entry["Id"] for entry in answer["Successful"]] == ["even"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("odd", "Throttled")]


def test_a_duplicated_notification_invokes_the_function_again_with_the_same_message(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""
    before = len(records(app, "Take"))
    app.world.inject(TopicDuplicate(subscriber="Take", after_ms=(0, 300_000), times=1))

    publish(app, "again", "order")

    assert len({record["Sns"]["MessageId"] for record in records(app, "Take")[before:]}) == 1
    assert len(records(app, "Take")) == before + 3


def test_messages_of_a_standard_topic_may_arrive_out_of_order(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html"""
    fault = app.world.inject(TopicDelay(subscriber="Raw", at_most_ms=5000))
    entries = [{"Id": str(each), "Message": f"m{each}"} for each in range(10)]

    ask(app, "publish_batch", TopicArn=app.world.topic("Orders").arn, PublishBatchRequestEntries=entries)
    app.world.lift(fault)

    arrived = bodies(app, "Raw")[-10:]
    assert sorted(arrived) == [f"m{each}" for each in range(10)] != arrived


def test_messages_of_every_standard_topic_may_arrive_in_the_opposite_order(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html"""
    fault = app.world.inject(TopicDelay(mirrored=True, until_ms=app.world.now_ms + 3000))
    for number in range(4):
        app.world.topic("Orders").publish(f"m{number}")
        app.run(app.world.run_for(ms=500))
    app.run(app.world.settle())
    app.world.lift(fault)

    assert bodies(app, "Raw")[-4:] == ["m3", "m2", "m1", "m0"]


def test_a_subscriber_that_was_down_for_a_quarter_of_an_hour_gets_the_message_after_it(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""
    began_ms = app.world.now_ms
    app.world.inject(SubscriberDown(subscriber="Take", until_ms=began_ms + 900_000))

    publish(app, "late", "order")

    received = app.world.topic("Orders").subscription("Take").received[-1]
    assert received.message == "late"
    assert 900_000 <= received.at_ms - began_ms < 923_000


def test_held_notifications_come_together_when_they_are_released(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html"""
    hold = app.world.topic("Orders").subscription("Take").hold(containing="held")
    before = len(records(app, "Take"))

    publish(app, "held 1", "order")
    publish(app, "not h-e-l-d", "order")
    publish(app, "held 2", "order")
    waiting = [record["Sns"]["Message"] for record in records(app, "Take")[before:]]
    hold.release()
    app.run(app.world.settle())

    assert waiting == ["not h-e-l-d"]
    assert sorted(record["Sns"]["Message"] for record in records(app, "Take")[before + 1 :]) == ["held 1", "held 2"]


def test_a_function_that_answers_its_own_topic_is_stopped_after_sixteen_turns(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    publish(app, "begin", topic="Circle")

    turns = app.world.invocations("Echo")
    stopped = json.loads(bodies(app, "Dead")[-1])
    assert [one.outcome for one in turns] == ["succeeded"] * 16
    assert stopped["requestPayload"]["Records"][0]["Sns"]["Message"] == "and again"


# ---- words of a test -----------------------------------------------------------------------------


def test_a_test_publishes_past_the_submission(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html"""
    attributes = {"kind": "order", "size": 3, "tags": ["a", "b"], "raw": b"\1"}

    async def act() -> None:
        await app.world.publish("Orders", {"id": "o-1"}, attributes=attributes)
        await app.world.settle()

    app.run(act())

    published = app.world.topic("Orders").published[-1]
    assert (published.json(), published.attributes) == ({"id": "o-1"}, attributes)
    assert records(app, "Take")[-1]["Sns"]["MessageAttributes"] == {
        "kind": {"Type": "String", "Value": "order"},
        "size": {"Type": "Number", "Value": "3"},
        "tags": {"Type": "String.Array", "Value": '["a", "b"]'},
        "raw": {"Type": "Binary", "Value": "AQ=="},
    }


def test_a_message_published_again_is_the_same_under_a_new_id(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
    first = app.world.topic("Orders").published[-1]

    again = app.world.topic("Orders").republish(first)
    app.run(app.world.settle())

    assert (again.message, again.attributes) == (first.message, first.attributes)
    assert again.message_id != first.message_id
