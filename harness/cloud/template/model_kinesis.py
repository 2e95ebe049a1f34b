"""What a template says of Kinesis streams, as plain data."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamSpec:
    """A Kinesis stream.

    Attributes:
        shard_count: None: an on-demand stream has as many as it begins with.
    """

    logical_id: str
    name: str
    arn: str
    shard_count: int | None
    on_demand: bool = False
    retention_hours: int = 24
    tags: dict[str, str] = field(default_factory=dict)
    line: int = 0
