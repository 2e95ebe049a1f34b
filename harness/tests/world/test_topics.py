"""Topics of the template: how they are deployed, and what a test sees of them."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.records import CallSent
from harness.cloud.resources import ResourceRefused
from harness.simulation.wire import TEST, Reply, Request
from harness.tests.fakes import Raised, instant, sleep
from harness.tests.world.conftest import Build
from harness.world import OutsideServiceSpec
from harness.world.deployment import Setting
from harness.world.topic_view import TopicMissing
from harness.world.world import World

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/}}
Parameters: {ShopUrl: {Type: String, Default: "https://nobody.example.com"}}
Resources:
  News: {Type: AWS::SNS::Topic}
  Strict: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
  Reader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.read
      Events: {News: {Type: SNS, Properties: {Topic: !Ref News}}}
"""
SHOP = """\
  Shop:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref News, Protocol: https, Endpoint: !Sub "${ShopUrl}/hook", RawMessageDelivery: true}
"""
FAILING = """\
  Failing:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.fail
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig: {OnFailure: {Type: SNS, Destination: !Ref News}}
"""


class Shop(HttpService):
    """Keeps what is posted to it."""

    def begin(self) -> None:
        """Has nothing yet."""
        self.posted: list[Any] = []

    @route("POST", "/hook", base_ms=5)
    def hook(self, request: ServiceRequest) -> Reply:
        """Takes anything."""
        self.posted.append(request.call.request.body.decode())
        return Reply(200)


def fail(event: Any) -> Any:
    """Cannot."""
    yield sleep(0.1)
    raise Raised("ValueError", "no")


def test_a_topic_shows_what_it_took_in_and_what_each_subscriber_received(build: Build) -> None:
    small = build(TEMPLATE, read=instant(None))
    topic = small.world.topic("News")

    sent = topic.publish("hello", attributes={"kind": "a"}, subject="Hi")
    small.run(small.world.settle())

    (taken,) = topic.published
    (subscription,) = topic.subscriptions
    assert (topic.exists, topic.is_fifo) == (True, False)
    assert (taken.message_id, taken.message, taken.attributes, taken.subject) == (
        sent.message_id,
        "hello",
        {"kind": "a"},
        "Hi",
    )
    assert (subscription.subscriber, subscription.protocol, subscription.confirmed) == ("Reader", "lambda", True)
    assert [one.message_id for one in subscription.received] == [sent.message_id]
    assert [one.cause for one in small.world.invocations("Reader")] == ["topic News"]


def test_a_topic_that_the_template_lacks_exists_not_and_all_else_says_so(build: Build) -> None:
    topic = build(TEMPLATE, read=instant(None)).world.topic("Missing")

    assert (topic.exists, topic.published) == (False, [])
    with pytest.raises(TopicMissing, match=r"template\.yaml: The template has no topic Missing"):
        topic.publish("x")


def test_a_subscriber_that_there_is_not_is_named(build: Build) -> None:
    with pytest.raises(TopicMissing, match="Writer is not subscribed to News"):
        build(TEMPLATE, read=instant(None)).world.topic("News").subscription("Writer")


def test_a_fifo_topic_gets_a_group_and_a_fresh_id_for_each_publish(build: Build) -> None:
    small = build(TEMPLATE, read=instant(None))
    topic = small.world.topic("Strict")
    queue = topic.attach_queue("audit")

    topic.publish("same")
    topic.republish(topic.publish("same", group_id="g"))
    small.run(small.world.settle())

    assert queue.is_fifo
    assert sorted((one.body, one.group_id) for one in queue.arrivals) == [
        ("same", "g"),
        ("same", "g"),
        ("same", "operator"),
    ]


def test_a_url_of_the_template_must_be_one_where_somebody_listens(build: Build) -> None:
    with pytest.raises(ResourceRefused, match="subscribes https://nobody.example.com/hook, where nobody listens"):
        build(TEMPLATE + SHOP, read=instant(None))


def test_an_outside_service_confirms_and_gets_every_message(build: Build) -> None:
    small = build(TEMPLATE, read=instant(None))
    (small.setting.folder / "template.yaml").write_text(TEMPLATE + SHOP)
    spec = OutsideServiceSpec("shop", "ShopUrl", "https://shop.example.com", Shop)
    setting = Setting(
        folder=small.setting.folder, temporary=small.setting.temporary, spawn=small.setting.spawn, services=(spec,)
    )

    async def act() -> World:
        world = World(setting, 1, small.loop)
        await world.settle()
        await world.publish("News", {"fresh": True})
        await world.settle()
        return world

    world = small.run(act())

    asked, told = world.service("shop").posted
    assert (json.loads(asked)["Type"], told) == ("SubscriptionConfirmation", '{"fresh": true}')


def test_a_failed_event_may_go_to_a_topic(build: Build) -> None:
    small = build(TEMPLATE + FAILING, read=instant(None), fail=fail)

    small.run(small.world.invoke("Failing", {"id": 7}, asynchronous=True))
    small.run(small.world.settle())

    (published,) = small.world.topic("News").published
    assert published.json()["requestPayload"] == {"id": 7}
    assert len(small.world.invocations("Reader")) == 1


def test_the_same_seed_gives_the_same_run(build: Build) -> None:
    def digest(seed: int) -> str:
        small = build(TEMPLATE, read=instant(None), seed=seed)
        for each in range(5):
            small.world.topic("News").publish(str(each))
        small.run(small.world.settle())
        return small.world.trace.digest()

    assert digest(3) == digest(3) != digest(4)


def test_the_trace_tells_what_a_call_to_a_topic_was_about(build: Build) -> None:
    small = build(TEMPLATE, read=instant(None))
    topic = small.world.topic("News")
    body = urlencode({"Action": "Publish", "TopicArn": topic.arn, "Message": '{"id": "ü"}'}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    gateway = small.world._deployment.gateway

    request = Request("POST", "https://sns.eu-west-1.amazonaws.com/", headers, body)
    small.run(gateway.send(gateway.open(request, TEST, 1)))

    (call,) = small.world.calls(service="sns")
    (sent,) = small.world.trace.of(CallSent)
    assert (call.operation, call.target, call.status) == ("Publish", topic.arn.rpartition(":")[2], 200)
    assert 'Message={"id": "ü"}' in sent.about
