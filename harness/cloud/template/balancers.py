"""Builds the specs of Application Load Balancers, and refuses what AWS refuses to create.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

import fnmatch
from collections.abc import Callable
from typing import Any, TypeVar

from harness.cloud.template.balancer_rules import (
    RULES_PER_BALANCER,
    BalancerRefused,
    action_of,
    balancer_attributes_of,
    conditions_of,
    group_attributes_of,
    health_check_of,
)
from harness.cloud.template.errors import MissingProperty, PropertiesContradict, TemplateError
from harness.cloud.template.model_balancer import (
    ActionSpec,
    ForwardSpec,
    ListenerSpec,
    LoadBalancerSpec,
    LoadBalancing,
    RuleSpec,
    TargetGroupSpec,
    TargetSpec,
)
from harness.cloud.template.schema import (
    ALIAS,
    FUNCTION,
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER,
    PERMISSION,
    TARGET_GROUP,
    VERSION,
)
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map, plain

PRINCIPAL = "elasticloadbalancing.amazonaws.com"
_LAMBDA_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"

T = TypeVar("T")


def load_balancing(stack: Stack) -> LoadBalancing:
    """All load balancers of the template, with listeners, rules and target groups."""
    built = LoadBalancing(
        balancers={each.logical_id: _balancer(each, stack) for each in stack.of(LOAD_BALANCER)},
        listeners={each.logical_id: _listener(each, stack) for each in stack.of(LISTENER)},
        rules={each.logical_id: _rule(each, stack) for each in stack.of(LISTENER_RULE)},
        groups={each.logical_id: _group(each, stack) for each in stack.of(TARGET_GROUP)},
    )
    _refuse_same_ports(built, stack)
    _refuse_same_priorities(built, stack)
    return built


def _balancer(balancer: Resource, stack: Stack) -> LoadBalancerSpec:
    properties = balancer.properties
    key = "LoadBalancerAttributes"
    if "Subnets" not in properties and "SubnetMappings" not in properties:
        raise balancer.spot().error(
            MissingProperty, f"{balancer.logical_id} has neither Subnets nor SubnetMappings.",
            expected="the subnets the load balancer has an address in, two at least",
        )  # fmt: skip
    return LoadBalancerSpec(
        logical_id=balancer.logical_id,
        name=stack.name(balancer.logical_id),
        arn=stack.ref(balancer.logical_id),
        dns_name=stack.attribute(balancer.logical_id, "DNSName").lower(),
        scheme=properties.get("Scheme", "internet-facing"),
        attributes=_reading(balancer, key, lambda: balancer_attributes_of(_plain(balancer, key))),
        line=balancer.place.line,
    )


def _listener(listener: Resource, stack: Stack) -> ListenerSpec:
    properties = listener.properties
    balancer = stack.named(properties["LoadBalancerArn"], (LOAD_BALANCER,), listener.spot("LoadBalancerArn"))
    return ListenerSpec(
        logical_id=listener.logical_id,
        arn=stack.ref(listener.logical_id),
        balancer_arn=stack.ref(balancer.logical_id),
        port=properties["Port"],
        protocol=properties["Protocol"],
        action=_action(listener, "DefaultActions", stack),
        line=listener.place.line,
    )


def _rule(rule: Resource, stack: Stack) -> RuleSpec:
    properties = rule.properties
    listener = stack.named(properties["ListenerArn"], (LISTENER,), rule.spot("ListenerArn"))
    return RuleSpec(
        logical_id=rule.logical_id,
        arn=stack.ref(rule.logical_id),
        listener_arn=stack.ref(listener.logical_id),
        priority=properties["Priority"],
        conditions=_reading(rule, "Conditions", lambda: conditions_of(_plain(rule, "Conditions"))),
        action=_action(rule, "Actions", stack),
        line=rule.place.line,
    )


def _action(resource: Resource, key: str, stack: Stack) -> ActionSpec:
    action: ActionSpec = _reading(resource, key, lambda: action_of(_plain(resource, key)))
    if isinstance(action, ForwardSpec):
        for group in action.groups:
            stack.named(group.arn, (TARGET_GROUP,), resource.spot(key), "write !Ref and the target group's logical id")
    return action


def _group(group: Resource, stack: Stack) -> TargetGroupSpec:
    properties = group.properties
    kind = properties.get("TargetType", "")
    if not kind:
        raise group.spot().error(
            MissingProperty,
            f"{group.logical_id} has no TargetType.",
            expected="lambda or ip: on AWS the default is instance, and there are no instances here",
        )
    for key in ("Port", "Protocol", "VpcId"):
        if kind == "ip" and key not in properties:
            raise group.spot().error(MissingProperty, f"{group.logical_id} lacks {key}.", expected=f"{key} with ip")
        if kind == "lambda" and key in properties:
            raise group.spot(key).error(
                PropertiesContradict, f"{group.logical_id} has {key}, and its targets are functions.",
                expected="no Port, Protocol or VpcId with TargetType lambda", try_=f"remove {key}",
            )  # fmt: skip
    return TargetGroupSpec(
        logical_id=group.logical_id,
        name=stack.name(group.logical_id),
        arn=stack.ref(group.logical_id),
        target_type=kind,
        targets=_targets(group, kind, stack),
        protocol=properties.get("Protocol", ""),
        port=properties.get("Port", 0),
        health_check=health_check_of(plain(properties), kind),
        attributes=_reading(
            group,
            "TargetGroupAttributes",
            lambda: group_attributes_of(_plain(group, "TargetGroupAttributes"), kind),
        ),
        line=group.place.line,
    )


def _targets(group: Resource, kind: str, stack: Stack) -> tuple[TargetSpec, ...]:
    targets = tuple(
        TargetSpec(id=one["Id"], port=one.get("Port", group.properties.get("Port", 0)))
        for one in group.properties.get("Targets", ())
    )
    if kind == "lambda":
        if len(targets) > 1:
            raise group.spot("Targets").error(
                PropertiesContradict, f"{group.logical_id} has {len(targets)} targets of type lambda.",
                expected="one function for each target group", see=_LAMBDA_PAGE,
            )  # fmt: skip
        for target in targets:
            _refuse_without_permission(group, target.id, stack)
    return targets


# ---- permission -------------------------------------------------------------------------------


def _refuse_without_permission(group: Resource, function_arn: str, stack: Stack) -> None:
    """A function is registered only if the load balancers may invoke it at that moment."""
    spot = group.spot("Targets")
    stack.named(function_arn, (FUNCTION, ALIAS, VERSION), spot, "write !GetAtt and the function's logical id, .Arn")
    group_arn = stack.ref(group.logical_id)
    late = False
    for permission in stack.of(PERMISSION):
        if not _grants(permission.properties, function_arn):
            continue
        pattern = str(permission.properties.get("SourceArn", "*"))
        if pattern == group_arn:  # only a reference can give this ARN, so the group is there before the permission
            late = True
        elif fnmatch.fnmatchcase(group_arn, pattern):
            if permission.logical_id not in stack.needs.get(group.logical_id, {}):
                stack.warnings.append(
                    f"{group.logical_id} does not say DependsOn: {permission.logical_id}. AWS creates the two in any "
                    "order, and refuses the target where the permission comes second."
                )
            return
    raise spot.error(
        PropertiesContradict,
        "elasticloadbalancing principal does not have permission to invoke "
        f"{function_arn} from target group {group_arn}.",
        expected=f"an AWS::Lambda::Permission for it that exists before {group.logical_id}: "
        f"Action lambda:InvokeFunction, Principal {PRINCIPAL}",
        try_="leave SourceArn out of the permission, and let the target group say DependsOn the permission"
        if late
        else f"add the permission, and DependsOn to {group.logical_id}",
        see=_LAMBDA_PAGE,
    )


def _grants(permission: Map, function_arn: str) -> bool:
    """Whether a permission is about exactly this function, version or alias."""
    return (
        _function(str(permission.get("FunctionName"))) == _function(function_arn)
        and permission.get("Principal") == PRINCIPAL
        and permission.get("Action") in ("lambda:InvokeFunction", "lambda:*", "*")
    )


def _function(named: str) -> tuple[str, str]:
    """Name and qualifier in a name or ARN."""
    name, _, qualifier = named.rpartition(":function:")[2].partition(":")
    return name, qualifier


# ---- what may not be twice --------------------------------------------------------------------


def _refuse_same_ports(built: LoadBalancing, stack: Stack) -> None:
    seen: dict[tuple[str, int], str] = {}
    for listener in built.listeners.values():
        other = seen.setdefault((listener.balancer_arn, listener.port), listener.logical_id)
        if other != listener.logical_id:
            raise stack.resources[listener.logical_id].spot("Port").error(
                PropertiesContradict, f"{listener.logical_id} and {other} are both on port {listener.port}.",
                expected="a port of its own for each listener of a load balancer",
            )  # fmt: skip


def _refuse_same_priorities(built: LoadBalancing, stack: Stack) -> None:
    seen: dict[tuple[str, int], str] = {}
    for rule in built.rules.values():
        other = seen.setdefault((rule.listener_arn, rule.priority), rule.logical_id)
        if other != rule.logical_id:
            raise stack.resources[rule.logical_id].spot("Priority").error(
                PropertiesContradict, f"{rule.logical_id} and {other} have the same priority: {rule.priority}.",
                expected="a priority of its own for each rule of a listener",
            )  # fmt: skip
    if len(built.rules) > RULES_PER_BALANCER:
        last = list(built.rules)[RULES_PER_BALANCER]
        raise stack.resources[last].spot().error(
            PropertiesContradict, f"The template has {len(built.rules)} listener rules.",
            expected=f"at most {RULES_PER_BALANCER} for a load balancer",
        )  # fmt: skip


# ---- details ----------------------------------------------------------------------------------


def _reading(resource: Resource, key: str, read: Callable[[], T]) -> T:
    """What AWS refuses, said with the line."""
    try:
        return read()
    except BalancerRefused as refusal:
        spot = resource.spot(key)
        error: TemplateError = spot.error(
            PropertiesContradict, f"{key} of {resource.logical_id}: {refusal.message}", expected="what AWS takes"
        )
        raise error from None


def _plain(resource: Resource, key: str) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = plain(resource.properties.get(key)) or []
    return value
