"""The requests of the EventBridge Scheduler API as typed records.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

import msgspec

from harness.cloud.engines.events.requests import DeadLetterConfig, Limits, SqsParameters


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """A request, or a part of one."""


class KinesisParameters(Request, frozen=True, kw_only=True):
    """For a stream."""

    partition_key: str = ""


class EventBridgeParameters(Request, frozen=True, kw_only=True):
    """For a bus."""

    detail_type: str = ""
    source: str = ""


class Target(Request, frozen=True, kw_only=True):
    """Whom a schedule invokes, and with what."""

    arn: str = ""
    role_arn: str = ""
    input: str | None = None
    dead_letter_config: DeadLetterConfig | None = None
    retry_policy: Limits | None = None
    sqs_parameters: SqsParameters | None = None
    kinesis_parameters: KinesisParameters | None = None
    event_bridge_parameters: EventBridgeParameters | None = None


class FlexibleTimeWindow(Request, frozen=True, kw_only=True):
    """Whether a schedule fires at its instant or somewhere in a window after it."""

    mode: str = ""
    maximum_window_in_minutes: int | None = None


class Schedule(Request, frozen=True, kw_only=True):
    """CreateSchedule and UpdateSchedule; times in Unix seconds."""

    name: str = ""
    group_name: str = "default"
    schedule_expression: str = ""
    schedule_expression_timezone: str = "UTC"
    start_date: float | None = None
    end_date: float | None = None
    description: str | None = None
    state: str = "ENABLED"
    kms_key_arn: str | None = None
    target: Target | None = None
    flexible_time_window: FlexibleTimeWindow | None = None
    client_token: str | None = None
    action_after_completion: str = "NONE"
