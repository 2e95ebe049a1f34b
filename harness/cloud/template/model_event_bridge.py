"""What a template says of EventBridge and its Scheduler, in the form of their API calls."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class BusSpec:
    """An event bus."""

    logical_id: str
    name: str
    arn: str
    description: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSpec:
    """A rule: a resource of its own, or an event of a function.

    Attributes:
        logical_id: of an event of a function: the function's id and the event's name, as SAM has it.
        rule: parameters of PutRule.
        targets: of PutTargets.
        permitted: logical id of the function which SAM allows the rule to invoke; "": none.
    """

    logical_id: str
    rule: dict[str, Any]
    targets: tuple[dict[str, Any], ...] = ()
    permitted: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveSpec:
    """An archive. `creation` holds the parameters of CreateArchive."""

    logical_id: str
    creation: dict[str, Any]
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleSpec:
    """A schedule of EventBridge Scheduler. `creation` holds the parameters of CreateSchedule."""

    logical_id: str
    creation: dict[str, Any]
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EventBridgeSpec:
    """All of it, by logical id, in the order of the file."""

    buses: dict[str, BusSpec] = field(default_factory=dict)
    rules: dict[str, RuleSpec] = field(default_factory=dict)
    archives: dict[str, ArchiveSpec] = field(default_factory=dict)
    schedules: dict[str, ScheduleSpec] = field(default_factory=dict)

    def all(self) -> tuple[object, ...]:
        """What the template says of EventBridge, kind by kind."""
        return (self.buses, self.rules, self.archives, self.schedules)
