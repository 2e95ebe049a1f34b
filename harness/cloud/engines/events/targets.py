"""PutTargets and its kin.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
"""

import re
from typing import Any

import msgspec

from harness.cloud.engines.events import requests
from harness.cloud.engines.events.errors import EventsError, invalid
from harness.cloud.engines.events.inputs import check_input
from harness.cloud.engines.events.pages import page
from harness.cloud.engines.events.store import Store, is_name

TARGETS_LIMIT = 5
KINDS = ("lambda", "sqs", "sns", "kinesis", "events")
"""Services that can be a target here."""

_RANGES = {"maximum_retry_attempts": (0, 185), "maximum_event_age_in_seconds": (60, 86_400)}


class TargetActions:
    """What the API can do with the targets of a rule."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, request: requests.OfRule) -> dict[str, Any]:
        """PutTargets: adds targets, and replaces those of the same id."""
        rule = self._store.rule(request.rule, request.event_bus_name)
        if not request.targets:
            raise invalid("Parameter(s) Targets must be specified.")
        for target in request.targets:
            check_target(target)
        if len({*rule.targets, *(target.id for target in request.targets)}) > TARGETS_LIMIT:
            raise EventsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        for target in request.targets:
            rule.targets[target.id] = target
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def remove(self, request: requests.OfRule) -> dict[str, Any]:
        """RemoveTargets."""
        rule = self._store.rule(request.rule, request.event_bus_name)
        failed = []
        for target_id in request.ids:
            if rule.targets.pop(target_id, None) is None:
                failed.append(
                    {
                        "TargetId": target_id,
                        "ErrorCode": "ResourceNotFoundException",
                        "ErrorMessage": f"Rule {rule.name} does not have target {target_id}.",
                    }
                )
        return {"FailedEntryCount": len(failed), "FailedEntries": failed}

    def list(self, request: requests.OfRule) -> dict[str, Any]:
        """ListTargetsByRule."""
        rule = self._store.rule(request.rule, request.event_bus_name)
        shown = [msgspec.to_builtins(target) for target in rule.targets.values()]
        return page("Targets", shown, request.next_token, request.limit)


def check_target(target: requests.Target) -> None:
    """Refuses what EventBridge refuses.

    Raises:
        EventsError: with the reason.
    """
    if not is_name(target.id, 64):
        raise invalid(f"Parameter Id is not valid. Reason: {target.id!r}")
    match = re.fullmatch(r"arn:aws:([a-z0-9-]+):[a-z0-9-]*:[0-9]{12}:.+", target.arn)
    if match is None:
        raise invalid(f"Parameter {target.arn} is not valid. Reason: Provided Arn is not in correct format.")
    if match[1] not in KINDS:
        raise invalid(f"A target of {match[1]} is not simulated: {', '.join(KINDS)} are.")
    if target.arn.endswith(".fifo") and not (target.sqs_parameters and target.sqs_parameters.message_group_id):
        raise invalid(f"Parameter(s) SqsParameters must be specified for target: {target.id}.")
    if target.sqs_parameters and not target.arn.endswith(".fifo"):
        raise invalid(f"Parameter(s) SqsParameters not valid for target {target.id}: it is no FIFO queue.")
    for name, (least, most) in _RANGES.items():
        value = getattr(target.retry_policy, name, None)
        if value is not None and not least <= value <= most:
            raise invalid(f"Parameter RetryPolicy is not valid. Reason: {name} must be from {least} to {most}.")
    check_input(target)
