"""Amazon EventBridge as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

Left out: partner event sources, connections and API destinations, global endpoints, tags.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable, Sequence
from typing import Any

from harness.cloud.engines.aws_json import Action, AwsJsonProtocol, of_request
from harness.cloud.engines.events import requests
from harness.cloud.engines.events.archives import ArchiveActions, ReplayActions
from harness.cloud.engines.events.buses import BusActions
from harness.cloud.engines.events.entries import check_call, detail_of, envelope
from harness.cloud.engines.events.errors import EventsError
from harness.cloud.engines.events.publishing import Publisher, Surroundings
from harness.cloud.engines.events.rules import RuleActions
from harness.cloud.engines.events.store import Bus, Rule, Store
from harness.cloud.engines.events.targets import TargetActions
from harness.cloud.schedules.timetable import Timetable
from harness.faults.event_bus import EventEntryFails
from harness.simulation.randomness import uuid_from
from harness.simulation.wire import Call, Reply

TARGET_PREFIX = "AWSEvents."


class EventsService:
    """All buses of one account in one Region.

    Attributes:
        store: what there is; for views and tests.
    """

    def __init__(self, *, around: Surroundings, timetable: Timetable, account_id: str, region: str) -> None:
        self.store = Store(account_id, region)
        self._clock = around.loop.clock
        self._event_ids = around.randomness.stream("events/event ids")
        self._faults = around.faults
        self._publisher = Publisher(self.store, around)
        self.buses = BusActions(self.store, self._clock)
        self.rules = RuleActions(self.store, self._publisher, timetable, self._clock, self._event_ids)
        self.targets = TargetActions(self.store)
        self.archives = ArchiveActions(self.store, around.loop)
        self.replays = ReplayActions(self.store, self._publisher, around.loop, around.randomness)
        self._protocol = AwsJsonProtocol(
            "EventBridge",
            TARGET_PREFIX,
            self._table(),
            EventsError,
            around.randomness.stream("events/request ids"),
            absent=lambda operation: f"EventBridge has no action {operation} here.",
        )

    def put(
        self, source: str, detail_type: str, detail: Any, resources: Sequence[str] = (), bus: str = "default"
    ) -> str:
        """Puts an event on a bus as another AWS service does; `source` may begin with "aws.".

        Args:
            detail: anything that is a JSON object.
            bus: name or ARN.

        Returns:
            the event's id.

        Raises:
            EventsError: there is no such bus.
        """
        return self._put(self.store.bus(bus), source, detail_type, detail, list(resources), self._clock.unix_s())

    def _put(self, bus: Bus, source: str, detail_type: str, detail: Any, resources: list[str], unix_s: float) -> str:
        event = envelope(
            event_id=uuid_from(self._event_ids),
            source=source,
            detail_type=detail_type,
            detail=detail,
            resources=resources,
            unix_s=unix_s,
            account_id=self.store.account_id,
            region=self.store.region,
        )
        self._publisher.publish(bus, event)
        return str(event["id"])

    def bus(self, name: str) -> Bus:
        """The bus of this name or ARN. Raises EventsError if there is none."""
        return self.store.bus(name)

    def rule(self, name: str, bus: str = "default") -> Rule:
        """The rule of this name. Raises EventsError if there is none."""
        return self.store.rule(name, bus)

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        return self._protocol.answer(call)

    def _put_events(self, request: requests.PutEvents) -> dict[str, Any]:
        """PutEvents: each entry on its own; one for a bus that does not exist is taken, and lost."""
        check_call(request.entries)
        results = [self._put_entry(entry) for entry in request.entries]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    def _put_entry(self, entry: requests.Entry) -> dict[str, str]:
        try:
            detail = detail_of(entry)
        except EventsError as error:
            return {"ErrorCode": error.code, "ErrorMessage": error.message}
        name = entry.event_bus_name.rpartition("event-bus/")[2]
        if error_code := self._struck(name, entry.detail or ""):
            return {"ErrorCode": error_code, "ErrorMessage": "The request processing has failed."}
        if name not in self.store.buses:
            return {"EventId": uuid_from(self._event_ids)}
        unix_s = self._clock.unix_s() if entry.time is None else entry.time
        bus = self.store.buses[name]
        source, detail_type = entry.source or "", entry.detail_type or ""
        return {"EventId": self._put(bus, source, detail_type, detail, entry.resources, unix_s)}

    def _struck(self, bus: str, detail: str) -> str:
        """The error code of the fault that strikes this entry; "": none does."""
        for active in self._faults.active:
            fault = active.fault
            if isinstance(fault, EventEntryFails) and fault.matches(bus, detail):
                struck = self._faults.strike(active, f"an entry of PutEvents to {bus}")
                if struck:
                    return fault.error
        return ""

    def _table(self) -> list[tuple[str, Action, type[requests.Request]]]:
        """Every action of the API: what carries it out, and what its request looks like."""
        table: list[tuple[str, Callable[[Any], dict[str, Any]], type[requests.Request]]] = [
            ("PutEvents", self._put_events, requests.PutEvents),
            ("CreateEventBus", self.buses.create, requests.Bus),
            ("DescribeEventBus", self.buses.describe, requests.Bus),
            ("ListEventBuses", self.buses.list, requests.Listing),
            ("DeleteEventBus", self.buses.delete, requests.Bus),
            ("PutPermission", self.buses.put_permission, requests.Permission),
            ("RemovePermission", self.buses.remove_permission, requests.Permission),
            ("PutRule", self.rules.put, requests.PutRule),
            ("DescribeRule", self.rules.describe, requests.NamedRule),
            ("ListRules", self.rules.list, requests.Listing),
            ("ListRuleNamesByTarget", self.rules.list_names, requests.OfTarget),
            ("EnableRule", self.rules.enable, requests.NamedRule),
            ("DisableRule", self.rules.disable, requests.NamedRule),
            ("DeleteRule", self.rules.delete, requests.NamedRule),
            ("TestEventPattern", self.rules.test_pattern, requests.TestEventPattern),
            ("PutTargets", self.targets.put, requests.OfRule),
            ("RemoveTargets", self.targets.remove, requests.OfRule),
            ("ListTargetsByRule", self.targets.list, requests.OfRule),
            ("CreateArchive", self.archives.create, requests.Archive),
            ("UpdateArchive", self.archives.update, requests.Archive),
            ("DescribeArchive", self.archives.describe, requests.Archive),
            ("ListArchives", self.archives.list, requests.Listing),
            ("DeleteArchive", self.archives.delete, requests.Archive),
            ("StartReplay", self.replays.start, requests.Replay),
            ("DescribeReplay", self.replays.describe, requests.Replay),
            ("ListReplays", self.replays.list, requests.Listing),
            ("CancelReplay", self.replays.cancel, requests.Replay),
        ]
        return [(name, of_request(action), shape) for name, action, shape in table]
