"""Builds what a template says of SNS, and refuses what AWS refuses to create.

A SAM event and the plain resource SAM would make of it come out the same.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
"""

import json

from harness.cloud.template.errors import DuplicateName, PropertiesContradict, PropertyOutOfRange
from harness.cloud.template.model_topic import SubscriptionSpec, TopicSpec
from harness.cloud.template.schema import ALIAS, FUNCTION, QUEUE, SUBSCRIPTION, TOPIC, VERSION
from harness.cloud.template.shapes import Spot, as_text, words
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.topic_queues import queue_id
from harness.cloud.template.tree import Map, plain, section

_ATTRIBUTES = words(
    "DisplayName ContentBasedDeduplication FifoThroughputScope MaximumMessageSize SignatureVersion TracingConfig"
)
_INVOKED = (FUNCTION, ALIAS, VERSION)
_FIFO_ONLY = ("ContentBasedDeduplication", "FifoThroughputScope")


def topic_specs(stack: Stack) -> dict[str, TopicSpec]:
    """All topics of the template."""
    specs: dict[str, TopicSpec] = {}
    for topic in stack.of(TOPIC):
        spec = _topic(topic, stack)
        for other in specs.values():
            if other.name == spec.name:
                raise topic.spot("TopicName").error(
                    DuplicateName, f"{spec.logical_id} and {other.logical_id} have the same name: {spec.name}.",
                    expected="a name of its own for each",
                )  # fmt: skip
        specs[topic.logical_id] = spec
    return specs


def subscription_specs(stack: Stack) -> dict[str, SubscriptionSpec]:
    """All subscriptions of the template, in the order of the file."""
    specs: list[SubscriptionSpec] = []
    for resource in stack.resources.values():
        if resource.type == TOPIC:
            specs += _inside(resource, stack)
        elif resource.type == SUBSCRIPTION:
            specs.append(_subscription(resource, stack))
        specs += [_of_event(event, resource, stack) for event in resource.events if event.kind == "SNS"]
    return {spec.logical_id: spec for spec in specs}


def _topic(topic: Resource, stack: Stack) -> TopicSpec:
    properties = topic.properties
    name = stack.name(topic.logical_id)
    fifo = properties.get("FifoTopic", False)
    if fifo != name.endswith(".fifo"):
        raise topic.spot("TopicName").error(
            PropertiesContradict,
            f"TopicName of {topic.logical_id} is {name}, and FifoTopic is {'true' if fifo else 'not true'}.",
            expected="FifoTopic: true and a name that ends in .fifo, or neither",
        )
    for key in _FIFO_ONLY:
        if key in properties and not fifo:
            raise topic.spot(key).error(
                PropertiesContradict, f"{topic.logical_id} has {key}, and is not a FIFO topic.",
                expected=f"{key} on FIFO topics only", try_="FifoTopic: true",
            )  # fmt: skip
    attributes = {key: as_text(properties[key]) for key in _ATTRIBUTES if key in properties}
    return TopicSpec(
        logical_id=topic.logical_id,
        name=name,
        arn=stack.ref(topic.logical_id),
        attributes=attributes | ({"FifoTopic": "true"} if fifo else {}),
        tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())},
        line=topic.place.line,
    )


def _inside(topic: Resource, stack: Stack) -> list[SubscriptionSpec]:
    specs = []
    for number, item in enumerate(topic.properties.get("Subscription", ()), 1):
        spot = topic.spot().below("Subscription", item.place)
        specs.append(
            SubscriptionSpec(
                logical_id=f"{topic.logical_id}Subscription{number}",
                topic=topic.logical_id,
                protocol=item["Protocol"],
                endpoint=_endpoint(item, topic, spot, stack),
                line=item.place.line,
            )
        )
    return specs


def _subscription(subscription: Resource, stack: Stack) -> SubscriptionSpec:
    properties = subscription.properties
    topic = _topic_named(properties, "TopicArn", subscription.spot(), stack)
    return SubscriptionSpec(
        logical_id=subscription.logical_id,
        topic=topic.logical_id,
        protocol=properties["Protocol"],
        endpoint=_endpoint(properties, topic, subscription.spot(), stack),
        attributes=_attributes(properties, topic, subscription.spot(), stack),
        identifier=stack.ref(subscription.logical_id).rpartition(":")[2],
        line=subscription.place.line,
    )


def _of_event(event: Event, function: Resource, stack: Stack) -> SubscriptionSpec:
    """A subscription of the function itself, or of the queue that feeds it."""
    properties = event.properties
    topic = _topic_named(properties, "Topic", event.spot, stack)
    to_queue = properties.get("SqsSubscription", False)
    permitted = ""
    if isinstance(to_queue, Map):
        arn_spot = event.spot.below("SqsSubscription.QueueArn", to_queue.value_place("QueueArn"))
        endpoint = stack.arn(to_queue["QueueArn"], (QUEUE,), arn_spot)
    elif to_queue:
        endpoint = stack.attribute(queue_id(function.logical_id, event.name), "Arn")
    else:
        alias = function.properties.get("AutoPublishAlias")
        endpoint = stack.attribute(function.logical_id, "Arn") + (f":{alias}" if alias else "")
        permitted = function.logical_id
    protocol = "sqs" if to_queue else "lambda"
    _check_kinds(topic, protocol, endpoint, event.spot)
    return SubscriptionSpec(
        logical_id=f"{function.logical_id}{event.name}",
        topic=topic.logical_id,
        protocol=protocol,
        endpoint=endpoint,
        attributes=_attributes(properties, topic, event.spot, stack),
        permitted=permitted,
        line=event.spot.place.line,
    )


def _topic_named(properties: Map, key: str, spot: Spot, stack: Stack) -> Resource:
    place = properties.value_place(key)
    value = properties[key]
    found = stack.named(value, (TOPIC,), spot.below(key, place), "write !Ref and the topic's logical id")
    if not value.startswith("arn:"):
        raise spot.below(key, place).refused(value, f"the ARN of {found.logical_id}", try_=f"!Ref {found.logical_id}")
    region = properties.get("Region", stack.region)
    if region != stack.region:
        raise spot.below("Region", properties.value_place("Region")).refused(region, f"{stack.region}, or no Region")
    return found


def _endpoint(properties: Map, topic: Resource, spot: Spot, stack: Stack) -> str:
    protocol, endpoint = properties["Protocol"], properties["Endpoint"]
    spot = spot.below("Endpoint", properties.value_place("Endpoint"))
    if protocol == "sqs":
        stack.arn(endpoint, (QUEUE,), spot)
    elif protocol == "lambda":
        stack.arn(endpoint, _INVOKED, spot)
    elif protocol in ("http", "https") and not endpoint.startswith(f"{protocol}://"):
        raise spot.refused(endpoint, f"a URL that begins with {protocol}://")
    _check_kinds(topic, protocol, endpoint, spot)
    return str(endpoint)


def _check_kinds(topic: Resource, protocol: str, endpoint: str, spot: Spot) -> None:
    """A standard topic feeds no FIFO queue; a FIFO topic feeds queues only."""
    fifo = topic.properties.get("FifoTopic", False)
    page = "https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html"
    if endpoint.endswith(".fifo") and not fifo:
        raise spot.error(
            PropertiesContradict,
            f"{spot.path} of {spot.resource} is a FIFO queue, and {topic.logical_id} is a standard topic.",
            expected="a standard queue, or a FIFO topic",
            see=page,
        )
    if fifo and protocol != "sqs":
        raise spot.error(
            PropertiesContradict,
            f"{spot.path} of {spot.resource} is of protocol {protocol}, and {topic.logical_id} is a FIFO topic.",
            expected="SQS queues only", try_="subscribe a queue, and let it feed the function", see=page,
        )  # fmt: skip


def _attributes(properties: Map, topic: Resource, spot: Spot, stack: Stack) -> dict[str, str]:
    attributes = {}
    for key in ("FilterPolicyScope", "RawMessageDelivery"):
        if key in properties:
            attributes[key] = as_text(properties[key])
    if "FilterPolicy" in properties:
        place = properties.value_place("FilterPolicy")
        scope = attributes.get("FilterPolicyScope", "MessageAttributes")
        attributes["FilterPolicy"] = _filter_policy(
            properties["FilterPolicy"], scope, spot.below("FilterPolicy", place)
        )
    if "RedrivePolicy" in properties:
        attributes["RedrivePolicy"] = _redrive_policy(section(properties, "RedrivePolicy"), topic, spot, stack)
    if "DeliveryPolicy" in properties:
        place = properties.value_place("DeliveryPolicy")
        attributes["DeliveryPolicy"] = _delivery_policy(
            properties["DeliveryPolicy"], spot.below("DeliveryPolicy", place)
        )
    return attributes


def _filter_policy(policy: object, scope: str, spot: Spot) -> str:
    from harness.cloud.engines.sns.filter_limits import FilterPolicyError
    from harness.cloud.engines.sns.filter_policy import FilterPolicy

    text = policy if isinstance(policy, str) else json.dumps(plain(policy))
    if text.strip() == "{}":
        return ""
    try:
        FilterPolicy(text, scope)
    except FilterPolicyError as error:
        raise spot.error(PropertyOutOfRange, f"{spot.path} of {spot.resource}: Invalid parameter: {error}.") from None
    return text


def _delivery_policy(policy: object, spot: Spot) -> str:
    from harness.cloud.engines.sns.errors import SnsError
    from harness.cloud.engines.sns.retry_policy import read_retry_policy

    text = policy if isinstance(policy, str) else json.dumps(plain(policy))
    try:
        read_retry_policy(text, of_topic=False)
    except SnsError as error:
        raise spot.error(PropertyOutOfRange, f"{spot.path} of {spot.resource}: {error}.") from None
    return text


def _redrive_policy(policy: Map, topic: Resource, spot: Spot, stack: Stack) -> str:
    spot = spot.below("RedrivePolicy.deadLetterTargetArn", policy.value_place("deadLetterTargetArn"))
    arn = stack.arn(policy["deadLetterTargetArn"], (QUEUE,), spot)
    fifo = topic.properties.get("FifoTopic", False)
    if arn.endswith(".fifo") != fifo:
        kind = "FIFO" if fifo else "standard"
        raise spot.error(
            PropertiesContradict, f"{spot.path} of {spot.resource} is {arn}, and {topic.logical_id} is a {kind} topic.",
            expected=f"a {kind} queue", see="https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
        )  # fmt: skip
    return json.dumps({"deadLetterTargetArn": arn})
