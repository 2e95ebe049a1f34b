"""Elastic Load Balancing's API, as far as rules, weights and targets are changed while traffic flows.

Creating and deleting load balancers, listeners and target groups is the template's business.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from harness.cloud.engines.elbv2 import described
from harness.cloud.engines.elbv2.query import answer, error, parameters_of_form
from harness.cloud.engines.elbv2.store import BalancerStore, found
from harness.cloud.template.balancer_rules import BalancerRefused, refused
from harness.cloud.template.model_balancer import TargetGroupSpec, TargetSpec
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.wire import Call, Reply

MayInvoke = Callable[[str, str], bool]
"""Whether load balancers may invoke a function (by ARN) for a target group (by ARN)."""

_Parameters = Mapping[str, Any]


class BalancerService:
    """Serves the wire protocol for boto3's elbv2 client."""

    def __init__(self, store: BalancerStore, randomness: Randomness, may_invoke: MayInvoke) -> None:
        self.store = store
        self._chance = randomness.stream("elbv2/ids")
        self._may_invoke = may_invoke
        self._operations: dict[str, Callable[[_Parameters], dict[str, Any]]] = {
            "DescribeLoadBalancers": self._describe_load_balancers,
            "DescribeLoadBalancerAttributes": self._describe_load_balancer_attributes,
            "DescribeListeners": self._describe_listeners,
            "DescribeRules": self._describe_rules,
            "DescribeTargetGroups": self._describe_target_groups,
            "DescribeTargetGroupAttributes": self._describe_target_group_attributes,
            "DescribeTargetHealth": self._describe_target_health,
            "CreateRule": self._create_rule,
            "ModifyRule": self._modify_rule,
            "DeleteRule": self._delete_rule,
            "SetRulePriorities": self._set_rule_priorities,
            "ModifyListener": self._modify_listener,
            "ModifyTargetGroupAttributes": self._modify_target_group_attributes,
            "RegisterTargets": self._register_targets,
            "DeregisterTargets": self._deregister_targets,
        }

    async def answer(self, call: Call) -> Reply:
        """The service's answer."""
        request_id = uuid_from(self._chance)
        try:
            parameters = parameters_of_form(call.request.body)
        except ValueError as mistake:
            return error(400, "MalformedInput", str(mistake), request_id)
        operation = str(parameters.get("Action", ""))
        perform = self._operations.get(operation)
        if perform is None:
            return error(400, "InvalidAction", f"This simulator's load balancing has no {operation!r}.", request_id)
        try:
            return answer(operation, perform(parameters), request_id)
        except BalancerRefused as refusal:
            return error(400, refusal.code, refusal.message, request_id)

    # ---- looking -----------------------------------------------------------------------------

    def _describe_load_balancers(self, parameters: _Parameters) -> dict[str, Any]:
        arns, names = _list(parameters, "LoadBalancerArns"), _list(parameters, "Names")
        for arn in arns:
            found(self.store.balancers, str(arn), "LoadBalancerNotFound", "load balancer")
        known = [spec.name for spec in self.store.balancers.values()]
        if missing := [name for name in names if name not in known]:
            raise BalancerRefused("LoadBalancerNotFound", f"Load balancers '{missing}' not found")
        chosen = [
            spec
            for spec in self.store.balancers.values()
            if not (arns or names) or spec.arn in arns or spec.name in names
        ]
        return {"LoadBalancers": [described.balancer(spec) for spec in chosen]}

    def _describe_load_balancer_attributes(self, parameters: _Parameters) -> dict[str, Any]:
        arn = _text(parameters, "LoadBalancerArn")
        spec = found(self.store.balancers, arn, "LoadBalancerNotFound", "load balancer")
        values = {"idle_timeout.timeout_seconds": "60", "routing.http.xff_header_processing.mode": "append"}
        return {"Attributes": described.attributes({**values, **spec.attributes})}

    def _describe_listeners(self, parameters: _Parameters) -> dict[str, Any]:
        if "ListenerArns" in parameters:
            chosen = [
                found(self.store.listeners, str(arn), "ListenerNotFound", "listener")
                for arn in _list(parameters, "ListenerArns")
            ]
        else:
            arn = _text(parameters, "LoadBalancerArn")
            found(self.store.balancers, arn, "LoadBalancerNotFound", "load balancer")
            chosen = self.store.listeners_of(arn)
        return {"Listeners": [described.listener(spec) for spec in chosen]}

    def _describe_rules(self, parameters: _Parameters) -> dict[str, Any]:
        if "RuleArns" in parameters:
            rules = [found(self.store.rules, str(arn), "RuleNotFound", "rule") for arn in _list(parameters, "RuleArns")]
            return {"Rules": [described.rule(rule) for rule in rules]}
        listener = found(self.store.listeners, _text(parameters, "ListenerArn"), "ListenerNotFound", "listener")
        rules = self.store.rules_of(listener.arn)
        return {"Rules": [*[described.rule(rule) for rule in rules], described.default_rule(listener)]}

    def _describe_target_groups(self, parameters: _Parameters) -> dict[str, Any]:
        arns, names = _list(parameters, "TargetGroupArns"), _list(parameters, "Names")
        balancer_arn = parameters.get("LoadBalancerArn")
        for arn in arns:
            self._group(str(arn))
        known = [spec.name for spec in self.store.groups.values()]
        if missing := [name for name in names if name not in known]:
            raise BalancerRefused("TargetGroupNotFound", f"One or more target groups not found: '{missing}'")
        chosen = [
            spec
            for spec in self.store.groups.values()
            if (not arns or spec.arn in arns)
            and (not names or spec.name in names)
            and (not balancer_arn or balancer_arn in self.store.balancers_of(spec.arn))
        ]
        return {"TargetGroups": [described.group(spec, self.store) for spec in chosen]}

    def _describe_target_group_attributes(self, parameters: _Parameters) -> dict[str, Any]:
        group = self._group(_text(parameters, "TargetGroupArn"))
        values = {**described.GROUP_DEFAULTS[group.target_type], **group.attributes}
        return {"Attributes": described.attributes(values)}

    def _describe_target_health(self, parameters: _Parameters) -> dict[str, Any]:
        group = self._group(_text(parameters, "TargetGroupArn"))
        wanted = [target.id for target in _targets(parameters, group)]
        shown = described.target_health(group, self.store)
        return {"TargetHealthDescriptions": [one for one in shown if not wanted or one["Target"]["Id"] in wanted]}

    # ---- changing ----------------------------------------------------------------------------

    def _create_rule(self, parameters: _Parameters) -> dict[str, Any]:
        listener_arn = _text(parameters, "ListenerArn")
        arn = f"{listener_arn.replace(':listener/', ':listener-rule/')}/{self._chance.getrandbits(64):016x}"
        rule = self.store.create_rule(
            arn,
            listener_arn,
            _priority(parameters.get("Priority")),
            _structures(parameters, "Conditions"),
            _structures(parameters, "Actions"),
        )
        return {"Rules": [described.rule(rule)]}

    def _modify_rule(self, parameters: _Parameters) -> dict[str, Any]:
        rule = self.store.modify_rule(
            _text(parameters, "RuleArn"),
            _structures(parameters, "Conditions") if "Conditions" in parameters else None,
            _structures(parameters, "Actions") if "Actions" in parameters else None,
        )
        return {"Rules": [described.rule(rule)]}

    def _delete_rule(self, parameters: _Parameters) -> dict[str, Any]:
        self.store.delete_rule(_text(parameters, "RuleArn"))
        return {}

    def _set_rule_priorities(self, parameters: _Parameters) -> dict[str, Any]:
        pairs = _structures(parameters, "RulePriorities")
        wanted = {str(pair.get("RuleArn", "")): _priority(pair.get("Priority")) for pair in pairs}
        return {"Rules": [described.rule(rule) for rule in self.store.set_priorities(wanted)]}

    def _modify_listener(self, parameters: _Parameters) -> dict[str, Any]:
        if set(parameters) - {"Action", "Version", "ListenerArn", "DefaultActions"}:
            raise refused("This simulator changes nothing but the DefaultActions of a listener.")
        actions = _structures(parameters, "DefaultActions")
        listener = self.store.modify_listener(_text(parameters, "ListenerArn"), actions)
        return {"Listeners": [described.listener(listener)]}

    def _modify_target_group_attributes(self, parameters: _Parameters) -> dict[str, Any]:
        group = self._group(_text(parameters, "TargetGroupArn"))
        values = self.store.set_group_attributes(group.arn, _structures(parameters, "Attributes"))
        return {"Attributes": described.attributes({**described.GROUP_DEFAULTS[group.target_type], **values})}

    def _register_targets(self, parameters: _Parameters) -> dict[str, Any]:
        group = self._group(_text(parameters, "TargetGroupArn"))
        new = _targets(parameters, group)
        for target in new:
            if group.target_type == "lambda" and not self._may_invoke(target.id, group.arn):
                raise BalancerRefused(
                    "AccessDenied",
                    "elasticloadbalancing principal does not have permission to invoke "
                    f"{target.id} from target group {group.arn}",
                )
        self.store.set_targets(group.arn, [*[one for one in group.targets if one not in new], *new])
        return {}

    def _deregister_targets(self, parameters: _Parameters) -> dict[str, Any]:
        group = self._group(_text(parameters, "TargetGroupArn"))
        gone = [target.id for target in _targets(parameters, group)]
        self.store.set_targets(group.arn, [target for target in group.targets if target.id not in gone])
        return {}

    def _group(self, arn: str) -> TargetGroupSpec:
        return found(self.store.groups, arn, "TargetGroupNotFound", "target group")


def _targets(parameters: _Parameters, group: TargetGroupSpec) -> list[TargetSpec]:
    targets = []
    for one in _structures(parameters, "Targets"):
        port = str(one.get("Port", group.port))
        targets.append(TargetSpec(id=str(one.get("Id", "")), port=int(port) if port.isdigit() and len(port) < 6 else 0))
    return targets


def _list(parameters: _Parameters, name: str) -> list[Any]:
    value = parameters.get(name, [])
    return value if isinstance(value, list) else []


def _structures(parameters: _Parameters, name: str) -> list[dict[str, Any]]:
    return [one for one in _list(parameters, name) if isinstance(one, dict)]


def _text(parameters: _Parameters, name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str) or not value:
        raise refused(f"{name} must be specified.")
    return value


def _priority(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise refused(f"Priority '{text}' must be between 1 and 50000.")
    return int(text)
