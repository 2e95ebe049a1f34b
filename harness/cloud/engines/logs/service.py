"""Amazon CloudWatch Logs as a client sees it: what functions logged, and what clients put themselves.

Left out: Logs Insights, subscription filters, metric filters, retention (nothing is removed).

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.logs.patterns import PatternRefused, compiled
from harness.cloud.operations import parameters_of
from harness.simulation.clock import Clock
from harness.simulation.wire import Call, Reply

_PAGE = 10_000
Body = dict[str, Any]


class Event(Protocol):
    """One line: when it was written, in virtual microseconds, and what it says."""

    @property
    def at_us(self) -> int: ...

    @property
    def text(self) -> str: ...


class Stream(Protocol):
    """A log stream that somebody else keeps."""

    @property
    def group(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def events(self) -> Sequence[Event]: ...


@dataclass(frozen=True)
class Written:
    """A line that a client put."""

    at_us: int
    text: str


@dataclass
class WrittenStream:
    """A log stream that a client created."""

    group: str
    name: str
    events: list[Event] = field(default_factory=list)


class LogsError(Exception):
    """A call that CloudWatch Logs refuses."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class LogsService:
    """All log groups of the account.

    Attributes:
        groups: names of the groups there are, even if nothing is in them.
    """

    def __init__(self, clock: Clock, groups: Iterable[str], streams: Callable[[], Iterable[Stream]]) -> None:
        """Args:
        streams: those of functions, as they are now.
        """
        self._clock = clock
        self._of_functions = streams
        self._written: dict[tuple[str, str], WrittenStream] = {}
        self.groups = dict.fromkeys(groups)
        self._actions: Mapping[str, Callable[[Body], Body]] = {
            "DescribeLogGroups": self._describe_groups,
            "DescribeLogStreams": self._describe_streams,
            "GetLogEvents": self._get_events,
            "FilterLogEvents": self._filter_events,
            "CreateLogGroup": self._create_group,
            "CreateLogStream": self._create_stream,
            "PutLogEvents": self._put_events,
            "PutRetentionPolicy": lambda body: {},
        }

    async def answer(self, call: Call) -> Reply:
        """The service's answer."""
        try:
            if call.operation not in self._actions:
                raise LogsError("NotImplemented", f"This simulator's CloudWatch Logs does not have {call.operation}.")
            body = self._actions[call.operation](parameters_of(call.request.body))
        except LogsError as error:
            status = 501 if error.code == "NotImplemented" else 400
            return _reply(status, {"__type": error.code, "message": error.message})
        return _reply(200, body)

    # ---- reading -----------------------------------------------------------------------------

    def _streams(self, group: str) -> list[Stream]:
        """The streams of a group.

        Raises:
            LogsError: there is no such group.
        """
        found: list[Stream] = [stream for stream in self._of_functions() if stream.group == group]
        found += [stream for stream in self._written.values() if stream.group == group]
        if not found and group not in self.groups:
            raise LogsError("ResourceNotFoundException", "The specified log group does not exist.")
        return found

    def _describe_groups(self, body: Body) -> Body:
        names = dict.fromkeys([*self.groups, *(stream.group for stream in self._of_functions())])
        prefix, part = body.get("logGroupNamePrefix", ""), body.get("logGroupNamePattern", "")
        listed = [name for name in sorted(names) if name.startswith(prefix) and part.lower() in name.lower()]
        return {"logGroups": [{"logGroupName": name, "arn": f"{_arn(name)}:*", "storedBytes": 0} for name in listed]}

    def _describe_streams(self, body: Body) -> Body:
        streams = self._streams(_group(body))
        prefix = body.get("logStreamNamePrefix", "")
        described = [self._described(stream) for stream in streams if stream.name.startswith(prefix)]
        key = "lastEventTimestamp" if body.get("orderBy") == "LastEventTime" else "logStreamName"
        described.sort(key=lambda each: each.get(key, 0), reverse=bool(body.get("descending")))
        return {"logStreams": described[: body.get("limit") or 50]}

    def _described(self, stream: Stream) -> Body:
        events = stream.events
        times = {}
        if events:
            first, last = self._ms(events[0]), self._ms(events[-1])
            times = {"firstEventTimestamp": first, "lastEventTimestamp": last, "lastIngestionTime": last}
        return {"logStreamName": stream.name, "arn": f"{_arn(stream.group)}:log-stream:{stream.name}", **times}

    def _get_events(self, body: Body) -> Body:
        stream = next((each for each in self._streams(_group(body)) if each.name == body.get("logStreamName")), None)
        if stream is None:
            raise LogsError("ResourceNotFoundException", "The specified log stream does not exist.")
        events = [event for event in stream.events if self._is_within(event, body)]
        limit = body.get("limit") or _PAGE
        if "nextToken" in body:
            first = _offset(body["nextToken"])
        else:
            first = 0 if body.get("startFromHead") else max(0, len(events) - limit)
        shown = events[first : first + limit]
        return {
            "events": [{"timestamp": self._ms(event), "ingestionTime": self._ms(event), "message": event.text}
                       for event in shown],
            "nextForwardToken": f"f/{first + len(shown)}",
            "nextBackwardToken": f"b/{max(0, first - limit)}",
        }  # fmt: skip

    def _filter_events(self, body: Body) -> Body:
        try:
            matches = compiled(body.get("filterPattern") or "")
        except PatternRefused as refused:
            message = f"Invalid filter pattern: this simulator does not understand {refused}"
            raise LogsError("InvalidParameterException", message) from None
        names, prefix = body.get("logStreamNames"), body.get("logStreamNamePrefix", "")
        found = [
            (event.at_us, stream.name, number, event)
            for stream in self._streams(_group(body))
            if stream.name.startswith(prefix) and (names is None or stream.name in names)
            for number, event in enumerate(stream.events)
            if self._is_within(event, body) and matches(event.text)
        ]
        found.sort(key=lambda each: each[:3])
        limit, first = body.get("limit") or _PAGE, _offset(body.get("nextToken", "f/0"))
        answer: Body = {
            "events": [self._found(*each) for each in found[first : first + limit]],
            "searchedLogStreams": [],
        }
        if first + limit < len(found):
            answer["nextToken"] = f"f/{first + limit}"
        return answer

    def _found(self, at_us: int, stream: str, number: int, event: Event) -> Body:
        at_ms = self._ms(event)
        return {
            "logStreamName": stream,
            "timestamp": at_ms,
            "ingestionTime": at_ms,
            "message": event.text,
            "eventId": f"{at_ms:026d}{number:030d}",
        }

    def _is_within(self, event: Event, body: Body) -> bool:
        at_ms = self._ms(event)
        start, end = body.get("startTime"), body.get("endTime")
        return (start is None or at_ms >= start) and (end is None or at_ms < end)

    def _ms(self, event: Event) -> int:
        return (self._clock.unix_us() - self._clock.now_us + event.at_us) // 1000

    # ---- writing -----------------------------------------------------------------------------

    def _create_group(self, body: Body) -> Body:
        name = _group(body)
        if name in self.groups:
            raise LogsError("ResourceAlreadyExistsException", "The specified log group already exists")
        self.groups[name] = None
        return {}

    def _create_stream(self, body: Body) -> Body:
        group, name = _group(body), str(body.get("logStreamName", ""))
        if name in [stream.name for stream in self._streams(group)]:
            raise LogsError("ResourceAlreadyExistsException", "The specified log stream already exists")
        self._written[group, name] = WrittenStream(group, name)
        return {}

    def _put_events(self, body: Body) -> Body:
        stream = self._written.get((_group(body), str(body.get("logStreamName", ""))))
        if stream is None:
            raise LogsError("ResourceNotFoundException", "The specified log stream does not exist.")
        start_ms = (self._clock.unix_us() - self._clock.now_us) // 1000
        for event in body.get("logEvents", []):
            stream.events.append(Written((event["timestamp"] - start_ms) * 1000, str(event["message"])))
        stream.events.sort(key=lambda event: event.at_us)
        return {"nextSequenceToken": str(len(stream.events))}


def _group(body: Body) -> str:
    """Name of the group, which may be given by its ARN."""
    identifier = str(body.get("logGroupName") or body.get("logGroupIdentifier") or "")
    return identifier.partition(":log-group:")[2].removesuffix(":*") or identifier


def _arn(group: str) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{group}"


def _offset(token: str) -> int:
    number = str(token)[2:]
    if not number.isdecimal() or len(number) > 9:
        raise LogsError("InvalidParameterException", "The specified nextToken is invalid.")
    return int(number)


def _reply(status: int, body: Body) -> Reply:
    headers = {"content-type": "application/x-amz-json-1.1"}
    if status >= 400:
        headers["x-amzn-errortype"] = body["__type"]
    return Reply(status, headers, json.dumps(body).encode())
