"""CreateEventBus and its kin.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html
"""

import json
from typing import Any

from harness.cloud.engines.events import requests
from harness.cloud.engines.events.errors import EventsError, exists, invalid, missing
from harness.cloud.engines.events.pages import page
from harness.cloud.engines.events.store import Bus, Store, is_name
from harness.simulation.clock import Clock

BUSES_LIMIT = 100
NAME_LIMIT = 256


class BusActions:
    """What the API can do with buses."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, request: requests.Bus) -> dict[str, Any]:
        """CreateEventBus."""
        if not is_name(request.name, NAME_LIMIT):
            raise invalid(f"Parameter Name is not valid. Reason: {request.name!r}")
        if request.name in self._store.buses:
            raise exists(f"Event bus {request.name} already exists.")
        if len(self._store.buses) >= BUSES_LIMIT:
            raise EventsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        arn = f"{self._store.prefix}:event-bus/{request.name}"
        self._store.buses[request.name] = Bus(request.name, arn, self._clock.unix_s(), request.description)
        return {"EventBusArn": arn} | ({"Description": request.description} if request.description else {})

    def describe(self, request: requests.Bus) -> dict[str, Any]:
        """DescribeEventBus."""
        return _shown(self._store.bus(request.name))

    def list(self, request: requests.Listing) -> dict[str, Any]:
        """ListEventBuses."""
        named = [bus for name, bus in self._store.buses.items() if name.startswith(request.name_prefix)]
        return page("EventBuses", [_shown(bus) for bus in named], request.next_token, request.limit)

    def delete(self, request: requests.Bus) -> dict[str, Any]:
        """DeleteEventBus; one that is not there is no error."""
        if request.name == "default":
            raise invalid("Cannot delete event bus default.")
        bus = self._store.buses.get(request.name)
        if bus and bus.rules:
            raise invalid("Event bus can't be deleted since it has rules.")
        self._store.buses.pop(request.name, None)
        return {}

    def put_permission(self, request: requests.Permission) -> dict[str, Any]:
        """PutPermission: kept and shown. Nobody here is of another account, so nothing depends on it."""
        bus = self._store.bus(request.event_bus_name)
        if request.policy is not None:
            bus.statements = _statements(request.policy)
            return {}
        if not (request.action and request.principal and request.statement_id):
            raise invalid("Parameter(s) Action, Principal and StatementId must be specified.")
        principal = "*" if request.principal == "*" else {"AWS": f"arn:aws:iam::{request.principal}:root"}
        statement = {
            "Sid": request.statement_id,
            "Effect": "Allow",
            "Principal": principal,
            "Action": request.action,
            "Resource": bus.arn,
        }
        bus.statements = [each for each in bus.statements if each.get("Sid") != request.statement_id] + [statement]
        return {}

    def remove_permission(self, request: requests.Permission) -> dict[str, Any]:
        """RemovePermission."""
        bus = self._store.bus(request.event_bus_name)
        kept = [each for each in bus.statements if each.get("Sid") != request.statement_id]
        if not request.remove_all_permissions and len(kept) == len(bus.statements):
            raise missing(f"Statement with the provided id does not exist : {request.statement_id}.")
        bus.statements = [] if request.remove_all_permissions else kept
        return {}


def _statements(policy: str) -> list[dict[str, Any]]:
    try:
        statements = json.loads(policy)["Statement"]
        return [dict(each) for each in statements]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise invalid("Parameter Policy is not valid. Reason: not a policy document") from None


def _shown(bus: Bus) -> dict[str, Any]:
    shown: dict[str, Any] = {"Name": bus.name, "Arn": bus.arn}
    if bus.description:
        shown["Description"] = bus.description
    if bus.statements:
        shown["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": bus.statements})
    if bus.created_s:
        shown |= {"CreationTime": bus.created_s, "LastModifiedTime": bus.created_s}
    return shown
