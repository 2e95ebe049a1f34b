"""The logs of all functions, as CloudWatch has them: groups, streams and lines.

Each environment has a log stream. Around what the handler printed stand Lambda's own lines.
Each line is an event of its own (on AWS a record of the logging module, with its traceback, is
one event).

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from collections.abc import Iterable
from typing import NamedTuple

from harness.functions.log_journal import (
    Entry,
    HandlerCalled,
    InitFailed,
    InitStarted,
    InvocationOver,
    Journal,
    Printed,
)
from harness.functions.log_lines import PlatformLines


class LogEvent(NamedTuple):
    """One line.

    Attributes:
        at_us: virtual time.
        request_id: of the invocation it belongs to; "" in an init phase.
    """

    at_us: int
    text: str
    request_id: str = ""


class LogStream:
    """The log of one environment."""

    def __init__(self, journal: Journal) -> None:
        self.function = journal.spec.logical_id
        self.group = journal.spec.log_group
        self._journal = journal
        self._platform = PlatformLines(journal.spec)
        self._read = 0
        self._events: list[LogEvent] = []

    @property
    def name(self) -> str:
        """Date, version and 32 hexadecimal digits."""
        return self._journal.name

    @property
    def events(self) -> list[LogEvent]:
        """Every line so far, in order."""
        entries = self._journal.entries
        for at_us, entry in entries[self._read :]:
            self._events += self._lines(at_us, entry)
        self._read = len(entries)
        return self._events

    def _lines(self, at_us: int, entry: Entry) -> Iterable[LogEvent]:
        request_id = ""
        match entry:
            case Printed(text=text, request_id=request_id):
                lines = text.removesuffix("\n").split("\n")
            case InitStarted(phase=phase):
                at_us = phase.started_us
                lines = self._platform.init_start(phase.started_us)
            case InitFailed(phase=phase):
                lines = self._platform.init_report(phase)
            case HandlerCalled(invocation=invocation):
                request_id = invocation.request_id
                lines = self._platform.start(invocation, at_us)
            case InvocationOver(invocation=invocation, init=init):
                request_id = invocation.request_id
                lines = self._platform.end(invocation, init)
        return [LogEvent(at_us, line, request_id) for line in lines]


class LogBook:
    """Every log stream, the oldest first."""

    def __init__(self, journals: list[Journal]) -> None:
        self._journals = journals
        self._streams: list[LogStream] = []

    @property
    def streams(self) -> list[LogStream]:
        """Those of environments that have begun their init phase."""
        new = self._journals[len(self._streams) :]
        self._streams += [LogStream(journal) for journal in new]
        return [stream for stream in self._streams if stream.name]

    def of_function(self, logical_id: str) -> list[LogEvent]:
        """All lines of a function, by time."""
        events = [event for stream in self.streams if stream.function == logical_id for event in stream.events]
        return sorted(events, key=lambda event: event.at_us)

    def of_invocation(self, request_id: str) -> str:
        """The lines of an invocation that has just ended, the last one of its environment; "" if there are none."""
        for stream in self.streams:
            events = stream.events
            first = len(events)
            while first and events[first - 1].request_id == request_id:
                first -= 1
                if _begins(events[first].text):
                    break
            if first < len(events):
                return "".join(f"{event.text}\n" for event in events[first:])
        return ""


def _begins(line: str) -> bool:
    return line.startswith("START ") or '"platform.start"' in line
