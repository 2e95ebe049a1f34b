"""What a template says, as plain data: all the simulator needs to create the resources.

Every reference is resolved, every default filled in, every number inside AWS's range. The
order is the order of the file, and each spec keeps its line for later messages.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.cloud.permissions.statement import PermissionSpec
from harness.cloud.template.model_alarms import AlarmSpec
from harness.cloud.template.model_api import ApiSpec
from harness.cloud.template.model_athena import AthenaSpec
from harness.cloud.template.model_balancer import LoadBalancing
from harness.cloud.template.model_bucket import BucketSpec
from harness.cloud.template.model_container import ContainerSpecs
from harness.cloud.template.model_event_bridge import EventBridgeSpec
from harness.cloud.template.model_functions import AliasSpec, LoggingSpec, VersionSpec
from harness.cloud.template.model_kinesis import StreamSpec
from harness.cloud.template.model_topic import SubscriptionSpec, TopicSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class AsynchronousSpec:
    """What becomes of asynchronous invocations that fail.

    Attributes:
        maximum_retry_attempts: after the first, 0-2.
        maximum_event_age_s: 60-21,600.
        on_success: ARN of the destination; "": none.
        on_failure: ARN of the destination; "": none.
        dead_letter_arn: ARN of the function's own dead-letter queue or topic; "": none.
    """

    maximum_retry_attempts: int = 2
    maximum_event_age_s: int = 21_600
    on_success: str = ""
    on_failure: str = ""
    dead_letter_arn: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionSpec:
    """A Lambda function.

    Attributes:
        code_dir: absolute, inside the submission.
        variables: Environment.Variables, as texts.
        reserved_concurrency: None: none reserved.
        alias: AutoPublishAlias; all event sources then invoke the alias. "": none.
        policies: as in the template, references resolved.
        provisioned_concurrency: of the alias; 0: none.
    """

    logical_id: str
    name: str
    arn: str
    handler: str
    code_dir: Path
    runtime: str
    timeout_s: int = 3
    memory_mb: int = 128
    ephemeral_storage_mb: int = 512
    variables: dict[str, str] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    alias: str = ""
    asynchronous: AsynchronousSpec = AsynchronousSpec()
    policies: tuple[Any, ...] = ()
    role: str = ""
    recursive_loop: str = "Terminate"
    description: str = ""
    tracing: str = "PassThrough"
    logging: LoggingSpec = field(default_factory=LoggingSpec)
    provisioned_concurrency: int = 0
    line: int = 0

    @property
    def log_group(self) -> str:
        """Where its log goes."""
        return self.logging.group or f"/aws/lambda/{self.name}"

    @property
    def qualified_arn(self) -> str:
        """What event sources invoke: the alias if there is one."""
        return f"{self.arn}:{self.alias}" if self.alias else self.arn


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueSpec:
    """An SQS queue. `attributes` and `tags` are those of CreateQueue."""

    logical_id: str
    name: str
    url: str
    arn: str
    attributes: dict[str, str]
    tags: dict[str, str]
    visibility_timeout_s: int = 30
    dead_letter_queue: str = ""
    line: int = 0

    @property
    def fifo(self) -> bool:
        """Whether it is a FIFO queue."""
        return self.name.endswith(".fifo")


@dataclass(frozen=True, kw_only=True, slots=True)
class TableSpec:
    """A DynamoDB table.

    Attributes:
        creation: keyword arguments of CreateTable.
        time_to_live_attribute: "": time to live is off.
        stream_view_type: "": the table has no stream.
        stream_arn: what GetAtt StreamArn gave to others; its last part is the label the
            stream must be created with.
    """

    logical_id: str
    name: str
    arn: str
    creation: dict[str, Any]
    time_to_live_attribute: str = ""
    stream_view_type: str = ""
    stream_arn: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueMapping:
    """Settings of an event source mapping on an SQS queue.

    Attributes:
        maximum_concurrency: 2-1,000; None: no limit of its own.
        filters: patterns as JSON texts; a message that matches none is deleted.
    """

    batch_size: int = 10
    window_s: int = 0
    maximum_concurrency: int | None = None
    report_batch_item_failures: bool = False
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamMapping:
    """Settings of an event source mapping on a Kinesis or DynamoDB stream.

    Attributes:
        starting_timestamp_s: with AT_TIMESTAMP, in Unix seconds.
        maximum_retry_attempts: -1: until the record expires.
        maximum_record_age_s: -1: no limit but the stream's retention.
        on_failure: ARN of the destination of discarded batches; "": none.
    """

    starting_position: str
    starting_timestamp_s: float | None = None
    batch_size: int = 100
    window_s: int = 0
    parallelization_factor: int = 1
    maximum_retry_attempts: int = -1
    maximum_record_age_s: int = -1
    bisect_on_error: bool = False
    tumbling_window_s: int = 0
    report_batch_item_failures: bool = False
    on_failure: str = ""
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSourceSpec:
    """Something that invokes a function by itself.

    Attributes:
        kind: "SQS", "DynamoDB", "Kinesis".
        function: logical id.
        name: of the event in the function, or the logical id of the mapping or rule.
        source: logical id of the queue, table or stream it reads.
    """

    kind: str
    function: str
    name: str
    settings: QueueMapping | StreamMapping
    source: str = ""
    source_arn: str = ""
    enabled: bool = True
    line: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other."""
        return self.kind, self.function, self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedSpec:
    """A resource without behaviour of its own here (a role, a policy, a log group)."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    line: int = 0
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A whole template, ready to be deployed.

    Attributes:
        parameters: effective values, defaults included.
        unused_parameters: given by the harness and not declared by the template.
        outputs: resolved values.
        warnings: one sentence each; nothing that stops a deployment.
    """

    folder: Path
    file: Path
    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    unused_parameters: tuple[str, ...] = ()
    functions: dict[str, FunctionSpec] = field(default_factory=dict)
    queues: dict[str, QueueSpec] = field(default_factory=dict)
    tables: dict[str, TableSpec] = field(default_factory=dict)
    topics: dict[str, TopicSpec] = field(default_factory=dict)
    subscriptions: dict[str, SubscriptionSpec] = field(default_factory=dict)
    streams: dict[str, StreamSpec] = field(default_factory=dict)
    apis: dict[str, ApiSpec] = field(default_factory=dict)
    load_balancing: LoadBalancing = field(default_factory=LoadBalancing)
    containers: ContainerSpecs = field(default_factory=ContainerSpecs)
    buckets: dict[str, BucketSpec] = field(default_factory=dict)
    event_sources: tuple[EventSourceSpec, ...] = ()
    event_bridge: EventBridgeSpec = field(default_factory=EventBridgeSpec)
    athena: AthenaSpec = field(default_factory=AthenaSpec)
    versions: dict[str, VersionSpec] = field(default_factory=dict)
    aliases: dict[str, AliasSpec] = field(default_factory=dict)
    alarms: dict[str, AlarmSpec] = field(default_factory=dict)
    permissions: PermissionSpec = field(default_factory=PermissionSpec)
    accepted: dict[str, AcceptedSpec] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
