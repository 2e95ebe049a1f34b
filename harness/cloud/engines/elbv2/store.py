"""The load balancers of an account as they are now: a template made them, API calls change them.

The data path (`event_sources/load_balancer.py`) reads this store at each request, so a change
takes effect with the next one. On AWS it takes a few seconds to reach every node.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from harness.cloud.template.balancer_rules import (
    RULES_PER_BALANCER,
    BalancerRefused,
    action_of,
    conditions_of,
    group_attributes_of,
    refused,
)
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

S = TypeVar("S", LoadBalancerSpec, ListenerSpec, RuleSpec, TargetGroupSpec)


class BalancerStore:
    """Everything by its ARN, in the order of creation.

    Attributes:
        health: by group and target id: "healthy", "unhealthy"; absent: nobody has looked.
    """

    def __init__(self, built: LoadBalancing) -> None:
        self.balancers: dict[str, LoadBalancerSpec] = {}
        self.listeners: dict[str, ListenerSpec] = {}
        self.rules: dict[str, RuleSpec] = {}
        self.groups: dict[str, TargetGroupSpec] = {}
        self.health: dict[tuple[str, str], str] = {}
        self._built = LoadBalancing()
        self.update(built)

    def update(self, built: LoadBalancing) -> None:
        """Becomes what a new version of the template says; what the API made beside it stays."""
        former = self._built
        _exchange(self.balancers, former.balancers.values(), built.balancers.values())
        _exchange(self.listeners, former.listeners.values(), built.listeners.values())
        _exchange(self.rules, former.rules.values(), built.rules.values())
        _exchange(self.groups, former.groups.values(), built.groups.values())
        self._built = built

    def listeners_of(self, balancer_arn: str) -> list[ListenerSpec]:
        """The listeners of a load balancer."""
        return [listener for listener in self.listeners.values() if listener.balancer_arn == balancer_arn]

    def rules_of(self, listener_arn: str) -> list[RuleSpec]:
        """The rules of a listener, in the order in which they are tried."""
        rules = [rule for rule in self.rules.values() if rule.listener_arn == listener_arn]
        return sorted(rules, key=lambda rule: rule.priority)

    def balancers_of(self, group_arn: str) -> list[str]:
        """The ARNs of the load balancers that forward to a group."""
        by_default = [one.arn for one in self.listeners.values() if group_arn in groups_of(one.action)]
        by_rule = [one.listener_arn for one in self.rules.values() if group_arn in groups_of(one.action)]
        listeners = [self.listeners[arn] for arn in [*by_default, *by_rule] if arn in self.listeners]
        return list(dict.fromkeys(listener.balancer_arn for listener in listeners))

    # ---- changes by API --------------------------------------------------------------------

    def modify_listener(self, arn: str, actions: Sequence[Mapping[str, Any]]) -> ListenerSpec:
        """Another default action."""
        listener = found(self.listeners, arn, "ListenerNotFound", "listener")
        self.listeners[arn] = replace(listener, action=self._action(actions))
        return self.listeners[arn]

    def modify_rule(
        self,
        arn: str,
        conditions: Sequence[Mapping[str, Any]] | None,
        actions: Sequence[Mapping[str, Any]] | None,
    ) -> RuleSpec:
        """Other conditions, or another action, or both; None: as it was."""
        rule = found(self.rules, arn, "RuleNotFound", "rule")
        if conditions is not None:
            rule = replace(rule, conditions=conditions_of(conditions))
        if actions is not None:
            rule = replace(rule, action=self._action(actions))
        self.rules[arn] = rule
        return rule

    def create_rule(
        self,
        arn: str,
        listener_arn: str,
        priority: int,
        conditions: Sequence[Mapping[str, Any]],
        actions: Sequence[Mapping[str, Any]],
    ) -> RuleSpec:
        """A new rule of a listener."""
        listener = found(self.listeners, listener_arn, "ListenerNotFound", "listener")
        if len(self.rules) >= RULES_PER_BALANCER:
            raise BalancerRefused("TooManyRules", f"A load balancer has at most {RULES_PER_BALANCER} rules.")
        self._refuse_priorities(listener.arn, {"": priority})
        rule = RuleSpec(
            logical_id="",
            arn=arn,
            listener_arn=listener.arn,
            priority=priority,
            conditions=conditions_of(conditions),
            action=self._action(actions),
        )
        self.rules[arn] = rule
        return rule

    def delete_rule(self, arn: str) -> None:
        """The rule is gone."""
        found(self.rules, arn, "RuleNotFound", "rule")
        del self.rules[arn]

    def set_priorities(self, priorities: Mapping[str, int]) -> list[RuleSpec]:
        """Other priorities for these rules, all or none."""
        rules = [found(self.rules, arn, "RuleNotFound", "rule") for arn in priorities]
        for listener_arn in dict.fromkeys(rule.listener_arn for rule in rules):
            of_listener = {rule.arn: priorities[rule.arn] for rule in rules if rule.listener_arn == listener_arn}
            self._refuse_priorities(listener_arn, of_listener)
        for rule in rules:
            self.rules[rule.arn] = replace(rule, priority=priorities[rule.arn])
        return [self.rules[rule.arn] for rule in rules]

    def set_targets(self, arn: str, targets: Sequence[TargetSpec]) -> None:
        """Exactly these targets from now on."""
        group = found(self.groups, arn, "TargetGroupNotFound", "target group")
        if group.target_type == "lambda" and len(targets) > 1:
            raise BalancerRefused("TooManyTargets", "A target group of type lambda has one target at most.")
        self.groups[arn] = replace(group, targets=tuple(targets))

    def set_group_attributes(self, arn: str, given: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Changes some attributes and returns all that were ever set."""
        group = found(self.groups, arn, "TargetGroupNotFound", "target group")
        attributes = {**group.attributes, **group_attributes_of(given, group.target_type)}
        self.groups[arn] = replace(group, attributes=attributes)
        return attributes

    def _action(self, actions: Sequence[Mapping[str, Any]]) -> ActionSpec:
        action = action_of(actions)
        for arn in groups_of(action):
            found(self.groups, arn, "TargetGroupNotFound", "target group")
        return action

    def _refuse_priorities(self, listener_arn: str, wanted: Mapping[str, int]) -> None:
        for priority in wanted.values():
            if not 1 <= priority <= 50_000:
                raise refused(f"Priority '{priority}' must be between 1 and 50000.")
        others = [rule.priority for rule in self.rules_of(listener_arn) if rule.arn not in wanted]
        everyone = [*others, *wanted.values()]
        for priority in wanted.values():
            if everyone.count(priority) > 1:
                raise BalancerRefused("PriorityInUse", f"Priority '{priority}' is currently in use")


def groups_of(action: ActionSpec) -> list[str]:
    """ARNs of the target groups an action forwards to."""
    return [group.arn for group in action.groups] if isinstance(action, ForwardSpec) else []


def found(kept: Mapping[str, S], arn: str, code: str, what: str) -> S:
    """What has this ARN.

    Raises:
        BalancerRefused: nothing has.
    """
    if arn not in kept:
        raise BalancerRefused(code, f"One or more {what}s not found: '{arn}'")
    return kept[arn]


def _exchange(kept: dict[str, S], former: Iterable[S], new: Iterable[S]) -> None:
    fresh = {spec.arn: spec for spec in new}
    for spec in former:
        if spec.arn not in fresh:
            kept.pop(spec.arn, None)
    kept.update(fresh)
