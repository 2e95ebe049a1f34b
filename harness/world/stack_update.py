"""A stack update: the same template deployed again, with other values of its parameters.

Data stays: tables, queues with their messages, buckets, streams. Every execution environment
is new; an invocation that runs ends in the one it began in. What an update cannot change here
is refused by name, never left as it was without a word.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import msgspec

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.events.requests import NamedRule
from harness.cloud.engines.scheduler.requests import Schedule
from harness.cloud.errors import SubmissionError
from harness.cloud.template import EventSourceSpec, Template, read_template
from harness.cloud.template.model_event_bridge import EventBridgeSpec
from harness.event_sources.registry import refuse_what_is_missing
from harness.simulation.trace import Record
from harness.world.mappings import remove, switch
from harness.world.policies import update_policies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.world.deployment import Deployment, Setting


class StackUpdated(Record, frozen=True, kw_only=True, tag=True):
    """The stack was deployed again.

    Attributes:
        changed: logical ids of what is different now.
    """

    parameters: dict[str, str]
    changed: tuple[str, ...]


class UpdateNotSimulated(SubmissionError):
    """The update changes something that this simulator cannot change in a running stack."""


_DESCRIBE = ("folder", "file", "description", "parameters", "unused_parameters", "outputs", "warnings", "accepted")
"""Fields of a template that change nothing by themselves."""

_ENABLED = {"State": "ENABLED"}
_HERE = ("functions", "queues", "load_balancing", "event_sources", "permissions")


def update(deployment: Deployment, setting: Setting, parameters: Mapping[str, str]) -> None:
    """Deploys the submission again.

    Args:
        parameters: all of them, former overrides included.

    Raises:
        SubmissionError: the template cannot be read with these, or changes what cannot change.
    """
    services = {service.parameter: service.url for service in setting.services if service.parameter}
    new = read_template(setting.folder, parameters={**services, **parameters}, account_id=ACCOUNT_ID, region=REGION)
    refuse_what_is_missing(new)
    former = deployment.template
    _refuse_what_stays(former, new)
    _refuse_other_event_sources(former, new)
    changed = [*_functions(deployment, new), *_queues(deployment, new)]
    changed += [*_mappings(deployment, new), *_rules(deployment, new.event_bridge)]
    if new.load_balancing != former.load_balancing:
        changed += _load_balancing(deployment, new)
    deployment.template = new
    update_policies(former, deployment)
    deployment.trace.append(StackUpdated(parameters=dict(parameters), changed=tuple(changed)))


def _refuse_what_stays(former: Template, new: Template) -> None:
    for field in fields(Template):
        before, after = getattr(former, field.name), getattr(new, field.name)
        if field.name == "event_bridge":
            before, after = _timed(before), _timed(after)
        if field.name not in (*_DESCRIBE, *_HERE) and before != after:
            named = _different(before, after)
            raise UpdateNotSimulated(
                f"The new parameters change {', '.join(named) or field.name.replace('_', ' ')}.",
                expected="an update of functions, queues and load balancers; mappings, rules and schedules on or off",
                file="template.yaml",
                line=_line(after, named),
            )
    kept = [(each.functions, each.queues, each.load_balancing.balancers) for each in (former, new)]
    for before, after in zip(*kept, strict=True):
        if list(before) != list(after):
            named = list(dict.fromkeys([*before, *after]))
            only = [each for each in named if (each in before) != (each in after)]
            raise UpdateNotSimulated(
                f"The new parameters create or remove {', '.join(only)}.",
                expected="the same functions, queues and load balancers before and after an update",
                try_="create it always, and let the parameter decide what it does",
                file="template.yaml",
            )


def _functions(deployment: Deployment, new: Template) -> list[str]:
    """Every function as it is now; each gets new environments, and where SAM publishes it, a version."""
    for spec in new.functions.values():
        deployment.functions.update(spec)
    return _different(deployment.template.functions, new.functions)


def _queues(deployment: Deployment, new: Template) -> list[str]:
    changed = []
    for logical_id, spec in new.queues.items():
        former = deployment.template.queues[logical_id].attributes
        if spec.attributes != former:
            deployment.queues[logical_id].queue.set_attributes(spec.attributes)
            changed.append(logical_id)
    return changed


def _load_balancing(deployment: Deployment, new: Template) -> list[str]:
    """Rules, weights, listeners and target groups as they are now."""
    former = deployment.template.load_balancing
    if deployment.balancer_store is None:
        raise UpdateNotSimulated("The new parameters create the first target group.", file="template.yaml")
    deployment.balancer_store.update(new.load_balancing)
    changed: list[str] = []
    for name in ("balancers", "listeners", "rules", "groups"):
        changed += _different(getattr(former, name), getattr(new.load_balancing, name))
    return changed


def _refuse_other_event_sources(former: Template, new: Template) -> None:
    """Mappings come and go, on and off, and those that stay are what they were."""
    before, after = ({spec.key: spec for spec in template.event_sources} for template in (former, new))
    for key, spec in after.items():
        if key in before and _switched_on(before[key]) != _switched_on(spec):
            raise UpdateNotSimulated(
                f"The new parameters change the event source {spec.name} of {spec.function}.",
                expected="each event source as it was, enabled or not, or not there at all",
                try_="set its Enabled by the parameter",
                file="template.yaml",
                line=spec.line,
            )


def _switched_on(spec: EventSourceSpec) -> EventSourceSpec:
    return replace(spec, enabled=True, line=0)


def _mappings(deployment: Deployment, new: Template) -> list[str]:
    """Event source mappings come and go, on and off."""
    former = {spec.key: spec for spec in deployment.template.event_sources}
    left = {spec.key for spec in new.event_sources}
    gone = [spec for spec in former.values() if spec.key not in left]
    for spec in gone:
        remove(deployment, spec)
    changed = [spec for spec in new.event_sources if spec.enabled != (spec.key in former and former[spec.key].enabled)]
    for spec in changed:
        switch(deployment, spec)
    return [f"{spec.function}.{spec.name}" for spec in [*gone, *changed]]


def _timed(spec: EventBridgeSpec) -> EventBridgeSpec:
    """The same with every rule and schedule enabled."""
    rules = {key: replace(rule, rule=rule.rule | _ENABLED) for key, rule in spec.rules.items()}
    schedules = {key: replace(one, creation=one.creation | _ENABLED) for key, one in spec.schedules.items()}
    return replace(spec, rules=rules, schedules=schedules)


def _rules(deployment: Deployment, new: EventBridgeSpec) -> list[str]:
    """Rules and schedules go on and off."""
    former = deployment.template.event_bridge
    rules, schedules = _different(former.rules, new.rules), _different(former.schedules, new.schedules)
    for logical_id in rules:
        rule = new.rules[logical_id].rule
        named = NamedRule(name=rule["Name"], event_bus_name=rule["EventBusName"])
        actions = deployment.events.rules
        (actions.disable if rule["State"] == "DISABLED" else actions.enable)(named)
    for logical_id in schedules:
        deployment.scheduler.update(msgspec.convert(new.schedules[logical_id].creation, Schedule))
    return rules + schedules


def _different(before: Any, after: Any) -> list[str]:
    """Logical ids whose specs differ."""
    if isinstance(before, EventBridgeSpec):
        pairs = zip(before.all(), after.all(), strict=True)
        return [name for former, new in pairs for name in _different(former, new)]
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [str(name) for name in {**before, **after} if before.get(name) != after.get(name)]


def _line(specs: Any, named: list[str]) -> int:
    spec = specs.get(named[0]) if named and isinstance(specs, dict) else None
    return int(getattr(spec, "line", 0))
