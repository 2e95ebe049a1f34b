"""What is written down of each invocation: trace records, log entries, and a word to who counts.

The trace is what tests and reports read; the journal of an environment becomes its log stream.
"""

import re
from collections.abc import Callable

from harness.functions import limits
from harness.functions.environment import Environment
from harness.functions.invocation import Invocation, Result
from harness.functions.log_journal import HandlerCalled, InvocationOver, Printed
from harness.functions.log_levels import kept
from harness.functions.records import (
    InvocationEnded,
    InvocationStarted,
    InvocationThrottled,
    LogWritten,
    RecursionStopped,
)
from harness.simulation.clock import Clock
from harness.simulation.trace import Trace
from harness.worker.protocol import Logged

_INDENT = re.compile("^\u00a0+", re.MULTILINE)


class Bookkeeping:
    """Writes down what happens to invocations.

    Attributes:
        on_activity: called whenever something happened that metrics count.
    """

    def __init__(self, trace: Trace, clock: Clock) -> None:
        self._trace = trace
        self._clock = clock
        self.on_activity: list[Callable[[], None]] = []

    def refused(self, record: InvocationThrottled | RecursionStopped) -> None:
        """An invocation was not even begun."""
        self._trace.append(record)
        self._tell()

    def started(self, invocation: Invocation) -> None:
        """An invocation has been given an environment."""
        self._trace.append(
            InvocationStarted(
                function=invocation.function,
                environment=invocation.environment,
                request_id=invocation.request_id,
                cause=invocation.cause,
                cold=invocation.cold,
                messages=invocation.messages,
            )
        )
        self._tell()

    def called(self, invocation: Invocation, environment: Environment) -> None:
        """Its handler begins now."""
        invocation.handler_us = self._clock.now_us
        if invocation.began_us is None:
            invocation.began_us = invocation.handler_us
        environment.journal.add(invocation.handler_us, HandlerCalled(invocation))

    def ended(self, invocation: Invocation, result: Result, environment: Environment) -> None:
        """It ended so."""
        invocation.result = result
        now_us = invocation.ended_us = self._clock.now_us
        if invocation.handler_us is None:
            environment.journal.add(now_us, HandlerCalled(invocation))
        first = environment.init if invocation.cold else None
        init = None if first is None or first.again or first.error else first
        environment.journal.add(now_us, InvocationOver(invocation, init))
        self._trace.append(
            InvocationEnded(
                function=invocation.function,
                environment=invocation.environment,
                request_id=invocation.request_id,
                outcome=result.ending,
                error=result.error,
            )
        )
        self._tell()

    def _tell(self) -> None:
        for hear in self.on_activity:
            hear()

    def log(self, environment: Environment, logged: Logged) -> None:
        """Keeps what a phase prints, up to the limit; where it is passed, the log says so once."""
        used = environment.logged_characters
        written = kept(logged.text, environment.spec.logging)
        text = written[: max(0, limits.LOG_CHARACTERS - used)]
        dropped = logged.dropped_bytes + len(written) - len(text)
        environment.logged_characters = used + len(text)
        if dropped and used < limits.LOG_CHARACTERS:
            environment.logged_characters = limits.LOG_CHARACTERS
            text += f"\n... {dropped} characters of output left out, and all that follows\n"
        if text:
            environment.journal.add(self._clock.now_us, Printed(text, environment.request_id))
            self._trace.append(
                LogWritten(
                    function=environment.function,
                    request_id=environment.request_id,
                    text=_for_readers(text),
                    environment=environment.id,
                )
            )


def _for_readers(text: str) -> str:
    """The text with spaces in place of the no-break spaces with which Lambda's runtime indents a traceback."""
    return _INDENT.sub(lambda found: " " * len(found[0]), text)
