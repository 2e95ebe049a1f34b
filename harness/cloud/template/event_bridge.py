"""Builds what a template says of EventBridge and its Scheduler.

A SAM event and the plain resource SAM would make of it come out the same.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
"""

import json
from datetime import datetime
from typing import Any

from harness.cloud.patterns import InvalidEventPatternError, check_pattern
from harness.cloud.schedules.errors import InvalidExpressionError
from harness.cloud.schedules.expressions import read_expression
from harness.cloud.template.errors import MissingProperty, PropertiesContradict, PropertyOutOfRange
from harness.cloud.template.model_event_bridge import ArchiveSpec, BusSpec, EventBridgeSpec, RuleSpec, ScheduleSpec
from harness.cloud.template.schema import ARCHIVE, EVENT_BUS, FUNCTION, QUEUE, RULE, SCHEDULE
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import Map, plain, section

TARGET_TYPES = (FUNCTION, QUEUE, "AWS::SNS::Topic", "AWS::Kinesis::Stream", EVENT_BUS)
RULE_EVENTS = ("Schedule", "EventBridgeRule", "CloudWatchEvent")
_KEPT = ("RetryPolicy", "InputTransformer", "SqsParameters", "KinesisParameters", "EventBridgeParameters")
_NAME_LIMIT = 64


def event_bridge(stack: Stack) -> EventBridgeSpec:
    """Everything of the template that is EventBridge's."""
    spec = EventBridgeSpec()
    for resource in stack.resources.values():
        if resource.type == EVENT_BUS:
            spec.buses[resource.logical_id] = _bus(resource, stack)
        elif resource.type == RULE:
            spec.rules[resource.logical_id] = _rule(resource, stack)
        elif resource.type == ARCHIVE:
            spec.archives[resource.logical_id] = _archive(resource, stack)
        elif resource.type == SCHEDULE:
            spec.schedules[resource.logical_id] = _schedule(resource, stack)
        for event in resource.events:
            if event.kind in RULE_EVENTS:
                spec.rules[f"{resource.logical_id}{event.name}"] = _rule_of_event(event, resource, stack)
            elif event.kind == "ScheduleV2":
                spec.schedules[f"{resource.logical_id}{event.name}"] = _schedule_of_event(event, resource, stack)
    return spec


def _bus(bus: Resource, stack: Stack) -> BusSpec:
    return BusSpec(
        logical_id=bus.logical_id,
        name=stack.name(bus.logical_id),
        arn=stack.attribute(bus.logical_id, "Arn"),
        description=bus.properties.get("Description", ""),
        line=bus.place.line,
    )


def _archive(archive: Resource, stack: Stack) -> ArchiveSpec:
    properties = archive.properties
    creation: dict[str, Any] = {
        "ArchiveName": stack.name(archive.logical_id),
        "EventSourceArn": _bus_named(properties["SourceArn"], archive.spot("SourceArn"), stack),
        "RetentionDays": properties.get("RetentionDays", 0),
    }
    if "EventPattern" in properties:
        creation["EventPattern"] = _pattern(properties["EventPattern"], archive.spot("EventPattern"))
    return ArchiveSpec(logical_id=archive.logical_id, creation=creation, line=archive.place.line)


def _rule(rule: Resource, stack: Stack) -> RuleSpec:
    properties = rule.properties
    request: dict[str, Any] = {
        "Name": stack.name(rule.logical_id),
        "State": properties.get("State", "ENABLED"),
        "EventBusName": _bus_named(properties.get("EventBusName", "default"), rule.spot("EventBusName"), stack),
    }
    if "EventPattern" in properties:
        request["EventPattern"] = _pattern(properties["EventPattern"], rule.spot("EventPattern"))
    if "ScheduleExpression" in properties:
        request["ScheduleExpression"] = properties["ScheduleExpression"]
        _check_expression(properties["ScheduleExpression"], rule.spot("ScheduleExpression"))
        if request["EventBusName"] != "default":
            raise rule.spot("EventBusName").error(
                PropertiesContradict, f"{rule.logical_id} has a ScheduleExpression and is not on the default bus.",
                expected="schedules on the default bus only", try_="remove EventBusName",
            )  # fmt: skip
    if "EventPattern" not in properties and "ScheduleExpression" not in properties:
        raise rule.spot().error(
            MissingProperty, f"{rule.logical_id} has neither EventPattern nor ScheduleExpression.",
            expected="one of the two",
        )  # fmt: skip
    targets = tuple(_target(target, rule.spot().below("Targets", target.place), stack) for target in _targets(rule))
    return RuleSpec(logical_id=rule.logical_id, rule=request, targets=targets, line=rule.place.line)


def _targets(rule: Resource) -> list[Map]:
    targets: list[Map] = rule.properties.get("Targets", [])
    ids = [target["Id"] for target in targets]
    if len(set(ids)) != len(ids):
        raise rule.spot("Targets").error(
            PropertiesContradict, f"Two targets of {rule.logical_id} have the same Id.", expected="an Id for each"
        )
    return targets


def _target(target: Map, spot: Spot, stack: Stack) -> dict[str, Any]:
    arn = target["Arn"]
    if not arn.endswith(":event-bus/default"):
        stack.arn(arn, TARGET_TYPES, spot.below("Arn", target.value_place("Arn")))
    _check_json(target, spot)
    request = {"Id": target["Id"], "Arn": arn} | _delivery(target, spot, stack)
    if len([key for key in ("Input", "InputPath", "InputTransformer") if key in target]) > 1:
        raise spot.error(
            PropertiesContradict, f"A target of {spot.resource} has more than one input.",
            expected="one of Input, InputPath and InputTransformer",
        )  # fmt: skip
    return request


def _delivery(properties: Map, spot: Spot, stack: Stack) -> dict[str, Any]:
    """What is said of the input and of failures, the same in targets and events."""
    request: dict[str, Any] = {key: plain(properties[key]) for key in _KEPT if key in properties}
    request |= {key: properties[key] for key in ("Input", "InputPath") if key in properties}
    if dead_letter := section(properties, "DeadLetterConfig"):
        place = dead_letter.value_place("Arn")
        arn = stack.target(dead_letter["Arn"], (QUEUE,), spot.below("DeadLetterConfig.Arn", place))
        request["DeadLetterConfig"] = {"Arn": arn}
    return request


def _rule_of_event(event: Event, function: Resource, stack: Stack) -> RuleSpec:
    properties = event.properties
    logical_id = f"{function.logical_id}{event.name}"
    name = properties.get("Name") or properties.get("RuleName")
    request: dict[str, Any] = {
        "Name": name or stack.references.generated_name(logical_id, _NAME_LIMIT),
        "State": "ENABLED" if _is_enabled(properties) else "DISABLED",
        "EventBusName": _bus_named(properties.get("EventBusName", "default"), _at(event, "EventBusName"), stack),
    }
    if event.kind == "Schedule":
        request["ScheduleExpression"] = properties["Schedule"]
        _check_expression(properties["Schedule"], _at(event, "Schedule"))
    else:
        request["EventPattern"] = _pattern(properties["Pattern"], _at(event, "Pattern"))
    _check_json(properties, event.spot)
    target_id = section(properties, "Target").get("Id") or f"{logical_id}LambdaTarget"[:_NAME_LIMIT]
    target = {"Id": target_id, "Arn": _invoked(function, stack)} | _delivery(properties, event.spot, stack)
    return RuleSpec(
        logical_id=logical_id,
        rule=request,
        targets=(target,),
        permitted=function.logical_id,
        line=event.spot.place.line,
    )


def _schedule(schedule: Resource, stack: Stack) -> ScheduleSpec:
    properties = schedule.properties
    target: Map = properties["Target"]
    spot = schedule.spot("Target")
    if not target["Arn"].endswith(":event-bus/default"):
        stack.arn(target["Arn"], TARGET_TYPES, spot.below("Arn", target.value_place("Arn")))
    creation = {
        "Name": stack.name(schedule.logical_id),
        "Target": {"Arn": target["Arn"], "RoleArn": target["RoleArn"]} | _delivery(target, spot, stack),
        **_timing(properties, schedule.spot()),
    }
    return ScheduleSpec(logical_id=schedule.logical_id, creation=creation, line=schedule.place.line)


def _schedule_of_event(event: Event, function: Resource, stack: Stack) -> ScheduleSpec:
    properties = event.properties
    logical_id = f"{function.logical_id}{event.name}"
    _check_json(properties, event.spot)
    role = f"arn:aws:iam::{stack.references.account_id}:role/{logical_id}Role"
    creation = {
        "Name": properties.get("Name", logical_id[:_NAME_LIMIT]),
        "Target": {"Arn": _invoked(function, stack), "RoleArn": role} | _delivery(properties, event.spot, stack),
        **_timing(properties, event.spot),
    }
    return ScheduleSpec(logical_id=logical_id, creation=creation, line=event.spot.place.line)


def _timing(properties: Map, spot: Spot) -> dict[str, Any]:
    key = "ScheduleExpression"
    zone = properties.get("ScheduleExpressionTimezone", "UTC")
    _check_expression(properties[key], spot.below(key, properties.value_place(key)), zone=zone, once=True)
    timing: dict[str, Any] = {
        key: properties[key],
        "ScheduleExpressionTimezone": zone,
        "FlexibleTimeWindow": plain(properties.get("FlexibleTimeWindow", {"Mode": "OFF"})),
        "State": properties.get("State", "ENABLED"),
    }
    for key in ("StartDate", "EndDate"):
        if key in properties:
            timing[key] = _unix_s(properties[key], spot.below(key, properties.value_place(key)))
    return timing


def _unix_s(text: str, spot: Spot) -> float:
    try:
        return datetime.fromisoformat(text.removesuffix("Z") + "+00:00").timestamp()
    except ValueError:
        raise spot.refused(text, "a date and time in UTC: 2026-01-31T12:00:00.000Z") from None


def _invoked(function: Resource, stack: Stack) -> str:
    """The ARN events of a function invoke: the alias, if it has one."""
    arn = stack.attribute(function.logical_id, "Arn")
    alias = function.properties.get("AutoPublishAlias")
    return f"{arn}:{alias}" if alias else arn


def _is_enabled(properties: Map) -> bool:
    return bool(properties.get("Enabled", properties.get("State", "ENABLED") == "ENABLED"))


def _at(event: Event, key: str) -> Spot:
    return event.spot.below(key, event.properties.value_place(key))


def _bus_named(value: str, spot: Spot, stack: Stack) -> str:
    """The name of the bus which a name or ARN is about: the default one, or one of the template."""
    if value == "default" or value.endswith(":event-bus/default"):
        return "default"
    return stack.name(stack.named(value, (EVENT_BUS,), spot, "write !Ref and the bus's logical id").logical_id)


def _pattern(pattern: Any, spot: Spot) -> str:
    content = plain(pattern)
    try:
        check_pattern(content)
    except InvalidEventPatternError as error:
        raise spot.error(PropertyOutOfRange, f"{spot.path} of {spot.resource}: {error}") from None
    return json.dumps(content)


def _check_expression(expression: str, spot: Spot, *, zone: str = "UTC", once: bool = False) -> None:
    try:
        read_expression(expression, zone=zone, once=once)
    except InvalidExpressionError as error:
        raise spot.refused(expression, str(error)) from None


def _check_json(properties: Map, spot: Spot) -> None:
    """What a rule sends is JSON, and so is what any function gets."""
    if "Input" not in properties:
        return
    try:
        json.loads(properties["Input"])
    except (ValueError, RecursionError):
        inside = spot.below("Input", properties.value_place("Input"))
        raise inside.refused(properties["Input"], "JSON, in quotes") from None
