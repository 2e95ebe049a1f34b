"""Load balancers, listeners, rules and target groups in the words of the API's answers."""

from typing import Any

from harness.cloud.engines.elbv2.store import BalancerStore
from harness.cloud.template.model_balancer import (
    ActionSpec,
    ConditionSpec,
    FixedResponseSpec,
    ForwardSpec,
    ListenerSpec,
    LoadBalancerSpec,
    RuleSpec,
    TargetGroupSpec,
)
from harness.simulation.clock import EPOCH

_CONFIG = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "source-ip": "SourceIpConfig",
}
_HAS_VALUES = ("host-header", "path-pattern")
GROUP_DEFAULTS = {
    "lambda": {"lambda.multi_value_headers.enabled": "false"},
    "ip": {"deregistration_delay.timeout_seconds": "300", "stickiness.enabled": "false"},
}


def balancer(spec: LoadBalancerSpec) -> dict[str, Any]:
    """A load balancer."""
    return {
        "LoadBalancerArn": spec.arn,
        "DNSName": spec.dns_name,
        "CreatedTime": EPOCH.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "LoadBalancerName": spec.name,
        "Scheme": spec.scheme,
        "State": {"Code": "active"},
        "Type": "application",
        "IpAddressType": "ipv4",
    }


def listener(spec: ListenerSpec) -> dict[str, Any]:
    """A listener."""
    return {
        "ListenerArn": spec.arn,
        "LoadBalancerArn": spec.balancer_arn,
        "Port": spec.port,
        "Protocol": spec.protocol,
        "DefaultActions": [action(spec.action)],
    }


def rule(spec: RuleSpec) -> dict[str, Any]:
    """A rule."""
    return {
        "RuleArn": spec.arn,
        "Priority": str(spec.priority),
        "Conditions": [condition(one) for one in spec.conditions],
        "Actions": [action(spec.action)],
        "IsDefault": False,
    }


def default_rule(spec: ListenerSpec) -> dict[str, Any]:
    """The rule every listener ends with."""
    arn = spec.arn.replace(":listener/", ":listener-rule/")
    return {
        "RuleArn": f"{arn}/{spec.arn[-16:][::-1]}",
        "Priority": "default",
        "Conditions": [],
        "Actions": [action(spec.action)],
        "IsDefault": True,
    }


def condition(spec: ConditionSpec) -> dict[str, Any]:
    """A condition."""
    if spec.field == "query-string":
        pairs = [{"Key": key, "Value": value} if key else {"Value": value} for key, value in spec.pairs]
        return {"Field": spec.field, "QueryStringConfig": {"Values": pairs}}
    values = list(spec.values)
    if spec.field == "http-header":
        return {"Field": spec.field, "HttpHeaderConfig": {"HttpHeaderName": spec.header, "Values": values}}
    plain = {"Values": values} if spec.field in _HAS_VALUES else {}
    return {"Field": spec.field, **plain, _CONFIG[spec.field]: {"Values": values}}


def action(spec: ActionSpec) -> dict[str, Any]:
    """An action."""
    if isinstance(spec, ForwardSpec):
        stickiness: dict[str, Any] = {"Enabled": bool(spec.stickiness_s)}
        if spec.stickiness_s:
            stickiness["DurationSeconds"] = spec.stickiness_s
        config = {
            "TargetGroups": [{"TargetGroupArn": group.arn, "Weight": group.weight} for group in spec.groups],
            "TargetGroupStickinessConfig": stickiness,
        }
        only = {"TargetGroupArn": spec.groups[0].arn} if len(spec.groups) == 1 else {}
        return {"Type": "forward", **only, "Order": 1, "ForwardConfig": config}
    if isinstance(spec, FixedResponseSpec):
        fixed = {"MessageBody": spec.body, "StatusCode": str(spec.status), "ContentType": spec.content_type}
        return {"Type": "fixed-response", "Order": 1, "FixedResponseConfig": fixed}
    parts = {key.capitalize(): getattr(spec, key) for key in ("protocol", "port", "host", "path", "query")}
    return {
        "Type": "redirect",
        "Order": 1,
        "RedirectConfig": {**parts, "StatusCode": f"HTTP_{spec.status}"},
    }


def group(spec: TargetGroupSpec, store: BalancerStore) -> dict[str, Any]:
    """A target group."""
    check = spec.health_check
    network = {"Protocol": spec.protocol, "Port": spec.port, "ProtocolVersion": "HTTP1"} if spec.port else {}
    return {
        "TargetGroupArn": spec.arn,
        "TargetGroupName": spec.name,
        **network,
        "HealthCheckEnabled": check.enabled,
        "HealthCheckIntervalSeconds": check.interval_s,
        "HealthCheckTimeoutSeconds": check.timeout_s,
        "HealthyThresholdCount": check.healthy_threshold,
        "UnhealthyThresholdCount": check.unhealthy_threshold,
        "HealthCheckPath": check.path,
        "Matcher": {"HttpCode": check.matcher},
        "LoadBalancerArns": store.balancers_of(spec.arn),
        "TargetType": spec.target_type,
        "IpAddressType": "ipv4",
    }


def target_health(spec: TargetGroupSpec, store: BalancerStore) -> list[dict[str, Any]]:
    """How each target is."""
    described = []
    for target in spec.targets:
        identity: dict[str, Any] = {"Id": target.id}
        if target.port:
            identity["Port"] = target.port
        described.append({"Target": identity, "TargetHealth": _state(spec, target.id, store)})
    return described


def _state(spec: TargetGroupSpec, target_id: str, store: BalancerStore) -> dict[str, str]:
    if not store.balancers_of(spec.arn):
        return {
            "State": "unused",
            "Reason": "Target.NotInUse",
            "Description": "Target group is not configured to receive traffic from the load balancer",
        }
    if not spec.health_check.enabled:
        return {
            "State": "unavailable",
            "Reason": "Target.HealthCheckDisabled",
            "Description": "Health checks are not enabled for this target",
        }
    state = store.health.get((spec.arn, target_id), "healthy" if spec.target_type == "ip" else "initial")
    if state == "unhealthy":
        return {"State": state, "Reason": "Target.FailedHealthChecks", "Description": "Health checks failed"}
    if state == "initial":
        return {
            "State": state,
            "Reason": "Elb.InitialHealthChecking",
            "Description": "Initial health checks in progress",
        }
    return {"State": state}


def attributes(values: dict[str, str]) -> list[dict[str, str]]:
    """Attributes as the API lists them."""
    return [{"Key": key, "Value": value} for key, value in values.items()]
