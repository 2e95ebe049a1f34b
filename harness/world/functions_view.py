"""Functions as acceptance tests and operators see them: logs, versions, concurrency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.cloud.engines.cloudwatch.metrics import Window, metric
from harness.cloud.errors import SubmissionError
from harness.functions.versions import Alias

if TYPE_CHECKING:
    from harness.cloud.engines.cloudwatch.alarms import Alarm
    from harness.world.deployment import Deployment


@dataclass(frozen=True)
class LogLine:
    """A line of a function's log, as CloudWatch Logs has it.

    Attributes:
        request_id: of the invocation it belongs to; "" in an init phase.
    """

    at_ms: int
    text: str
    request_id: str


class FunctionMissing(SubmissionError):
    """The kata's contract fixes a function that the template does not have."""


class AlarmMissing(SubmissionError):
    """The kata's contract fixes an alarm that the template does not have."""


class FunctionView:
    """What an operator does to a function of the submission."""

    def __init__(self, logical_id: str, deployment: Deployment) -> None:
        self.logical_id = logical_id
        self._service = deployment.functions
        if logical_id not in self._service.functions:
            raise FunctionMissing(
                f"The template has no function {logical_id}.",
                expected=f"a resource {logical_id} of type AWS::Serverless::Function",
                file="template.yaml",
            )
        self._function = self._service.functions[logical_id]

    @property
    def name(self) -> str:
        """Its physical name."""
        return self._function.spec.name

    @property
    def arn(self) -> str:
        """Its ARN, without a qualifier."""
        return self._function.spec.arn

    @property
    def warm(self) -> int:
        """Environments that wait for an invocation."""
        waiting = [*self._function.idle.values(), *self._function.ready.values()]
        return sum(len(environments) for environments in waiting)

    @property
    def busy(self) -> int:
        """Invocations that run now."""
        return len(self._function.busy)

    def publish(self) -> str:
        """Publishes a version of the function as it is, and returns its number."""
        return self._function.versions.publish()

    def point(self, alias: str, version: str, *, weights: dict[str, float] | None = None) -> None:
        """Creates an alias, or points it elsewhere.

        Args:
            weights: share of the invocations that go to another version.
        """
        self._function.versions.point(Alias(alias, version, weights or {}))

    def reserve(self, concurrency: int | None) -> None:
        """Sets reserved concurrency, at once; 0 stops the function, None takes the reservation away."""
        self._service.reserve(self.logical_id, concurrency)


@dataclass(frozen=True)
class AlarmChange:
    """An alarm changed its state.

    Attributes:
        at_ms: virtual time at which the period ended that did it.
    """

    at_ms: int
    before: str
    after: str
    reason: str


class AlarmView:
    """A CloudWatch alarm of the submission."""

    def __init__(self, logical_id: str, deployment: Deployment) -> None:
        self.logical_id = logical_id
        self._monitoring = deployment.monitoring
        if self._monitoring is None or logical_id not in self._monitoring.alarms.alarms:
            raise AlarmMissing(
                f"The template has no alarm {logical_id}.",
                expected=f"a resource {logical_id} of type AWS::CloudWatch::Alarm",
                file="template.yaml",
            )

    @property
    def state(self) -> str:
        """ "OK", "ALARM" or "INSUFFICIENT_DATA"."""
        return self._alarm.state

    @property
    def history(self) -> list[AlarmChange]:
        """Every change of its state so far."""
        return [
            AlarmChange(change.at_us // 1000, change.before, change.after, change.reason)
            for change in self._alarm.history
        ]

    @property
    def _alarm(self) -> Alarm:
        assert self._monitoring is not None
        self._monitoring.alarms.catch_up()
        return self._monitoring.alarms.alarms[self.logical_id]


class FunctionWords:
    """Words of the world that are about functions, their logs, their metrics and alarms."""

    _deployment: Deployment

    def function(self, logical_id: str) -> FunctionView:
        """A function of the template by its logical id.

        Raises:
            FunctionMissing: the template has none.
        """
        return FunctionView(logical_id, self._deployment)

    def limit_concurrency(self, most: int) -> None:
        """The account's quota of environments in use at once, all functions together, from now on."""
        self._deployment.functions.concurrency.account = most

    def alarm(self, logical_id: str) -> AlarmView:
        """An alarm of the template.

        Raises:
            AlarmMissing: the template has none of this logical id.
        """
        return AlarmView(logical_id, self._deployment)

    def metric(
        self, namespace: str, name: str, *, statistic: str = "Sum", period_s: int = 60, **dimensions: str
    ) -> dict[int, float]:
        """A statistic of a metric since the deployment, by the virtual millisecond at which each period begins.

        Args:
            statistic: "Sum", "Average", "Minimum", "Maximum", "SampleCount", "p99", ...
            dimensions: by name: FunctionName="...", QueueName="...".
        """
        monitoring = self._deployment.monitoring
        assert monitoring is not None
        monitoring.store.refresh()
        window = Window(0, self._deployment.loop.clock.now_us + 1, period_s)
        values = monitoring.store.values(metric(namespace, name, dimensions), statistic, window)
        return {start // 1000: value for start, value in values.items()}

    def logs(self, function: str) -> list[LogLine]:
        """Every line of a function's log so far, START, END and REPORT included, by time."""
        events = self._deployment.functions.log_book.of_function(function)
        return [LogLine(event.at_us // 1000, event.text, event.request_id) for event in events]
