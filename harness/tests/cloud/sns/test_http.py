"""HTTP endpoints: asked first, then posted to; tried again as their delivery policy says."""

import itertools
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sns.records import NotificationDropped
from harness.simulation.wire import Call, Loss, NoReply, Reply, Request
from harness.tests.cloud.sns.conftest import SimulatedSns

URL = "https://shop.example.com/hook"


class Shop:
    """An HTTP service that answers as it is told, 200 by itself."""

    def __init__(self, sns: SimulatedSns) -> None:
        self._sns = sns
        self.asked: list[tuple[float, Request]] = []
        self.answers: list[Any] = []
        sns.simulation.gateway.outside["shop.example.com"] = ("shop", self)

    async def answer(self, call: Call) -> Any:
        self.asked.append((self._sns.simulation.now_ms, call.request))
        return self.answers.pop(0) if self.answers else Reply(200)

    @property
    def pauses_s(self) -> list[float]:
        return [round((after - before) / 1000) for (before, _), (after, _) in itertools.pairwise(self.asked)]


@pytest.fixture
def shop(sns: SimulatedSns) -> Shop:
    return Shop(sns)


def _listening(sns: SimulatedSns, shop: Shop, **attributes: Any) -> str:
    """A topic to which the shop is subscribed, and has said so."""
    topic = sns.topic()
    sns.subscribe(topic, URL, "https", **attributes)
    sns.settle()
    shop.asked.clear()
    return topic


def test_an_endpoint_is_asked_and_pending_until_it_has_answered(sns: SimulatedSns, shop: Shop) -> None:
    topic = sns.topic()

    reply = sns.client.subscribe(TopicArn=topic, Protocol="https", Endpoint=URL)
    listed = sns.client.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.settle()

    request = shop.asked[0][1]
    content = json.loads(request.body)
    assert reply["SubscriptionArn"] == "pending confirmation"
    assert [one["SubscriptionArn"] for one in listed] == ["PendingConfirmation"]
    assert request.headers["x-amz-sns-message-type"] == content["Type"] == "SubscriptionConfirmation"
    assert f"Token={content['Token']}" in content["SubscribeURL"]
    assert sns.client.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "1"


def test_nothing_is_delivered_before_the_confirmation(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.subscribe(topic, "https://nobody.example.com/", "https")

    sns.publish(topic, "a")

    assert sns.client.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "1"
    assert sns.service.topics.subscriptions()[0].delivered == []


def test_a_message_is_posted_with_headers_that_say_what_it_is(sns: SimulatedSns, shop: Shop) -> None:
    topic = _listening(sns, shop)

    message_id = sns.publish(topic, "a")["MessageId"]

    request = shop.asked[0][1]
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers["x-amz-sns-message-type"] == "Notification"
    assert request.headers["x-amz-sns-message-id"] == message_id
    assert request.headers["x-amz-sns-topic-arn"] == topic
    assert request.headers["content-type"] == "text/plain; charset=UTF-8"
    assert json.loads(request.body)["Message"] == "a"


def test_a_raw_message_says_so(sns: SimulatedSns, shop: Shop) -> None:
    topic = _listening(sns, shop, RawMessageDelivery="true")

    sns.publish(topic, "a")

    request = shop.asked[0][1]
    assert (request.body, request.headers["x-amz-sns-rawdelivery"]) == (b"a", "true")


@pytest.mark.parametrize("answer", [Reply(500), Reply(503), Reply(429), NoReply(Loss.REFUSED), NoReply(Loss.RESET)])
def test_trouble_is_tried_again_three_times_twenty_seconds_apart(sns: SimulatedSns, shop: Shop, answer: Any) -> None:
    topic = _listening(sns, shop)
    shop.answers = [answer] * 10

    sns.publish(topic, "a")

    assert len(shop.asked) == 4
    assert all(18 <= pause <= 22 for pause in shop.pauses_s)
    assert len(sns.records(NotificationDropped)) == 1


@pytest.mark.parametrize("status", [400, 404, 301])
def test_a_refusal_is_not_tried_again(sns: SimulatedSns, shop: Shop, status: int) -> None:
    topic, dead = sns.topic(), sns.queue("dead")
    sns.subscribe(topic, URL, "https", RedrivePolicy={"deadLetterTargetArn": dead})
    sns.settle()
    shop.asked.clear()
    shop.answers = [Reply(status)]

    sns.publish(topic, "a")

    assert len(shop.asked) == 1
    assert '"Message" : "a"' in sns.bodies(dead)[0]


def test_a_delivery_policy_has_its_phases_one_after_the_other(sns: SimulatedSns, shop: Shop) -> None:
    retries = {
        "numRetries": 8,
        "numNoDelayRetries": 2,
        "numMinDelayRetries": 1,
        "numMaxDelayRetries": 1,
        "minDelayTarget": 10,
        "maxDelayTarget": 40,
        "backoffFunction": "linear",
    }
    topic = _listening(sns, shop, DeliveryPolicy={"healthyRetryPolicy": retries})
    shop.answers = [Reply(500)] * 20

    sns.publish(topic, "a")

    nominal = [0, 0, 10, 10, 20, 30, 40, 40]
    assert len(shop.pauses_s) == len(nominal)
    assert all(abs(pause - wanted) <= wanted * 0.1 + 0.5 for pause, wanted in zip(shop.pauses_s, nominal, strict=True))


def test_a_topics_policy_holds_for_subscriptions_without_their_own(sns: SimulatedSns, shop: Shop) -> None:
    topic = _listening(sns, shop)
    policy = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 1, "minDelayTarget": 5, "maxDelayTarget": 5}}}
    sns.client.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(policy))
    shop.answers = [Reply(500)] * 5

    sns.publish(topic, "a")

    assert shop.pauses_s == [5]


@pytest.mark.parametrize(
    "retries",
    [
        {"numRetries": 101},
        {"minDelayTarget": 30, "maxDelayTarget": 20},
        {"minDelayTarget": 0},
        {"numRetries": 1, "numNoDelayRetries": 2},
        {"numRetries": -1},
        {"numRetries": "3"},
        {"numRetries": 100, "minDelayTarget": 60, "maxDelayTarget": 60},
        {"backoffFunction": "random"},
        {"tries": 3},
        "often",
    ],
)
def test_a_wrong_delivery_policy_is_refused(sns: SimulatedSns, retries: Any) -> None:
    topic = sns.topic()

    with pytest.raises(ClientError, match="Invalid parameter: DeliveryPolicy: "):
        sns.subscribe(topic, URL, "https", DeliveryPolicy={"healthyRetryPolicy": retries})


def test_whoever_has_the_token_confirms_for_two_days(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.subscribe(topic, "a@example.com", "email")
    subscription = sns.service.topics.subscriptions()[0]

    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        sns.client.confirm_subscription(TopicArn=topic, Token="guessed")
    reply = sns.client.confirm_subscription(TopicArn=topic, Token=subscription.token)

    assert reply["SubscriptionArn"] == subscription.arn
    sns.advance(2 * 86_400 + 1)
    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        sns.client.confirm_subscription(TopicArn=topic, Token=subscription.token)


def test_the_subscribe_url_confirms(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.subscribe(topic, "https://nobody.example.com/", "https")
    token = sns.service.topics.subscriptions()[0].token
    url = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}"

    assert sns.answer(Request("GET", url)).status == 200
    assert sns.service.topics.subscriptions()[0].confirmed
