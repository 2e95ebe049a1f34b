"""Schedules and what they fire: the state behind the API of EventBridge Scheduler.

Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import json
from dataclasses import dataclass

from harness.cloud.engines.events.entries import iso_time
from harness.cloud.engines.scheduler.records import ScheduleFailed, ScheduleFired
from harness.cloud.engines.scheduler.requests import Schedule, Target
from harness.cloud.target_delivery import Outcome, Parcel, RetryPolicy, Sender, TargetError, deliver
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.trace import Trace


@dataclass(frozen=True)
class Kept:
    """A schedule as it stands.

    Attributes:
        label: what the trace calls it: its logical id, or its name.
    """

    request: Schedule
    arn: str
    label: str
    created_s: float
    changed_s: float


class Firing:
    """Brings what schedules send to their targets."""

    def __init__(
        self, *, loop: VirtualLoop, trace: Trace, randomness: Randomness, sender: Sender, account_id: str, region: str
    ) -> None:
        self._loop = loop
        self._trace = trace
        self._chance = randomness.stream("scheduler/deliveries")
        self._sender = sender
        self._account_id = account_id
        self._region = region

    def fire(self, schedule: Kept, due_s: int) -> None:
        """The schedule's target is invoked, or will be, or it is given up."""
        self._loop.keep(self._bring(schedule, due_s))

    async def _bring(self, schedule: Kept, due_s: int) -> None:
        target = schedule.request.target
        assert target is not None
        execution_id = uuid_from(self._chance)

        async def attempt(number: int) -> None:
            await self._sender.send(self._parcel(schedule, target, due_s, execution_id, number))

        outcome = await deliver(attempt, _policy(target), self._loop, self._chance)
        label = self._sender.label(target.arn)
        if outcome.error is None:
            self._trace.append(ScheduleFired(schedule=schedule.label, target=label, retries=outcome.retries))
        else:
            parcel = self._parcel(schedule, target, due_s, execution_id, outcome.retries + 1)
            self._drop(_Given(schedule, target, outcome, outcome.error, parcel), due_s, execution_id)

    def _parcel(self, schedule: Kept, target: Target, due_s: int, execution_id: str, number: int) -> Parcel:
        text = target.input
        if text is None:
            text = self._default_input(schedule, due_s, execution_id)
        for name, value in {
            "schedule-arn": schedule.arn,
            "scheduled-time": iso_time(due_s),
            "execution-id": execution_id,
            "attempt-number": str(number),
        }.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        event_bridge = target.event_bridge_parameters
        return Parcel(
            arn=target.arn,
            text=text,
            sender=schedule.arn,
            cause=f"schedule {schedule.label}",
            role=True,
            message_group_id=target.sqs_parameters.message_group_id if target.sqs_parameters else "",
            partition_key=target.kinesis_parameters.partition_key if target.kinesis_parameters else "",
            detail_type=event_bridge.detail_type if event_bridge else "",
            source=event_bridge.source if event_bridge else "",
        )

    def _default_input(self, schedule: Kept, due_s: int, execution_id: str) -> str:
        """What a target gets that has no Input."""
        return json.dumps(
            {
                "version": "0",
                "id": execution_id,
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": self._account_id,
                "time": iso_time(due_s),
                "region": self._region,
                "resources": [schedule.arn],
                "detail": "{}",
            }
        )

    def _drop(self, given: "_Given", due_s: int, execution_id: str) -> None:
        """Gives it up: into the dead-letter queue, or for good."""
        target, outcome, error = given.target, given.outcome, given.error
        queue = target.dead_letter_config.arn if target.dead_letter_config else ""
        attributes = {
            "ERROR_CODE": error.code,
            "ERROR_MESSAGE": error.message,
            "EXECUTION_ID": execution_id,
            "EXHAUSTED_RETRY_CONDITION": outcome.exhausted,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(outcome.retries),
            "SCHEDULED_TIME": iso_time(due_s),
            "SCHEDULE_ARN": given.schedule.arn,
            "TARGET_ARN": target.arn,
        }
        stated = {name: value for name, value in attributes.items() if value}
        kept = bool(queue) and self._sender.dead_letter(queue, given.parcel.text, stated, given.parcel)
        self._trace.append(
            ScheduleFailed(
                schedule=given.schedule.label,
                target=self._sender.label(target.arn),
                error=error.code,
                message=error.message,
                retries=outcome.retries,
                exhausted=outcome.exhausted,
                dead_letter_queue=self._sender.label(queue) if kept else "",
            )
        )


@dataclass(frozen=True)
class _Given:
    """Something that is given up."""

    schedule: Kept
    target: Target
    outcome: Outcome
    error: TargetError
    parcel: Parcel


def _policy(target: Target) -> RetryPolicy:
    default = RetryPolicy()
    if target.retry_policy is None:
        return default
    attempts = target.retry_policy.maximum_retry_attempts
    age_s = target.retry_policy.maximum_event_age_in_seconds
    return RetryPolicy(default.attempts if attempts is None else attempts, default.age_s if age_s is None else age_s)
