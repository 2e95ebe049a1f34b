"""Archives and replays.

A replay goes through its archive minute by minute, in no order within one. How long a minute's
worth takes AWS does not say: here a second.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
and https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
"""

import asyncio
import json
from typing import Any

from harness.cloud.engines.events import requests
from harness.cloud.engines.events.errors import EventsError, exists, invalid, missing
from harness.cloud.engines.events.pages import page
from harness.cloud.engines.events.publishing import Publisher
from harness.cloud.engines.events.rules import read_pattern
from harness.cloud.engines.events.store import Archive, Event, Replay, Store, is_name
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness

MINUTE_S = 1.0
"""Virtual seconds which one minute of an archive takes to be replayed."""


_LISTED = (
    "ArchiveName", "EventSourceArn", "State", "RetentionDays", "SizeBytes", "EventCount", "CreationTime",
)  # fmt: skip
"""What ListArchives tells of an archive; DescribeArchive tells more."""


class ArchiveActions:
    """What the API can do with archives."""

    def __init__(self, store: Store, loop: VirtualLoop) -> None:
        self._store = store
        self._loop = loop

    def create(self, request: requests.Archive) -> dict[str, Any]:
        """CreateArchive: from now on it keeps the bus's events, but for replayed ones."""
        if not is_name(request.archive_name, 48):
            raise invalid(f"Parameter ArchiveName is not valid. Reason: {request.archive_name!r}")
        if request.archive_name in self._store.archives:
            raise exists(f"Archive {request.archive_name} already exists.")
        archive = Archive(
            name=request.archive_name,
            arn=f"{self._store.prefix}:archive/{request.archive_name}",
            bus=self._store.bus(request.event_source_arn).name,
            created_s=self._loop.clock.unix_s(),
        )
        self._set(archive, request)
        self._store.archives[archive.name] = archive
        return _answer(archive)

    def update(self, request: requests.Archive) -> dict[str, Any]:
        """UpdateArchive."""
        archive = self._archive(request)
        self._set(archive, request)
        return _answer(archive)

    def _set(self, archive: Archive, request: requests.Archive) -> None:
        if request.retention_days is not None and request.retention_days < 0:
            raise invalid("Parameter RetentionDays is not valid.")
        if request.event_pattern:
            archive.pattern, archive.pattern_text = read_pattern(request.event_pattern), request.event_pattern
        archive.description = request.description or archive.description
        archive.retention_days = request.retention_days or archive.retention_days

    def describe(self, request: requests.Archive) -> dict[str, Any]:
        """DescribeArchive."""
        return self._shown(self._archive(request))

    def list(self, request: requests.Listing) -> dict[str, Any]:
        """ListArchives."""
        source = request.event_source_arn.rpartition("event-bus/")[2]
        found = [
            {key: value for key, value in self._shown(archive).items() if key in _LISTED}
            for archive in self._store.archives.values()
            if archive.name.startswith(request.name_prefix) and source in ("", archive.bus)
        ]
        return page("Archives", found, request.next_token, request.limit)

    def delete(self, request: requests.Archive) -> dict[str, Any]:
        """DeleteArchive."""
        del self._store.archives[self._archive(request).name]
        return {}

    def _archive(self, request: requests.Archive) -> Archive:
        if request.archive_name not in self._store.archives:
            raise missing(f"Archive {request.archive_name} does not exist.")
        return self._store.archives[request.archive_name]

    def _shown(self, archive: Archive) -> dict[str, Any]:
        kept = archive.kept(self._loop.clock.unix_s())
        shown = {
            "ArchiveName": archive.name,
            "ArchiveArn": archive.arn,
            "EventSourceArn": self._store.buses[archive.bus].arn,
            "State": "ENABLED",
            "RetentionDays": archive.retention_days,
            "SizeBytes": sum(len(json.dumps(event)) for _, event in kept),
            "EventCount": len(kept),
            "CreationTime": archive.created_s,
            "EventPattern": archive.pattern_text,
            "Description": archive.description,
        }
        return {key: value for key, value in shown.items() if value not in ("", None)}


def _answer(archive: Archive) -> dict[str, Any]:
    return {"ArchiveArn": archive.arn, "State": "ENABLED", "CreationTime": archive.created_s}


class ReplayActions:
    """What the API can do with replays."""

    def __init__(self, store: Store, publisher: Publisher, loop: VirtualLoop, randomness: Randomness) -> None:
        self._store = store
        self._publisher = publisher
        self._loop = loop
        self._chance = randomness.stream("events/replays")

    def start(self, request: requests.Replay) -> dict[str, Any]:
        """StartReplay."""
        archive, replay = self._checked(request)
        self._store.replays[replay.name] = replay
        self._loop.keep(self._run(archive, replay))
        return {"ReplayArn": replay.arn, "State": replay.state, "ReplayStartTime": replay.started_s}

    def _checked(self, request: requests.Replay) -> tuple[Archive, Replay]:
        name, begin, end = request.replay_name, request.event_start_time, request.event_end_time
        if not is_name(name, 64):
            raise invalid(f"Parameter ReplayName is not valid. Reason: {name!r}")
        if name in self._store.replays:
            raise exists(f"Replay {name} already exists.")
        archive = self._store.archives.get(request.event_source_arn.rpartition("archive/")[2])
        if archive is None:
            raise invalid(
                "Parameter EventSourceArn is not valid. Reason: "
                f"The specified event source {request.event_source_arn} does not exist."
            )
        if begin is None or end is None or begin >= end:
            raise invalid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
        if request.destination is None or request.destination.arn != self._store.buses[archive.bus].arn:
            raise invalid(
                "Parameter Destination.Arn is not valid. Reason: "
                "Cannot replay events to an event bus other than the one of the archive."
            )
        replay = Replay(
            name=name,
            arn=f"{self._store.prefix}:replay/{name}",
            archive_arn=archive.arn,
            bus=archive.bus,
            from_s=begin,
            until_s=end,
            started_s=self._loop.clock.unix_s(),
            rule_arns=tuple(request.destination.filter_arns),
            description=request.description,
        )
        return archive, replay

    async def _run(self, archive: Archive, replay: Replay) -> None:
        await asyncio.sleep(MINUTE_S)
        if replay.state == "STARTING":
            replay.state = "RUNNING"
        for minute in self._minutes(archive, replay):
            if replay.state != "RUNNING" or replay.bus not in self._store.buses:
                break
            self._chance.shuffle(minute)
            for at_s, event in minute:
                replay.last_event_s = max(at_s, replay.last_event_s or at_s)
                again = event | {"replay-name": replay.name}
                self._publisher.publish(self._store.buses[replay.bus], again, replay=replay.name, only=replay.rule_arns)
            await asyncio.sleep(MINUTE_S)
        replay.state = "COMPLETED" if replay.state == "RUNNING" else "CANCELLED"
        replay.ended_s = self._loop.clock.unix_s()

    def _minutes(self, archive: Archive, replay: Replay) -> list[list[tuple[float, Event]]]:
        """The events of the time range, a list for each minute that has some."""
        minutes: dict[int, list[tuple[float, Event]]] = {}
        for at_s, event in archive.kept(self._loop.clock.unix_s()):
            if replay.from_s <= at_s < replay.until_s:
                minutes.setdefault(int((at_s - replay.from_s) // 60), []).append((at_s, event))
        return [minutes[number] for number in sorted(minutes)]

    def describe(self, request: requests.Replay) -> dict[str, Any]:
        """DescribeReplay."""
        replay = self._replay(request)
        shown = self._shown(replay) | {"ReplayArn": replay.arn, "Description": replay.description}
        bus = self._store.prefix + f":event-bus/{replay.bus}"
        shown["Destination"] = {"Arn": bus} | ({"FilterArns": list(replay.rule_arns)} if replay.rule_arns else {})
        return {key: value for key, value in shown.items() if value is not None}

    def list(self, request: requests.Listing) -> dict[str, Any]:
        """ListReplays."""
        found = [
            {key: value for key, value in self._shown(replay).items() if value is not None}
            for replay in self._store.replays.values()
            if replay.name.startswith(request.name_prefix)
            and request.state in ("", replay.state)
            and request.event_source_arn in ("", replay.archive_arn)
        ]
        return page("Replays", found, request.next_token, request.limit)

    def cancel(self, request: requests.Replay) -> dict[str, Any]:
        """CancelReplay."""
        replay = self._replay(request)
        if replay.state not in ("STARTING", "RUNNING"):
            raise EventsError(
                "IllegalStatusException", f"Replay {replay.name} is not in a valid state for this operation."
            )
        replay.state = "CANCELLING"
        return {"ReplayArn": replay.arn, "State": "CANCELLING"}

    def _replay(self, request: requests.Replay) -> Replay:
        if request.replay_name not in self._store.replays:
            raise missing(f"Replay {request.replay_name} does not exist.")
        return self._store.replays[request.replay_name]

    @staticmethod
    def _shown(replay: Replay) -> dict[str, Any]:
        return {
            "ReplayName": replay.name,
            "EventSourceArn": replay.archive_arn,
            "State": replay.state,
            "EventStartTime": replay.from_s,
            "EventEndTime": replay.until_s,
            "EventLastReplayedTime": replay.last_event_s,
            "ReplayStartTime": replay.started_s,
            "ReplayEndTime": replay.ended_s,
        }
