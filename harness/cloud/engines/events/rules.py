"""PutRule and its kin, and the ticking of rules that have a schedule.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
"""

import json
import random
from typing import Any

from harness.cloud.engines.events import requests
from harness.cloud.engines.events.entries import envelope
from harness.cloud.engines.events.errors import EventsError, invalid
from harness.cloud.engines.events.pages import page
from harness.cloud.engines.events.publishing import Publisher
from harness.cloud.engines.events.store import Rule, Store, is_name
from harness.cloud.pattern_operators import InvalidEventPatternError
from harness.cloud.patterns import EventPattern
from harness.cloud.schedules.errors import InvalidExpressionError
from harness.cloud.schedules.expressions import read_expression
from harness.cloud.schedules.timetable import Timetable, When
from harness.simulation.clock import Clock
from harness.simulation.randomness import uuid_from

NAME_LIMIT = 64
PATTERN_CHARACTERS = 4096
RULES_LIMIT = 300
STATES = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


class RuleActions:
    """What the API can do with rules."""

    def __init__(
        self, store: Store, publisher: Publisher, timetable: Timetable, clock: Clock, ids: random.Random
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._timetable = timetable
        self._clock = clock
        self._ids = ids

    def put(self, request: requests.PutRule, *, label: str = "") -> dict[str, Any]:
        """PutRule: creates a rule, or changes it and keeps its targets."""
        bus = self._store.bus(request.event_bus_name)
        old = bus.rules.get(request.name)
        self._check(request, bus.name)
        if old is None and len(bus.rules) >= RULES_LIMIT:
            raise EventsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        pattern = read_pattern(request.event_pattern) if request.event_pattern else None
        rule = Rule(
            name=request.name,
            arn=self._store.rule_arn(bus.name, request.name),
            bus=bus.name,
            label=label or (old.label if old else request.name),
            pattern_text=request.event_pattern or "",
            pattern=pattern,
            schedule=request.schedule_expression or "",
            enabled=request.state != "DISABLED",
            description=request.description,
            role=request.role_arn,
            targets=old.targets if old else {},
        )
        bus.rules[request.name] = rule
        self._tick(rule)
        return {"RuleArn": rule.arn}

    def _check(self, request: requests.PutRule, bus: str) -> None:
        if not is_name(request.name, NAME_LIMIT):
            raise invalid(f"Parameter Name is not valid. Reason: {request.name!r}")
        if not request.event_pattern and not request.schedule_expression:
            raise invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
        if request.schedule_expression and bus != "default":
            raise invalid("ScheduleExpression is supported only on the default event bus.")
        if request.state not in STATES:
            raise invalid(
                f"1 validation error detected: Value '{request.state}' at 'state' failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{', '.join(STATES)}]"
            )
        if request.schedule_expression:
            try:
                read_expression(request.schedule_expression)
            except InvalidExpressionError:
                raise invalid("Parameter ScheduleExpression is not valid.") from None

    def _tick(self, rule: Rule) -> None:
        """A rule with a schedule ticks while it is enabled."""
        if not rule.schedule or not rule.enabled:
            self._timetable.remove(rule.arn)
            return
        when = When(expression=read_expression(rule.schedule))
        self._timetable.set(rule.arn, when, lambda due_s: self._fire(rule))

    def _fire(self, rule: Rule) -> None:
        """What a scheduled rule sends: to its own targets only."""
        event = envelope(
            event_id=uuid_from(self._ids),
            source="aws.events",
            detail_type="Scheduled Event",
            detail={},
            resources=[rule.arn],
            unix_s=self._clock.unix_s(),
            account_id=self._store.account_id,
            region=self._store.region,
        )
        self._publisher.send(rule, event)

    def describe(self, request: requests.NamedRule) -> dict[str, Any]:
        """DescribeRule."""
        return _shown(self._store.rule(request.name, request.event_bus_name)) | {"CreatedBy": self._store.account_id}

    def list(self, request: requests.Listing) -> dict[str, Any]:
        """ListRules."""
        rules = self._store.bus(request.event_bus_name).rules.values()
        named = [_shown(rule) for rule in rules if rule.name.startswith(request.name_prefix)]
        return page("Rules", named, request.next_token, request.limit)

    def list_names(self, request: requests.OfTarget) -> dict[str, Any]:
        """ListRuleNamesByTarget."""
        rules = self._store.bus(request.event_bus_name).rules.values()
        names = [rule.name for rule in rules if any(each.arn == request.target_arn for each in rule.targets.values())]
        return page("RuleNames", names, request.next_token, request.limit)

    def enable(self, request: requests.NamedRule) -> dict[str, Any]:
        """EnableRule."""
        return self._switch(request, on=True)

    def disable(self, request: requests.NamedRule) -> dict[str, Any]:
        """DisableRule."""
        return self._switch(request, on=False)

    def _switch(self, request: requests.NamedRule, *, on: bool) -> dict[str, Any]:
        rule = self._store.rule(request.name, request.event_bus_name)
        if rule.enabled != on:
            rule.enabled = on
            self._tick(rule)
        return {}

    def delete(self, request: requests.NamedRule) -> dict[str, Any]:
        """DeleteRule: not while it has targets; one that is not there is no error."""
        rules = self._store.bus(request.event_bus_name).rules
        rule = rules.get(request.name)
        if rule and rule.targets:
            raise invalid("Rule can't be deleted since it has targets.")
        if rule:
            self._timetable.remove(rule.arn)
            del rules[request.name]
        return {}

    def test_pattern(self, request: requests.TestEventPattern) -> dict[str, Any]:
        """TestEventPattern."""
        pattern = read_pattern(request.event_pattern)
        try:
            event = json.loads(request.event)
        except (ValueError, RecursionError):
            raise invalid("Parameter Event is not valid. Reason: it is no JSON") from None
        required = ("id", "account", "source", "time", "region", "resources", "detail-type")
        if not isinstance(event, dict) or any(key not in event for key in required):
            raise invalid(f"Parameter Event is not valid. Reason: it must have {', '.join(required)}")
        return {"Result": pattern.matches(event)}


def read_pattern(text: str) -> EventPattern:
    """The pattern of a rule or an archive.

    Raises:
        EventsError: AWS refuses it.
    """
    if len(text) > PATTERN_CHARACTERS:
        raise invalid(f"Parameter EventPattern is not valid. Reason: at most {PATTERN_CHARACTERS} characters.")
    try:
        return EventPattern(json.loads(text))
    except InvalidEventPatternError as error:
        raise EventsError(error.code, str(error)) from None
    except (ValueError, RecursionError):
        raise EventsError("InvalidEventPatternException", "Event pattern is not valid. Reason: not JSON") from None


def _shown(rule: Rule) -> dict[str, Any]:
    shown = {
        "Name": rule.name,
        "Arn": rule.arn,
        "EventPattern": rule.pattern_text,
        "ScheduleExpression": rule.schedule,
        "State": "ENABLED" if rule.enabled else "DISABLED",
        "Description": rule.description,
        "RoleArn": rule.role,
        "EventBusName": rule.bus,
    }
    return {key: value for key, value in shown.items() if value}
