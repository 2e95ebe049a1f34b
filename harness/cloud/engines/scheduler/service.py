"""Amazon EventBridge Scheduler as a client sees it: REST with JSON, one request, one reply.

Left out: groups other than "default", tags, and targets named by an API action. The role of a
schedule is taken for granted: its policies are not looked at.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
"""

import dataclasses
import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from harness.cloud.engines.events.entries import LAST_UNIX_S
from harness.cloud.engines.events.errors import EventsError
from harness.cloud.engines.events.pages import page
from harness.cloud.engines.scheduler.requests import Schedule, Target
from harness.cloud.engines.scheduler.store import Firing, Kept
from harness.cloud.operations import is_json
from harness.cloud.schedules.errors import InvalidExpressionError
from harness.cloud.schedules.expressions import Expression, read_expression
from harness.cloud.schedules.timetable import Timetable, When
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.wire import Call, Reply

KINDS = ("lambda", "sqs", "sns", "kinesis", "events")
_STATUS = {"ValidationException": 400, "ConflictException": 409, "ResourceNotFoundException": 404}


class SchedulerService:
    """All schedules of one account in one Region.

    Attributes:
        schedules: by name.
    """

    def __init__(
        self,
        *,
        firing: Firing,
        timetable: Timetable,
        clock: Clock,
        randomness: Randomness,
        account_id: str,
        region: str,
    ) -> None:
        self._firing = firing
        self._timetable = timetable
        self._clock = clock
        self._request_ids = randomness.stream("scheduler/request ids")
        self._prefix = f"arn:aws:scheduler:{region}:{account_id}:schedule/default/"
        self.schedules: dict[str, Kept] = {}

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        parts = urlsplit(call.request.url)
        name = unquote(parts.path.removeprefix("/schedules").removeprefix("/"))
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        try:
            body = self._ask(call.request.method, parts.path, name, query, call.request.body)
        except EventsError as error:
            headers = self._headers() | {"x-amzn-errortype": error.code}
            return Reply(_STATUS.get(error.code, 400), headers, json.dumps({"Message": error.message}).encode())
        return Reply(200, self._headers(), msgspec.json.encode(body))

    def _ask(self, method: str, path: str, name: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
        if path.startswith("/schedules"):
            match (method, bool(name)):
                case ("POST", True):
                    return self.create(_read(body, name))
                case ("PUT", True):
                    return self.update(_read(body, name))
                case ("GET", True):
                    return self._get(name, query.get("groupName", "default"))
                case ("DELETE", True):
                    return self._delete(name, query.get("groupName", "default"))
                case ("GET", False):
                    return self._list(query)
        raise _invalid(f"EventBridge Scheduler has no {method} {path} here.")

    def create(self, request: Schedule, *, label: str = "") -> dict[str, Any]:
        """CreateSchedule.

        Raises:
            EventsError: as the API does.
        """
        expression = _checked(request)
        if request.name in self.schedules:
            raise EventsError("ConflictException", f"Schedule {request.name} already exists.")
        now_s = self._clock.unix_s()
        kept = Kept(request, self._prefix + request.name, label or request.name, now_s, now_s)
        self._keep(kept, expression)
        return {"ScheduleArn": kept.arn}

    def update(self, request: Schedule) -> dict[str, Any]:
        """UpdateSchedule: what is not stated gets its default.

        Raises:
            EventsError: as the API does.
        """
        expression = _checked(request)
        old = self._find(request.name, request.group_name)
        kept = dataclasses.replace(old, request=request, changed_s=self._clock.unix_s())
        self._keep(kept, expression)
        return {"ScheduleArn": kept.arn}

    def _keep(self, kept: Kept, expression: Expression) -> None:
        request = kept.request
        self.schedules[request.name] = kept
        if request.state == "DISABLED":
            self._timetable.remove(kept.arn)
            return
        window = request.flexible_time_window
        when = When(
            expression=expression,
            starts_s=None if expression.ends else request.start_date,
            ends_s=None if expression.ends else request.end_date,
            flexible_window_minutes=(window and window.maximum_window_in_minutes) or 0,
        )
        self._timetable.set(kept.arn, when, lambda due_s: self._firing.fire(kept, due_s), lambda: self._completed(kept))

    def _completed(self, kept: Kept) -> None:
        """After its last time a schedule stays, or goes, as it says itself."""
        if kept.request.action_after_completion == "DELETE":
            self.schedules.pop(kept.request.name, None)

    def _find(self, name: str, group: str) -> Kept:
        if group != "default":
            raise EventsError("ResourceNotFoundException", f"Schedule group {group} does not exist.")
        if name not in self.schedules:
            raise EventsError("ResourceNotFoundException", f"Schedule {name} does not exist.")
        return self.schedules[name]

    def _get(self, name: str, group: str) -> dict[str, Any]:
        kept = self._find(name, group)
        shown: dict[str, Any] = msgspec.to_builtins(kept.request)
        shown.pop("ClientToken", None)
        always = {
            "GroupName": kept.request.group_name,
            "ScheduleExpressionTimezone": kept.request.schedule_expression_timezone,
            "State": kept.request.state,
            "ActionAfterCompletion": kept.request.action_after_completion,
        }
        dates = {"CreationDate": kept.created_s, "LastModificationDate": kept.changed_s}
        return shown | always | {"Arn": kept.arn} | dates

    def _delete(self, name: str, group: str) -> dict[str, Any]:
        kept = self._find(name, group)
        self._timetable.remove(kept.arn)
        del self.schedules[name]
        return {}

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        limit = query.get("MaxResults", "100")
        if not limit.isdigit():
            raise _invalid("MaxResults must be a number.")
        found = [
            _summary(kept)
            for name, kept in self.schedules.items()
            if name.startswith(query.get("NamePrefix", ""))
            and query.get("State", kept.request.state) == kept.request.state
            and query.get("ScheduleGroup", "default") == "default"
        ]
        return page("Schedules", found, query.get("NextToken"), int(limit))

    def _headers(self) -> dict[str, str]:
        return {"content-type": "application/json", "x-amzn-requestid": uuid_from(self._request_ids)}


def _read(body: bytes, name: str) -> Schedule:
    try:
        request = msgspec.json.decode(body or b"{}", type=Schedule)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _invalid(f"The body cannot be read: {error}") from None
    return msgspec.structs.replace(request, name=name)


def _checked(request: Schedule) -> Expression:
    """The expression of a request that the Scheduler accepts.

    Raises:
        EventsError: it does not.
    """
    if not re.fullmatch(r"[0-9a-zA-Z-_.]{1,64}", request.name):
        raise _invalid(f"Invalid schedule name: {request.name}")
    if request.group_name != "default":
        raise EventsError("ResourceNotFoundException", f"Schedule group {request.group_name} does not exist.")
    if request.state not in ("ENABLED", "DISABLED"):
        raise _invalid(f"Invalid State: {request.state}")
    if request.action_after_completion not in ("NONE", "DELETE"):
        raise _invalid(f"Invalid ActionAfterCompletion: {request.action_after_completion}")
    window = request.flexible_time_window
    if window is None or window.mode not in ("OFF", "FLEXIBLE"):
        raise _invalid("FlexibleTimeWindow must have the Mode OFF or FLEXIBLE.")
    if (window.mode == "FLEXIBLE") != (window.maximum_window_in_minutes is not None):
        raise _invalid("MaximumWindowInMinutes belongs to the Mode FLEXIBLE, and to no other.")
    if not 1 <= (window.maximum_window_in_minutes or 1) <= 1440:
        raise _invalid("MaximumWindowInMinutes must be from 1 to 1440.")
    for date in (request.start_date, request.end_date):
        if date is not None and not 0 <= date <= LAST_UNIX_S:
            raise _invalid("StartDate and EndDate must be between the years 1970 and 9999.")
    _check_target(request.target)
    try:
        return read_expression(request.schedule_expression, zone=request.schedule_expression_timezone, once=True)
    except InvalidExpressionError as error:
        expression = request.schedule_expression
        raise _invalid(f"Invalid Schedule Expression {expression}. It takes {error}.") from None


def _check_target(target: Target | None) -> None:
    if target is None or not target.arn or not target.role_arn:
        raise _invalid("Target must have an Arn and a RoleArn.")
    match = re.fullmatch(r"arn:aws:([a-z0-9-]+):[a-z0-9-]*:[0-9]{12}:.+", target.arn)
    if match is None or match[1] not in KINDS:
        raise _invalid(f"Provided Arn is not a target of this simulator: {target.arn}")
    if match[1] == "lambda" and target.input is not None and not is_json(target.input):
        raise _invalid("Input must be well-formed JSON for a Lambda target.")
    if match[1] == "events" and target.event_bridge_parameters is None:
        raise _invalid("EventBridgeParameters are required for an event bus.")
    if match[1] == "kinesis" and target.kinesis_parameters is None:
        raise _invalid("KinesisParameters are required for a stream.")
    if target.arn.endswith(".fifo") and not (target.sqs_parameters and target.sqs_parameters.message_group_id):
        raise _invalid("SqsParameters are required for a FIFO queue.")


def _invalid(message: str) -> EventsError:
    return EventsError("ValidationException", message)


def _summary(kept: Kept) -> dict[str, Any]:
    target = kept.request.target
    return {
        "Arn": kept.arn,
        "Name": kept.request.name,
        "GroupName": kept.request.group_name,
        "State": kept.request.state,
        "CreationDate": kept.created_s,
        "LastModificationDate": kept.changed_s,
        "Target": {"Arn": target.arn if target else ""},
    }
