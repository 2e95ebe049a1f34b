"""Functions as acceptance tests and operators see them: logs, versions, concurrency."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.cloudwatch.metrics import Window, metric
from harness.cloud.errors import SubmissionError
from harness.functions.fleet import Throttled
from harness.functions.invocation import InvokeRequest
from harness.functions.versions import Alias

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cloud.engines.cloudwatch.alarms import Alarm
    from harness.cloud.network import ConnectionOpened
    from harness.functions.others import OtherFunction
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


@dataclass(frozen=True)
class InvokeAnswer:
    """What a caller of Invoke gets.

    Attributes:
        status: 200, or 429 if the function was throttled.
        function_error: "Unhandled", or "" if the handler returned.
        text: the payload, JSON text; "" if there is none.
    """

    status: int
    function_error: str
    text: str

    @property
    def payload(self) -> Any:
        """The payload, parsed; None if there is none."""
        return json.loads(self.text) if self.text else None


class FunctionMissing(SubmissionError):
    """The kata's contract fixes a function that the template does not have."""


class TooMuchReserved(SubmissionError):
    """The template reserves more concurrency than the account of the kata has for it."""


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

    def functions(self) -> list[FunctionView]:
        """Every function of the template."""
        return [FunctionView(logical_id, self._deployment) for logical_id in self._deployment.functions.functions]

    def limit_concurrency(self, most: int, *, apart: tuple[str, ...] = ()) -> None:
        """The account's quota of environments in use at once, all functions together, from now on.

        Args:
            apart: functions that belong to others: they use nothing of it, and it does not bind them.

        Raises:
            TooMuchReserved: the template reserves more than that.
        """
        concurrency = self._deployment.functions.concurrency
        concurrency.account, concurrency.apart = most, apart
        if concurrency.reserved > most:
            raise TooMuchReserved(
                f"The functions reserve {concurrency.reserved} units of concurrency.",
                expected=f"ReservedConcurrentExecutions that sum to at most {most}: the account gives no more",
                file="template.yaml",
            )

    def other_function(self, name: str, answer: Callable[[Any], Any], *, takes_ms: int = 50) -> OtherFunction:
        """From now on another team's function of this name can be invoked, and keeps a log.

        Args:
            answer: makes the answer of the event: anything that JSON knows, or bytes to be taken as they are.
        """
        from harness.functions.others import OtherFunction

        other = OtherFunction(name, answer, takes_ms, self._deployment.loop)
        self._deployment.functions.others[name] = other
        return other

    def hold_clocks(self) -> None:
        """The wall clocks of functions, and the times in events of APIs, stand still while time goes on.

        What only counts (`time.monotonic`, timeouts, sleeps) goes on too.
        """
        clock = self._deployment.loop.clock
        clock.held_us = clock.now_us
        for api in self._deployment.apis.values():
            api.held_at = clock.utcnow()

    def release_clocks(self) -> None:
        """The wall clocks that stood still show the time again."""
        self._deployment.loop.clock.held_us = None
        for api in self._deployment.apis.values():
            api.held_at = None

    def price_connections(self, *, connect_ms: float, idle_close_s: float = 0) -> None:
        """Opening a connection takes so long from now on, and servers close idle ones; new environments know.

        Args:
            idle_close_s: after how long without a request; 0: never.
        """
        network = self._deployment.gateway.network
        network.connect_ms, network.idle_close_s = connect_ms, idle_close_s

    def connections(self, *, function: str | None = None, since_ms: int = 0) -> list[ConnectionOpened]:
        """The connections that functions opened, to AWS and to HTTP services; each has its environment and host."""
        opened = self._deployment.gateway.network.opened
        return [one for one in opened if function in (None, one.function) and one.at_ms >= since_ms]

    async def ask(
        self, function: str, payload: Any, *, qualifier: str | None = None, cause: str = "the operator"
    ) -> InvokeAnswer:
        """Invokes a function synchronously, and gives what Invoke answers; never asks twice.

        Args:
            payload: anything that JSON knows, or bytes that are JSON already.

        Raises:
            FunctionMissing: the template has none.
        """
        logical_id = self.function(function).logical_id
        event = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        request = InvokeRequest(qualifier=qualifier)
        try:
            result = await self._deployment.functions.invoke(logical_id, event, cause=cause, request=request)
        except Throttled:
            return InvokeAnswer(429, "", "")
        return InvokeAnswer(200, result.function_error, result.payload.decode(errors="replace"))

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
