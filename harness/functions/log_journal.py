"""What happened in an environment that its log tells of, in order; the lines are made when somebody reads.

An environment whose init phase failed and the one that takes its place share a log stream.
"""

from dataclasses import dataclass, field

from harness.cloud.template import FunctionSpec
from harness.functions.invocation import Invocation


@dataclass
class InitPhase:
    """One run of an init phase.

    Attributes:
        started_us: when the cold start began.
        ended_us: None while it runs.
        error: "" if it ended well; "timeout", or the error type.
        again: whether it ran inside the first invocation, after a failure.
    """

    started_us: int
    ended_us: int | None = None
    error: str = ""
    again: bool = False

    @property
    def duration_ms(self) -> float:
        """How long it took; 0 while it runs."""
        return 0.0 if self.ended_us is None else (self.ended_us - self.started_us) / 1000


@dataclass(frozen=True)
class InitStarted:
    """The environment began its init phase."""

    phase: InitPhase


@dataclass(frozen=True)
class InitFailed:
    """An init phase came to no good end."""

    phase: InitPhase


@dataclass(frozen=True)
class HandlerCalled:
    """An invocation began."""

    invocation: Invocation


@dataclass(frozen=True)
class Printed:
    """The function wrote to its log.

    Attributes:
        request_id: "" in an init phase.
    """

    text: str
    request_id: str


@dataclass(frozen=True)
class InvocationOver:
    """An invocation ended.

    Attributes:
        init: the cold start before it; None: it found a warm environment.
    """

    invocation: Invocation
    init: InitPhase | None


Entry = InitStarted | InitFailed | HandlerCalled | Printed | InvocationOver


@dataclass(eq=False)
class Journal:
    """The log stream of an environment, before anyone has read it.

    Attributes:
        name: of the log stream; "" until the init phase begins.
        entries: with the virtual time of each, in microseconds.
    """

    spec: FunctionSpec
    name: str = ""
    entries: list[tuple[int, Entry]] = field(default_factory=list)

    def add(self, at_us: int, entry: Entry) -> None:
        """Notes what happens now."""
        self.entries.append((at_us, entry))
