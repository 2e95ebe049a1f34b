"""The requests of the EventBridge API as typed records: decoding one checks its types.

A required parameter that is absent is empty here, and the action says so with AWS's error.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html
"""

from typing import Any

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A request, or a part of one."""


class Entry(Request, frozen=True, kw_only=True):
    """One event of PutEvents; `time` in Unix seconds."""

    time: float | None = None
    source: str | None = None
    resources: list[str] = []
    detail_type: str | None = None
    detail: str | None = None
    event_bus_name: str = "default"
    trace_header: str | None = None


class PutEvents(Request, frozen=True, kw_only=True):
    """Puts up to ten events."""

    entries: list[Entry] = []
    endpoint_id: str = ""


class InputTransformer(Request, frozen=True, kw_only=True):
    """How a target's input is made of an event."""

    input_paths_map: dict[str, str] = {}
    input_template: str = ""


class Limits(Request, frozen=True, kw_only=True):
    """A target's RetryPolicy."""

    maximum_retry_attempts: int | None = None
    maximum_event_age_in_seconds: int | None = None


class DeadLetterConfig(Request, frozen=True, kw_only=True):
    """Where what could not be delivered goes."""

    arn: str = ""


class SqsParameters(Request, frozen=True, kw_only=True):
    """For a FIFO queue."""

    message_group_id: str = ""


class KinesisParameters(Request, frozen=True, kw_only=True):
    """For a stream."""

    partition_key_path: str = ""


class Target(Request, frozen=True, kw_only=True, omit_defaults=True):
    """A target of a rule."""

    id: str = ""
    arn: str = ""
    role_arn: str | None = None
    input: str | None = None
    input_path: str | None = None
    input_transformer: InputTransformer | None = None
    kinesis_parameters: KinesisParameters | None = None
    sqs_parameters: SqsParameters | None = None
    dead_letter_config: DeadLetterConfig | None = None
    retry_policy: Limits | None = None


class NamedRule(Request, frozen=True, kw_only=True):
    """A request about one rule."""

    name: str = ""
    event_bus_name: str = "default"
    force: bool = False


class PutRule(NamedRule, frozen=True, kw_only=True):
    """Creates a rule or changes it."""

    schedule_expression: str | None = None
    event_pattern: str | None = None
    state: str = "ENABLED"
    description: str | None = None
    role_arn: str | None = None
    tags: list[Any] = []


class Listing(Request, frozen=True, kw_only=True):
    """A request for a page of a list."""

    name_prefix: str = ""
    event_bus_name: str = "default"
    event_source_arn: str = ""
    state: str = ""
    next_token: str | None = None
    limit: int = 100


class OfRule(Request, frozen=True, kw_only=True):
    """A request about the targets of one rule."""

    rule: str = ""
    event_bus_name: str = "default"
    targets: list[Target] = []
    ids: list[str] = []
    force: bool = False
    next_token: str | None = None
    limit: int = 100


class OfTarget(Request, frozen=True, kw_only=True):
    """A request for the rules of one target."""

    target_arn: str = ""
    event_bus_name: str = "default"
    next_token: str | None = None
    limit: int = 100


class TestEventPattern(Request, frozen=True, kw_only=True):
    """Asks whether a pattern matches an event, both JSON texts."""

    event_pattern: str = ""
    event: str = ""


class Bus(Request, frozen=True, kw_only=True):
    """A request about one bus."""

    name: str = "default"
    description: str | None = None
    event_source_name: str | None = None
    dead_letter_config: DeadLetterConfig | None = None
    tags: list[Any] = []


class Permission(Request, frozen=True, kw_only=True):
    """Grants or withdraws the right to put events on a bus."""

    event_bus_name: str = "default"
    action: str | None = None
    principal: str | None = None
    statement_id: str | None = None
    policy: str | None = None
    condition: dict[str, str] | None = None
    remove_all_permissions: bool = False


class Archive(Request, frozen=True, kw_only=True):
    """A request about one archive."""

    archive_name: str = ""
    event_source_arn: str = ""
    description: str | None = None
    event_pattern: str | None = None
    retention_days: int | None = None


class ReplayDestination(Request, frozen=True, kw_only=True):
    """The bus of a replay, and the rules it is for; none named: all."""

    arn: str = ""
    filter_arns: list[str] = []


class Replay(Request, frozen=True, kw_only=True):
    """A request about one replay; times in Unix seconds."""

    replay_name: str = ""
    description: str | None = None
    event_source_arn: str = ""
    event_start_time: float | None = None
    event_end_time: float | None = None
    destination: ReplayDestination | None = None
