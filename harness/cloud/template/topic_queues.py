"""What SAM makes of an SNS event with `SqsSubscription`: a queue, its policy and its mapping.

With a queue of the template in its place only the policy and the mapping are made. The
subscription itself is the event's.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sqssubscriptionobject.html
"""

from typing import Any

from harness.cloud.template.schema import FUNCTION, MAPPING, QUEUE
from harness.cloud.template.tree import Items, Map, Place, section

BATCH_SIZE = 10
_OWN_BATCH_KEYS = ("BatchSize", "Enabled")


def queue_id(function: str, event: str) -> str:
    """Logical id of the queue SAM makes for an event."""
    return f"{function}{event}Queue"


def add_topic_queues(resources: Map) -> None:
    """Adds them, in place."""
    for function_id, resource in list(resources.items()):
        if resource["Type"] != FUNCTION:
            continue
        properties = section(resource, "Properties")
        events = section(properties, "Events")
        for name in events:
            event = section(events, name)
            subscription = section(event, "Properties").get("SqsSubscription")
            if event.get("Type") == "SNS" and subscription not in (None, False, "false"):
                alias = ".Alias" if "AutoPublishAlias" in properties else ""
                _add(function_id, name, event, f"{function_id}{alias}", resources)


def _add(function_id: str, name: str, event: Map, invoked: str, resources: Map) -> None:
    properties = section(event, "Properties")
    given = section(properties, "SqsSubscription")
    place = properties.key_place("SqsSubscription")
    own = queue_id(function_id, name)
    arn, url = given.get("QueueArn"), given.get("QueueUrl")
    if not given:
        arn, url = {"Fn::GetAtt": [own, "Arn"]}, {"Ref": own}
        _put(own, {"Type": QUEUE}, resources, place)
    statement = {
        "Action": "sqs:SendMessage",
        "Effect": "Allow",
        "Principal": "*",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": properties.get("Topic")}},
    }
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}, "Queues": [url]}
    policy_id = given.get("QueuePolicyLogicalId") or f"{own}Policy"
    _put(str(policy_id), {"Type": "AWS::SQS::QueuePolicy", "Properties": policy}, resources, place)
    batch = {"BatchSize": BATCH_SIZE} | {key: given[key] for key in _OWN_BATCH_KEYS if key in given}
    mapping = {"FunctionName": {"Ref": invoked}, "EventSourceArn": arn, **batch}
    _put(f"{function_id}{name}EventSourceMapping", {"Type": MAPPING, "Properties": mapping}, resources, place)


def _put(logical_id: str, resource: dict[str, Any], resources: Map, place: Place) -> None:
    if logical_id not in resources:
        resources.put(logical_id, _tree(resource, place), place, place)


def _tree(value: Any, place: Place) -> Any:
    """The value as a part of a template; what comes out of the template stays as it is."""
    if isinstance(value, dict) and not isinstance(value, Map):
        result = Map(place)
        for key, each in value.items():
            result.put(key, _tree(each, place), place, place)
        return result
    if isinstance(value, list) and not isinstance(value, Items):
        items = Items(place)
        for each in value:
            items.add(_tree(each, place), place)
        return items
    return value
