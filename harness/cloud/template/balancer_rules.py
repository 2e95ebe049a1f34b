"""Reads actions, conditions and attributes of load balancers: from a template or from an API call.

Both write them in the same words; what AWS refuses is refused here with AWS's error code.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.cloud.template.model_balancer import (
    ActionSpec,
    ConditionSpec,
    FixedResponseSpec,
    ForwardSpec,
    HealthCheckSpec,
    RedirectSpec,
    WeightedGroup,
)

RULES_PER_BALANCER = 100
VALUES_PER_RULE = 5
WILDCARDS_PER_RULE = 5
GROUPS_PER_ACTION = 5

_ONCE = ("host-header", "path-pattern", "http-request-method", "source-ip")
_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
_PATH = re.compile(r"[A-Za-z0-9_\-.$/~\"'@:+&%*?=;,!()\[\]]{1,128}")
_HOST = re.compile(r"[A-Za-z0-9.*?:-]{1,128}")
_METHOD = re.compile(r"[A-Z_-]{1,40}")


class BalancerRefused(Exception):
    """Elastic Load Balancing refuses a setting.

    Attributes:
        code: "ValidationError", "PriorityInUse", ...
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def refused(message: str) -> BalancerRefused:
    """A ValidationError."""
    return BalancerRefused("ValidationError", message)


# ---- actions ----------------------------------------------------------------------------------


def action_of(actions: Sequence[Mapping[str, Any]]) -> ActionSpec:
    """The one action of a rule or listener.

    Raises:
        BalancerRefused: it is none, more than one, or one that cannot be.
    """
    if len(actions) != 1:
        raise refused(f"A rule has exactly one action of type forward, redirect or fixed-response; got {len(actions)}.")
    action = actions[0]
    kind = action.get("Type")
    if kind == "forward":
        return _forward(action)
    if kind == "redirect":
        return _redirect(_part(action, "RedirectConfig"))
    if kind == "fixed-response":
        config = _part(action, "FixedResponseConfig")
        if not re.fullmatch(r"[245]\d\d", str(config.get("StatusCode", ""))):
            raise refused("A fixed-response action needs a StatusCode 2XX, 4XX or 5XX.")
        return FixedResponseSpec(
            status=int(config["StatusCode"]),
            content_type=str(config.get("ContentType", "")),
            body=str(config.get("MessageBody", "")),
        )
    raise refused(f"The simulator has no action of type {kind}: one of forward, redirect, fixed-response.")


def _forward(action: Mapping[str, Any]) -> ForwardSpec:
    config = _part(action, "ForwardConfig")
    listed = _parts(config, "TargetGroups")
    if not listed and "TargetGroupArn" in action:
        listed = [{"TargetGroupArn": action["TargetGroupArn"]}]
    groups = tuple(
        WeightedGroup(arn=str(one.get("TargetGroupArn", "")), weight=_whole(one.get("Weight", 1), "Weight", 0, 999))
        for one in listed
    )
    if not groups:
        raise refused("A forward action needs a target group.")
    if len(groups) > GROUPS_PER_ACTION:
        raise BalancerRefused("TooManyTargetGroups", f"A forward action has at most {GROUPS_PER_ACTION} target groups.")
    if len({group.arn for group in groups}) < len(groups):
        raise refused("A forward action names the same target group twice.")
    return ForwardSpec(groups=groups, stickiness_s=_stickiness_s(_part(config, "TargetGroupStickinessConfig")))


def _stickiness_s(config: Mapping[str, Any]) -> int:
    if str(config.get("Enabled", False)).lower() != "true":
        return 0
    if "DurationSeconds" not in config:
        raise refused("Target group stickiness that is enabled needs DurationSeconds.")
    return _whole(config["DurationSeconds"], "DurationSeconds", 1, 604_800)


def _redirect(config: Mapping[str, Any]) -> RedirectSpec:
    if config.get("StatusCode") not in ("HTTP_301", "HTTP_302"):
        raise refused("A redirect action needs a StatusCode: HTTP_301 or HTTP_302.")
    keys = ("protocol", "host", "port", "path", "query")
    given = {key: str(config[key.capitalize()]) for key in keys if key.capitalize() in config}
    spec = RedirectSpec(status=int(config["StatusCode"][5:]), **given)
    if spec == RedirectSpec(status=spec.status):
        raise BalancerRefused("InvalidLoadBalancerAction", "The redirect leads back to the request it answers.")
    return spec


# ---- conditions -------------------------------------------------------------------------------


def conditions_of(conditions: Sequence[Mapping[str, Any]]) -> tuple[ConditionSpec, ...]:
    """The conditions of a rule.

    Raises:
        BalancerRefused: too many, or with values that AWS does not take.
    """
    if not conditions:
        raise refused("A condition must be specified.")
    specs = tuple(_condition(condition) for condition in conditions)
    for field in _ONCE:
        if sum(spec.field == field for spec in specs) > 1:
            raise refused(f"A rule can have only one '{field}' condition.")
    texts = [text for spec in specs for text in (*spec.values, *(part for pair in spec.pairs for part in pair))]
    count = sum(len(spec.values) + len(spec.pairs) for spec in specs)
    if count > VALUES_PER_RULE:
        raise refused(f"A rule can have at most {VALUES_PER_RULE} condition values; got {count}.")
    wildcards = sum(text.count("*") + text.count("?") for text in texts)
    if wildcards > WILDCARDS_PER_RULE:
        raise refused(f"A rule can have at most {WILDCARDS_PER_RULE} wildcards; got {wildcards}.")
    return specs


def _condition(condition: Mapping[str, Any]) -> ConditionSpec:
    field = str(condition.get("Field", ""))
    if field not in _CONFIGS:
        raise refused(f"Condition field '{field}' must be one of '[{', '.join(_CONFIGS)}]'.")
    config = _part(condition, _CONFIGS[field])
    if "RegexValues" in condition or "RegexValues" in config:
        raise refused("This simulator has no RegexValues: write Values, with * and ?.")
    if field == "query-string":
        return _query_condition(config)
    values = tuple(str(value) for value in _list(config, "Values") or _list(condition, "Values"))
    if not values:
        raise refused(f"A condition value must be specified for '{field}'.")
    for value in values:
        _check_value(field, value)
    header = str(config.get("HttpHeaderName", ""))
    if field == "http-header" and not header:
        raise refused("An http-header condition needs HttpHeaderName.")
    return ConditionSpec(field=field, values=values, header=header)


def _query_condition(config: Mapping[str, Any]) -> ConditionSpec:
    pairs = tuple((str(one.get("Key", "")), str(one.get("Value", ""))) for one in _parts(config, "Values"))
    if not pairs or not all(value for _, value in pairs):
        raise refused("A query-string condition needs Values, each with a Value.")
    return ConditionSpec(field="query-string", pairs=pairs)


def _check_value(field: str, value: str) -> None:
    if field == "path-pattern" and not _PATH.fullmatch(value):
        raise refused(f"The path pattern '{value}' is not valid.")
    if field == "host-header" and not (_HOST.fullmatch(value) and "." in value):
        raise refused(f"The host header '{value}' is not valid.")
    if field == "http-request-method" and not _METHOD.fullmatch(value):
        raise refused(f"The method '{value}' is not valid: capital letters, hyphen and underscore.")
    if field == "source-ip":
        try:
            ipaddress.ip_network(value)
        except ValueError:
            raise refused(f"The CIDR block '{value}' is not valid.") from None


# ---- health checks ----------------------------------------------------------------------------


def health_check_of(properties: Mapping[str, Any], target_type: str) -> HealthCheckSpec:
    """The health check of a target group, defaults filled in.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    """
    is_lambda = target_type == "lambda"
    return HealthCheckSpec(
        enabled=bool(properties.get("HealthCheckEnabled", not is_lambda)),
        interval_s=properties.get("HealthCheckIntervalSeconds", 35 if is_lambda else 30),
        timeout_s=properties.get("HealthCheckTimeoutSeconds", 30 if is_lambda else 5),
        healthy_threshold=properties.get("HealthyThresholdCount", 5),
        unhealthy_threshold=properties.get("UnhealthyThresholdCount", 5 if is_lambda else 2),
        path=properties.get("HealthCheckPath", "/"),
        matcher=(properties.get("Matcher") or {}).get("HttpCode", "200"),
    )


def group_attributes_of(given: Sequence[Mapping[str, Any]], target_type: str) -> dict[str, str]:
    """The attributes of a target group.

    Raises:
        BalancerRefused: one that the type of target does not have.
    """
    attributes = {str(one.get("Key", "")): str(one.get("Value", "")) for one in given}
    for key, value in attributes.items():
        if key == "lambda.multi_value_headers.enabled":
            if target_type != "lambda" or value not in ("true", "false"):
                raise refused(f"Target group attribute '{key}' is true or false, of target groups of type lambda.")
        elif target_type == "lambda" or key not in GROUP_ATTRIBUTES:
            raise refused(f"Target group attribute key '{key}' is not recognized for targets of type {target_type}.")
        elif key == "stickiness.enabled" and value != "false":
            raise refused("This simulator has no stickiness of targets: use the stickiness of target groups.")
    return attributes


GROUP_ATTRIBUTES = (
    *("deregistration_delay.timeout_seconds", "slow_start.duration_seconds"),
    *("stickiness.enabled", "stickiness.type", "stickiness.lb_cookie.duration_seconds"),
)
BALANCER_ATTRIBUTES = {
    "idle_timeout.timeout_seconds": r"[1-9]\d{0,2}|[1-3]\d{3}|4000",
    "routing.http.xff_header_processing.mode": "append|preserve|remove",
    "routing.http.preserve_host_header.enabled": "true|false",
    "routing.http.drop_invalid_header_fields.enabled": "true|false",
    "routing.http2.enabled": "true|false",
    "deletion_protection.enabled": "true|false",
    "access_logs.s3.enabled": "true|false",
    "access_logs.s3.bucket": ".*",
    "access_logs.s3.prefix": ".*",
}
"""Of these the simulator acts on the first two."""


def balancer_attributes_of(given: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The attributes of a load balancer.

    Raises:
        BalancerRefused: one that this simulator does not know, or a value out of range.
    """
    attributes = {str(one.get("Key", "")): str(one.get("Value", "")) for one in given}
    for key, value in attributes.items():
        if key not in BALANCER_ATTRIBUTES:
            raise refused(f"Load balancer attribute key '{key}' is not recognized.")
        if not re.fullmatch(BALANCER_ATTRIBUTES[key], value):
            raise refused(f"Load balancer attribute value '{value}' is not valid for '{key}'.")
    return attributes


def _whole(value: Any, name: str, least: int, most: int) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 8 and least <= int(text) <= most):
        raise refused(f"{name} '{value}' must be between {least} and {most}.")
    return int(text)


def _part(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = whole.get(key) or {}
    if not isinstance(part, Mapping):
        raise refused(f"{key} must be a structure.")
    return part


def _list(whole: Mapping[str, Any], key: str) -> Sequence[Any]:
    listed = whole.get(key) or []
    if not isinstance(listed, list | tuple):
        raise refused(f"{key} must be a list.")
    return listed


def _parts(whole: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [_part({key: one}, key) for one in _list(whole, key)]
