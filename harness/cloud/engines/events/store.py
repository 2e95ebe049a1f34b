"""Buses, their rules and what is kept of their events: the state behind the API."""

import re
from dataclasses import dataclass, field
from typing import Any

from harness.cloud.engines.events.errors import missing
from harness.cloud.engines.events.requests import Target
from harness.cloud.patterns import EventPattern

Event = dict[str, Any]


@dataclass
class Rule:
    """A rule of a bus.

    Attributes:
        label: what faults and the trace call it: its logical id, or its name.
        pattern: None: it has only a schedule.
        schedule: expression; "": it has only a pattern.
        managed_by: "": its owner's.
    """

    name: str
    arn: str
    bus: str
    label: str
    pattern_text: str = ""
    pattern: EventPattern | None = None
    schedule: str = ""
    enabled: bool = True
    description: str | None = None
    role: str | None = None
    targets: dict[str, Target] = field(default_factory=dict)

    def takes(self, event: Event) -> bool:
        """Whether the rule is enabled and its pattern matches."""
        return self.enabled and self.pattern is not None and self.pattern.matches(event)


@dataclass(frozen=True)
class Seen:
    """An event that a bus took in.

    Attributes:
        replay: name of the replay that brought it; "": it is new.
    """

    at_ms: int
    event: Event
    replay: str = ""


@dataclass
class Bus:
    """An event bus.

    Attributes:
        events: everything it took in, in order.
        statements: of its resource policy.
    """

    name: str
    arn: str
    created_s: float
    description: str | None = None
    rules: dict[str, Rule] = field(default_factory=dict)
    events: list[Seen] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Archive:
    """An archive of a bus.

    Attributes:
        events: with the Unix second at which each was put.
        retention_days: 0: for ever.
    """

    name: str
    arn: str
    bus: str
    created_s: float
    pattern_text: str = ""
    pattern: EventPattern | None = None
    description: str | None = None
    retention_days: int = 0
    events: list[tuple[float, Event]] = field(default_factory=list)

    def kept(self, now_s: float) -> list[tuple[float, Event]]:
        """The events whose retention has not run out."""
        if self.retention_days:
            self.events = [each for each in self.events if now_s - each[0] <= self.retention_days * 86_400]
        return self.events


@dataclass
class Replay:
    """A replay of an archive."""

    name: str
    arn: str
    archive_arn: str
    bus: str
    from_s: float
    until_s: float
    started_s: float
    rule_arns: tuple[str, ...] = ()
    description: str | None = None
    state: str = "STARTING"
    last_event_s: float | None = None
    ended_s: float | None = None


class Store:
    """Everything of one account in one Region."""

    def __init__(self, account_id: str, region: str) -> None:
        self.prefix = f"arn:aws:events:{region}:{account_id}"
        self.account_id = account_id
        self.region = region
        self.buses: dict[str, Bus] = {"default": Bus("default", f"{self.prefix}:event-bus/default", 0.0)}
        self.archives: dict[str, Archive] = {}
        self.replays: dict[str, Replay] = {}

    def bus(self, name_or_arn: str) -> Bus:
        """The bus of this name or ARN.

        Raises:
            EventsError: there is none.
        """
        name = name_or_arn.rpartition("event-bus/")[2] or "default"
        if name not in self.buses:
            raise missing(f"Event bus {name} does not exist.")
        return self.buses[name]

    def rule(self, name: str, bus: str) -> Rule:
        """The rule of this name on a bus.

        Raises:
            EventsError: there is none.
        """
        rules = self.bus(bus).rules
        if name not in rules:
            raise missing(f"Rule {name} does not exist on EventBus {self.bus(bus).name}.")
        return rules[name]

    def rule_arn(self, bus: str, name: str) -> str:
        """The ARN of a rule, there or not."""
        return f"{self.prefix}:rule/{name}" if bus == "default" else f"{self.prefix}:rule/{bus}/{name}"


def is_name(text: str, longest: int) -> bool:
    """Whether a rule, bus, archive or replay may be called so."""
    return bool(re.fullmatch(rf"[.\-_A-Za-z0-9]{{1,{longest}}}", text))
