"""What goes wrong in this kata, in words: crashes, lost replies, copies, refused announcements."""

from collections.abc import AsyncIterator, Iterable

from harness.faults.base import Fault
from harness.faults.board import ActiveFault
from harness.faults.delivery import DuplicateDelivery
from harness.faults.environment import CrashAfterCall
from harness.faults.event_bus import EventDuplicated, EventEntryFails
from harness.faults.meeting import DYNAMODB_WRITES, CallsMeet
from harness.faults.service import LostReply
from harness.faults.streams import DuplicateBatch
from harness.faults.topics import PublishRefused, TopicDuplicate
from harness.promises import expect
from harness.world import World
from shop import SUBSCRIBERS, NewWorld

PUBLISHES = "Publish|PublishBatch|PutEvents"
WRITES = f"{DYNAMODB_WRITES}|{PUBLISHES}|SendMessage|SendMessageBatch|Invoke"
MOST_CALLS = 60


async def crashes(new_world: NewWorld, functions: Iterable[str]) -> AsyncIterator[tuple[int, World]]:
    """A fresh world for each k, in which each of these functions dies after its k-th call; the last is undisturbed."""
    names = tuple(functions)
    for k in range(1, MOST_CALLS):
        world = await new_world()
        struck = [world.inject(CrashAfterCall(k=k, functions=(name,), times=1)) for name in names]
        yield k, world
        if not any(one.strikes for one in struck):
            return
    _refuse_endless(names)


async def lost_replies(new_world: NewWorld, functions: Iterable[str]) -> AsyncIterator[tuple[int, World]]:
    """A fresh world for each n, in which each of these functions never hears the answer to its n-th write."""
    names = tuple(functions)
    for n in range(1, MOST_CALLS):
        world = await new_world()
        struck = [world.inject(LostReply(function=one, operation=WRITES, skip=n - 1, times=1)) for one in names]
        yield n, world
        if not any(one.strikes for one in struck):
            return
    _refuse_endless(names)


def _refuse_endless(names: tuple[str, ...]) -> None:
    expect(
        False,
        f"{' and '.join(names)} make more than {MOST_CALLS} calls for one order.",
        expected="an end",
        got=f"{MOST_CALLS} calls, and more",
    )


def calm(world: World) -> None:
    """Nothing goes wrong any more: what is read now is read undisturbed, whichever function serves it."""
    for fault in world.injected:
        world.lift(fault)


def set_going(world: World) -> list[str]:
    """The functions that have made calls so far, but for the three subscribers."""
    return list(dict.fromkeys(call.function for call in world.calls() if call.function not in SUBSCRIBERS))


def deliver_in_copies(world: World, *after_ms: int) -> list[ActiveFault]:
    """From now on whatever reaches a function by queue, topic, bus or stream comes again, after each of these times."""
    faults: tuple[Fault, ...] = (
        DuplicateDelivery(after_ms=after_ms),
        TopicDuplicate(after_ms=after_ms),
        EventDuplicated(after_ms=after_ms),
        DuplicateBatch(),
    )
    return [world.inject(fault, optional=True) for fault in faults]


def let_writes_meet(world: World) -> None:
    """Each subscriber's invocations that run at one moment have all read before the first of them writes.

    The first write of each waits until the others under way have had an answer to a read or wait too, 2 s at most.
    """
    for name in SUBSCRIBERS:
        meeting = CallsMeet(
            service="dynamodb", operation=DYNAMODB_WRITES, function=name, after_answer=True, at_most_ms=2000
        )
        world.inject(meeting, optional=True)


def hold_subscribers(world: World) -> None:
    """The queues that lead to the three subscribers are read no more: what happens there is not the point."""
    for queue in world.queues():
        consumers = world.consumers_of(queue.logical_id)
        if consumers and set(consumers) <= set(SUBSCRIBERS):
            world.pause(queue.logical_id)


def judge_copied(copied: list[ActiveFault]) -> None:
    """Copies must have been delivered, or the scenario has shown nothing."""
    expect(
        any(one.strikes for one in copied),
        "No event went from OrderEvents to a subscriber.",
        expected="a delivery by queue, topic, bus or stream [R1]",
        got="none",
    )


def refuse_announcements(world: World, *, for_s: float, containing: str = "") -> None:
    """OrderEvents takes nothing (with this text) for a while: calls raise, batches name entries under status 200."""
    until_ms = world.now_ms + round(for_s * 1000)
    world.inject(PublishRefused(containing=containing, until_ms=until_ms), optional=True)
    world.inject(EventEntryFails(containing=containing, error="ThrottlingException", until_ms=until_ms), optional=True)


def lose_announcement_replies(world: World, *, for_s: float) -> None:
    """OrderEvents takes everything, and for a while nobody hears that it has."""
    world.inject(LostReply(operation=PUBLISHES, until_ms=world.now_ms + round(for_s * 1000)))
