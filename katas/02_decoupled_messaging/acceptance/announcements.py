"""Events on the topic, as whoever subscribes sees them, and whether they agree with the state."""

import json
import re
from dataclasses import dataclass
from typing import Any

from club import (
    ACCESS,
    BILLING,
    TOPIC,
    Document,
    content_of,
    judge_access,
    judge_bill,
    member,
)
from harness.faults.functions import InvocationRefused
from harness.promises import expect
from harness.world import World
from harness.world.queue_view import QueueView
from harness.world.topic_view import Notification

ROUTES = (
    ("PUT", "/members/m-1"),
    ("GET", "/members/m-1"),
    ("GET", "/billing/m-1"),
    ("GET", "/access/m-1"),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

TOLD_NOBODY = "The change is saved, nobody was told: it died between the two."


@dataclass(frozen=True)
class Heard:
    """An event as a subscriber got it, with its message attributes as type and value."""

    content: Document
    attributes: dict[str, tuple[str, str | None]]


def event_of(member_id: str, version: int, plan: str, previous_plan: str | None = None, **more: Any) -> Document:
    """An event as Memberships would publish it; `more` replaces fields, or adds some."""
    return {
        "event_id": f"test-{member_id}-{version}",
        "event_type": "MemberChanged",
        "schema_version": 1,
        "occurred_at": "2031-05-01T09:00:00.120Z",
        "member_id": member_id,
        "version": version,
        "plan": plan,
        "previous_plan": previous_plan,
        **more,
    }


def publish(world: World, event: Document) -> Notification:
    """Publishes past the submission, as another team or an operator would [E4]."""
    attributes = {name: event[name] for name in ("event_type", "plan")}
    return world.topic(TOPIC).publish(event, attributes=attributes, group_id=event.get("member_id"))


def published(world: World, member_id: str) -> list[Notification]:
    """What was published about a member, in order."""
    about = [one for one in world.topic(TOPIC).published if member_id in one.message]
    return [one for one in about if _about(content_of(one.message), member_id)]


def republish(world: World, member_id: str, version: int) -> Notification:
    """Publishes an event that was there before once more, in a new envelope."""
    first = next(one for one in published(world, member_id) if content_of(one.message)["version"] == version)
    return world.topic(TOPIC).republish(first)


def heard(newcomer: QueueView, member_id: str = "") -> list[Heard]:
    """Each event that a subscriber got (about one member), a copy that is the same in all being left out."""
    found: dict[str, Heard] = {}
    for arrival in newcomer.arrivals:
        content = content_of(arrival.body)
        if isinstance(content, dict) and (not member_id or _about(content, member_id)):
            attributes = {
                name: (one.data_type, one.string_value) for name, one in sorted(arrival.message_attributes.items())
            }
            found.setdefault(json.dumps([content, attributes], sort_keys=True), Heard(content, attributes))
    return list(found.values())


def judge_heard(newcomer: QueueView, member_id: str, plans: list[str], *, likely: str = "", first: int = 1) -> None:
    """A subscriber must have heard of exactly these changes, each in one event with all its fields.

    Args:
        first: the version of the first of them; what was before is not asked for.
    """
    events = sorted(
        (one for one in heard(newcomer, member_id) if one.content.get("version", 0) >= first),
        key=lambda one: one.content.get("version", 0),
    )
    versions = [one.content.get("version") for one in events]
    wanted = list(range(first, first + len(plans)))
    expect(
        versions == wanted,
        f"Member {member_id} has the versions {wanted or 'none'}, and a subscriber heard of {versions or 'none'}.",
        expected=f"one event for each change: versions {wanted} [E1] [E2]",
        got=[one.content for one in events],
        likely=likely if len(versions) < len(wanted) else "",
        about=[member_id],
    )
    previous = None
    for event, plan in zip(events, plans, strict=True):
        _judge_event(event, member_id, plan, previous if event.content["version"] > first else ...)
        previous = plan
    ids = [one.content["event_id"] for one in events]
    expect(
        len(set(ids)) == len(ids),
        f"Different changes of member {member_id} have the same event_id.",
        expected="an event_id of its own for each change [E2]",
        got=ids,
        about=[member_id],
    )


async def judge_agreed(
    world: World,
    newcomer: QueueView,
    member_id: str,
    *,
    mark: str,
    untold: str = "",
    unsaved: str = "",
    twice: str = "",
) -> int:
    """Memberships, a subscriber, Billing and Access must tell the same of a member; returns its version.

    Args:
        untold, unsaved, twice: the likely mistake if an event is missing, if there is one of a
            change that is not saved, or if a member was charged too often.
    """
    shown = await member(world, member_id)
    events = {one.content["version"]: one.content for one in heard(newcomer, member_id)}
    version, likely = shown.get("version", 0), untold if len(events) < shown.get("version", 0) else unsaved
    expect(
        sorted(events) == list(range(1, version + 1)) and len(heard(newcomer, member_id)) == version,
        f"Memberships shows version {version or 'none'} of member {member_id}, and a subscriber heard of "
        f"{sorted(events) or 'none'}.",
        expected=f"exactly one event for each of the versions up to {version} [{mark}]",
        got=[one.content for one in heard(newcomer, member_id)],
        likely=likely,
        about=[member_id],
    )
    plans = [events[number]["plan"] for number in range(1, version + 1)]
    if not plans:
        await judge_bill(world, member_id, [], mark=mark, twice=unsaved)
        return 0
    expect(
        shown["plan"] == plans[-1],
        f"Memberships shows member {member_id} in {shown['plan']}, and announced {plans[-1]} as version {version}.",
        expected=f"the same plan in both [{mark}]",
        got={"shown": shown, "announced": events[version]},
        about=[member_id],
    )
    judge_heard(newcomer, member_id, plans)
    await judge_bill(world, member_id, plans, mark=mark, likely=untold, twice=twice)
    await judge_access(world, member_id, version, plans[-1], mark=mark, likely=untold)
    return int(version)


def publishers(world: World) -> list[str]:
    """The functions that have published to a topic so far."""
    calls = [one for one in world.calls(service="sns") if one.operation in ("Publish", "PublishBatch")]
    return list(dict.fromkeys(one.function for one in calls))


def consumers(world: World, queue: str) -> tuple[str, ...]:
    """The functions that consume a queue, which must be at least one."""
    found = tuple(world.consumers_of(queue))
    expect(
        bool(found),
        f"No function consumes {queue}.",
        expected=f"a function with an SQS event for {queue}",
        got="none",
    )
    return found


def stop(world: World, queue: str) -> Any:
    """A service is out: nobody consumes its queue. Give what this returns to `go_on`."""
    world.pause(queue)
    behind = {world.function_behind(*route) for route in ROUTES}
    others = set(world.consumers_of(BILLING if queue == ACCESS else ACCESS))
    alone = [one for one in world.consumers_of(queue) if one not in behind | others]
    return queue, [world.inject(InvocationRefused(function=one), optional=True) for one in alone]


def go_on(world: World, stopped: Any) -> None:
    """The service is back."""
    queue, refusals = stopped
    for refusal in refusals:
        world.lift(refusal)
    world.resume(queue)


def _about(content: Any, member_id: str) -> bool:
    return isinstance(content, dict) and content.get("member_id") == member_id


def _judge_event(event: Heard, member_id: str, plan: str, previous: Any) -> None:
    content = event.content
    wanted = {"event_type": "MemberChanged", "schema_version": 1, "member_id": member_id, "plan": plan}
    if previous is not ...:
        wanted["previous_plan"] = previous
    found = {name: content.get(name, "missing") for name in wanted}
    expect(
        found == wanted and isinstance(content.get("event_id"), str) and "previous_plan" in content,
        f"The event for version {content.get('version')} of member {member_id} is not as agreed.",
        expected=f"{wanted}, and an event_id [E1]",
        got=content,
        about=[member_id],
    )
    expect(
        _MOMENT.fullmatch(str(content.get("occurred_at"))) is not None,
        f"The event for version {content['version']} of member {member_id} does not say when it occurred.",
        expected="occurred_at as 2031-05-01T09:00:00.120Z [E1]",
        got=content.get("occurred_at"),
        about=[member_id],
    )
    attributes = {name: ("String", content[name]) for name in ("event_type", "plan")}
    expect(
        {name: event.attributes.get(name) for name in attributes} == attributes,
        f"The event for version {content['version']} of member {member_id} cannot be filtered.",
        expected=f"the message attributes {attributes} [E3]",
        got=event.attributes,
        about=[member_id],
    )
