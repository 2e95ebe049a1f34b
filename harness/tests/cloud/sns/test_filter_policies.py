"""Which messages a subscription gets, and which filter policies SNS refuses."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sns.records import NotificationFiltered
from harness.tests.cloud.sns.conftest import SimulatedSns, number, string

BODY = "MessageBody"
ARRAY = {"DataType": "String.Array", "StringValue": '["rugby", "baseball", 7, true, null]'}
BINARY = {"DataType": "Binary", "BinaryValue": b"rugby"}


@pytest.mark.parametrize(
    ("policy", "attributes", "wanted"),
    [
        ({"a": ["x", "y"]}, {"a": string("y")}, True),
        ({"a": ["x"]}, {"a": string("z")}, False),
        ({"a": ["x"]}, {}, False),
        ({"a": ["x"], "b": ["y"]}, {"a": string("x")}, False),
        ({"a": ["rugby"]}, {"a": ARRAY}, True),
        ({"a": [7]}, {"a": ARRAY}, True),
        ({"a": [True]}, {"a": ARRAY}, True),
        ({"a": [None]}, {"a": ARRAY}, True),
        ({"a": ["rugby"]}, {"a": BINARY}, False),
        ({"a": [{"exists": False}]}, {"a": BINARY}, True),
        ({"a": ["99"]}, {"a": number("99")}, False),
        ({"a": [99]}, {"a": number("9.9e1")}, True),
        ({"a": [99]}, {"a": string("99")}, False),
        ({"a": [{"numeric": [">", 0, "<=", 100]}]}, {"a": number("100")}, True),
        ({"a": [{"numeric": [">", 0, "<=", 100]}]}, {"a": number("100.00001")}, False),
        ({"a": [{"numeric": ["=", 1.000001]}]}, {"a": number("1.000002")}, True),
        ({"a": [{"prefix": "bas"}]}, {"a": string("baseball")}, True),
        ({"a": [{"suffix": "ball"}]}, {"a": string("baseball")}, True),
        ({"a": [{"equals-ignore-case": "TENNIS"}]}, {"a": string("tennis")}, True),
        ({"a": [{"wildcard": "*ball*2"}]}, {"a": string("baseball-42")}, True),
        ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": string("10.0.0.200")}, True),
        ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": string("10.0.1.1")}, False),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": string("x")}, False),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": string("z")}, True),
        ({"a": [{"anything-but": ["x"]}]}, {}, False),
        ({"a": [{"anything-but": ["rugby"]}]}, {"a": ARRAY}, True),
        ({"a": [{"anything-but": {"prefix": "bas"}}]}, {"a": string("baseball")}, False),
        ({"a": [{"anything-but": {"suffix": "ball"}}]}, {"a": string("tennis")}, True),
        ({"a": [{"anything-but": {"wildcard": "b*l"}}]}, {"a": string("ball")}, False),
        ({"a": [{"exists": True}]}, {"a": string("x")}, True),
        ({"a": [{"exists": False}]}, {"b": string("x")}, True),
        ({"a": [None, {"anything-but": "x"}]}, {}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": string("y")}, True),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}], "c": ["z"]}, {"b": string("y")}, False),
        ({"a.b": ["x"]}, {"a.b": string("x")}, True),
    ],
)
def test_message_attributes_decide(sns: SimulatedSns, policy: Any, attributes: Any, wanted: bool) -> None:
    topic = sns.topic()
    sns.function(topic, FilterPolicy=policy)

    sns.publish(topic, MessageAttributes=attributes)

    assert len(sns.functions.taken) == wanted
    assert len(sns.records(NotificationFiltered)) == (not wanted)


RECORDS = {"Records": {"s3": {"object": {"key": [{"prefix": "auto-"}]}}, "eventName": [{"prefix": "ObjectCreated:"}]}}
CREATED, REMOVED = "ObjectCreated:Put", "ObjectRemoved:Delete"


def _record(name: str, key: str) -> dict[str, Any]:
    return {"eventName": name, "s3": {"object": {"key": key}}}


@pytest.mark.parametrize(
    ("policy", "body", "wanted"),
    [
        ({"order": {"kind": ["drink"]}}, {"order": {"kind": "drink"}}, True),
        ({"order": {"kind": ["drink"]}}, {"order": None}, False),
        ({"a": {"b": [{"exists": False}]}}, {"a": {"c": 1}}, True),
        ({"a": ["x"]}, {"a": ["y", "x"]}, True),
        ({"a": [1.5]}, {"a": 1.5}, True),
        ({"a": [True]}, {"a": "true"}, False),
        ({"a.b": ["x"]}, {"a": {"b": "x"}}, True),
        ({"a": {"b": ["x"]}}, {"a.b": "x"}, True),
        ({"a.b.c": ["x"]}, {"a": {"b.c": "x"}}, True),
        (RECORDS, {"Records": [_record(CREATED, "auto-1")]}, True),
        (RECORDS, {"Records": [_record(CREATED, "home-1"), _record(REMOVED, "auto-1")]}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}], "c": {"d": ["1"]}}, {"b": "y", "c": {"d": "1"}}, True),
        ({"c": {"$or": [{"d": ["1"]}, {"e": ["2"]}]}}, {"c": {"e": "2"}}, True),
        ({"c": {"$or": [{"d": ["1"]}, {"e": ["2"]}]}}, {"c": {"e": "1"}}, False),
        ({"a": [{"exists": False}]}, "a text", False),
        ({"a": [{"exists": False}]}, [{"b": 1}], False),
    ],
)  # fmt: skip
def test_the_body_decides_in_the_other_scope(sns: SimulatedSns, policy: Any, body: Any, wanted: bool) -> None:
    topic = sns.topic()
    sns.function(topic, FilterPolicy=policy, FilterPolicyScope=BODY)

    sns.publish(topic, json.dumps(body))

    assert len(sns.functions.taken) == wanted


@pytest.mark.parametrize("text", ["no JSON", "[" * 5000, '{"a": NaN'])
def test_a_body_that_is_no_json_is_not_wanted(sns: SimulatedSns, text: str) -> None:
    topic = sns.topic()
    sns.function(topic, FilterPolicy={"a": [{"exists": False}]}, FilterPolicyScope=BODY)

    sns.publish(topic, text)

    assert sns.functions.taken == []


WIDE = {"k1": [f"v{each}" for each in range(100)], "k2": ["a", "b"]}
OR_152 = {
    "source": ["1", "2", "3", "4"],
    "$or": [
        {"name": ["1", "2", "3", "4", "5", "6"]},
        {"type": ["1", "2", "3", "4"], "$or": [{"id": [1, 2, 3, 4]}, {"space": [1, 2, 3, 4]}]},
    ],
}


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"key": "value"}, '"key" must be an object or an array'),
        ({"key": [["value"]]}, "Match value must be String, number, true, false, or null"),
        ({"key": []}, "Empty arrays are not allowed"),
        ({"key": [{"wrong-operator": True}]}, "Unrecognized match type wrong-operator"),
        ({"key": [{"suffix": "a", "prefix": "b"}]}, "Only one key allowed in match expression"),
        ({"key": [{"suffix": 100}]}, "suffix match pattern must be a string"),
        ({"key": [{"prefix": {"equals-ignore-case": "a"}}]}, "prefix match pattern must be a string"),
        ({"key": [{"exists": "no"}]}, "exists match pattern must be either true or false."),
        ({"key": [{"anything-but": {"exists": False}}]}, "Unsupported anything-but pattern: exists"),
        ({"key": [{"anything-but": {"prefix": False}}]}, "prefix match pattern must be a string"),
        ({"key": [{"numeric": []}]}, "Invalid member in numeric match: ]"),
        ({"key": [{"numeric": ["operator"]}]}, "Unrecognized numeric range operator: operator"),
        ({"key": [{"numeric": [1, "<="]}]}, "Invalid member in numeric match: 1"),
        ({"key": [{"numeric": ["=", "000"]}]}, "Value of equals must be numeric"),
        ({"key": [{"numeric": [">="]}]}, "Value of >= must be numeric"),
        ({"key": [{"numeric": ["<", 100, ">", 10]}]}, "Too many elements in numeric expression"),
        ({"key": [{"numeric": [">=", 1, ">", 2]}]}, "Bad numeric range operator: >"),
        ({"key": [{"numeric": [">", 3, "<", 1]}]}, "Bottom must be less than top"),
        ({"key": [{"numeric": [">", 20, 30]}]}, "Bad value in numeric range: 30"),
        ({"key": [{"numeric": [">", 20, "<", 30, "<", 50]}]}, "Too many terms in numeric range expression"),
        ({"key": [{"numeric": ["<", 2_000_000_000]}]}, "Value must be between -1.0E9 and 1.0E9, inclusive"),
        ({f"key{each}": ["a"] for each in range(6)}, "Filter policy can not have more than 5 keys"),
        ({"key": [f"v{each}" for each in range(151)]}, "Filter policy is too complex"),
        (WIDE, "Filter policy is too complex"),
        (OR_152, "Filter policy is too complex"),
    ],
)
def test_a_wrong_policy_is_refused_in_the_words_of_sns(sns: SimulatedSns, policy: Any, message: str) -> None:
    topic = sns.topic()

    with pytest.raises(ClientError) as caught:
        sns.function(topic, FilterPolicy=policy)

    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (
        "InvalidParameter",
        f"Invalid parameter: Attributes Reason: FilterPolicy: {message}",
    )
    assert sns.client.list_subscriptions()["Subscriptions"] == []


def test_a_policy_of_a_hundred_and_fifty_combinations_is_taken(sns: SimulatedSns) -> None:
    policy = {**OR_152, "source": ["1", "2", "3"]}

    assert sns.function(sns.topic(), FilterPolicy=policy)


def test_values_count_times_their_level(sns: SimulatedSns) -> None:
    policy = {"a": {"b": {"c": [f"{each}" for each in range(51)]}}}

    with pytest.raises(ClientError, match="Filter policy is too complex"):
        sns.function(sns.topic(), FilterPolicy=policy, FilterPolicyScope=BODY)


def test_only_keys_at_the_top_count_in_the_body(sns: SimulatedSns) -> None:
    policy = {"a": {f"k{each}": ["x"] for each in range(6)}}

    assert sns.function(sns.topic(), FilterPolicy=policy, FilterPolicyScope=BODY)


def test_message_attributes_are_not_nested(sns: SimulatedSns) -> None:
    with pytest.raises(ClientError, match="Filter policy scope MessageAttributes does not support nested filter"):
        sns.function(sns.topic(), FilterPolicy={"a": {"b": ["x"]}})


@pytest.mark.parametrize("text", ["{", "[1]", '"x"'])
def test_a_policy_is_a_json_object(sns: SimulatedSns, text: str) -> None:
    subscription = sns.function(sns.topic())

    with pytest.raises(ClientError, match="Invalid parameter: FilterPolicy: "):
        _set(sns, subscription, "FilterPolicy", text)


def test_a_policy_can_be_changed_and_taken_away(sns: SimulatedSns) -> None:
    topic = sns.topic()
    subscription = sns.function(topic, FilterPolicy={"a": ["x"]})

    _set(sns, subscription, "FilterPolicy", '{"a": ["y"]}')
    sns.publish(topic, "y", MessageAttributes={"a": string("y")})
    sns.publish(topic, "z")
    _set(sns, subscription, "FilterPolicy", "{}")
    sns.publish(topic, "all")

    assert sns.functions.texts == ["y", "all"]


def test_the_scope_shows_beside_a_policy_only(sns: SimulatedSns) -> None:
    subscription = sns.function(sns.topic(), FilterPolicyScope=BODY)
    before = _attributes(sns, subscription)

    _set(sns, subscription, "FilterPolicy", '{"a": {"b": ["x"]}}')

    assert "FilterPolicyScope" not in before
    assert _attributes(sns, subscription)["FilterPolicyScope"] == BODY


def test_a_scope_that_a_nested_policy_cannot_have_is_refused(sns: SimulatedSns) -> None:
    subscription = sns.function(sns.topic(), FilterPolicy={"a": {"b": ["x"]}}, FilterPolicyScope=BODY)

    with pytest.raises(ClientError, match="does not support nested filter policy"):
        _set(sns, subscription, "FilterPolicyScope", "MessageAttributes")
    with pytest.raises(ClientError, match=r"FilterPolicyScope: Invalid value \[Other\]"):
        _set(sns, subscription, "FilterPolicyScope", "Other")

    assert _attributes(sns, subscription)["FilterPolicyScope"] == BODY


def test_a_topic_has_at_most_two_hundred_filter_policies(sns: SimulatedSns) -> None:
    topic = sns.topic()
    for each in range(200):
        sns.service.subscribing.add(
            sns.service.topics.at(topic),
            "lambda",
            f"arn:aws:lambda:eu-west-1:123456789012:function:f{each}",
            {"FilterPolicy": '{"a": ["x"]}'},
        )

    with pytest.raises(ClientError) as caught:
        sns.function(topic, FilterPolicy={"a": ["x"]})

    assert caught.value.response["Error"]["Code"] == "FilterPolicyLimitExceeded"


def _set(sns: SimulatedSns, subscription: str, name: str, value: str) -> None:
    sns.client.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=value)


def _attributes(sns: SimulatedSns, subscription: str) -> dict[str, str]:
    found: dict[str, str] = sns.client.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    return found
