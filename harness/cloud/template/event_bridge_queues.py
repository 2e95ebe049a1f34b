"""The dead-letter queues that SAM makes for events with `DeadLetterConfig: {Type: SQS}`.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deadletterconfig.html
"""

from typing import Any

from harness.cloud.template.schema import FUNCTION, QUEUE
from harness.cloud.template.tree import Items, Map, Place, section

KINDS = ("Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent")


def add_dead_letter_queues(resources: Map) -> None:
    """Adds them, each with the policy that lets EventBridge send to it, in place."""
    for function_id, resource in list(resources.items()):
        if resource["Type"] != FUNCTION:
            continue
        events = section(section(resource, "Properties"), "Events")
        for name in events:
            event = section(events, name)
            config = section(section(event, "Properties"), "DeadLetterConfig")
            if event.get("Type") in KINDS and config.get("Type") == "SQS" and "Arn" not in config:
                queue_id = str(config.get("QueueLogicalId") or f"{function_id}{name}Queue")
                place = config.key_place("Type")
                _add(queue_id, resources, place)
                config.put("Arn", _attribute(queue_id, "Arn", place), place, place)


def _add(queue_id: str, resources: Map, place: Place) -> None:
    if queue_id in resources:
        return
    resources.put(queue_id, _map({"Type": QUEUE}, place), place, place)
    statement = {
        "Effect": "Allow",
        "Principal": _map({"Service": "events.amazonaws.com"}, place),
        "Action": "sqs:SendMessage",
        "Resource": _attribute(queue_id, "Arn", place),
    }
    document = _map({"Version": "2012-10-17", "Statement": _list([_map(statement, place)], place)}, place)
    queues = _list([_map({"Ref": queue_id}, place)], place)
    properties = _map({"PolicyDocument": document, "Queues": queues}, place)
    policy = _map({"Type": "AWS::SQS::QueuePolicy", "Properties": properties}, place)
    resources.put(f"{queue_id}Policy", policy, place, place)


def _attribute(logical_id: str, name: str, place: Place) -> Map:
    return _map({"Fn::GetAtt": _list([logical_id, name], place)}, place)


def _map(content: dict[str, Any], place: Place) -> Map:
    result = Map(place)
    for key, value in content.items():
        result.put(key, value, place, place)
    return result


def _list(content: list[Any], place: Place) -> Items:
    result = Items(place)
    for value in content:
        result.add(value, place)
    return result
