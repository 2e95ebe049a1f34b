"""What a template says of SNS, in the form of its API calls."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicSpec:
    """An SNS topic. `attributes` and `tags` are those of CreateTopic."""

    logical_id: str
    name: str
    arn: str
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def fifo(self) -> bool:
        """Whether it is a FIFO topic."""
        return self.name.endswith(".fifo")


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionSpec:
    """A subscription: a resource of its own, one inside its topic, or an event of a function.

    Attributes:
        logical_id: of one inside a topic, the topic's id and its number; of an event of a
            function, the function's id and the event's name, as SAM has it.
        topic: logical id.
        attributes: those of Subscribe.
        identifier: last part of its ARN; "": drawn.
        permitted: logical id of the function which SAM allows the topic to invoke; "": none.
    """

    logical_id: str
    topic: str
    protocol: str
    endpoint: str
    attributes: dict[str, str] = field(default_factory=dict)
    identifier: str = ""
    permitted: str = ""
    line: int = 0
