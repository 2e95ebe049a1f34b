"""The sweep over points: each call of an event disturbed in each way, and the same state asked for."""

import json
from typing import Any

import pytest

from harness.faults.board import FaultStruck
from harness.judge.same_state import NothingToDisturb
from harness.judge.sweep import CrashSweep
from harness.promises import PromiseBroken
from harness.tests.fakes import aws, instant
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import queue_url, submit
from harness.world import World


def writes(calls: int):
    """Adds a message to another queue after so many harmless calls: once for each time it runs."""

    def work(event):
        for _ in range(calls):
            yield aws("dynamodb.ListTables")
        to = json.loads(event["Records"][0]["body"])["to"]
        yield aws("sqs.SendMessage", QueueUrl=to, MessageBody="done")

    return work


def looks(event):
    yield aws("dynamodb.ListTables")
    yield aws("dynamodb.ListTables")


async def event(world: World) -> None:
    world.queue("Orders").send(json.dumps({"id": "o-7", "to": queue_url(world.queue("Failed").watch.queue.name)}))


async def again(world: World) -> None:
    world.queue("Orders").deliver_again(containing="o-7", after_ms=0)


async def observe(world: World) -> Any:
    return {"done": len(world.queue("Failed").arrivals)}


def sweep(small: SmallWorld, **more: Any) -> list[list[str]]:
    """Sweeps over the calls of Work; returns the faults that struck, world by world."""
    made: list[World] = []

    async def new_world() -> World:
        if made:
            made[-1].close()
        small.loop.restart()
        made.append(World(small.setting, 1, small.loop))
        return made[-1]

    async def judge() -> None:
        try:
            await CrashSweep(new_world).same_state("Work", event=event, observe=observe, **more)
        finally:
            made[-1].close()

    small.run(judge())
    return [[record.fault.split()[0] for record in world.trace.of(FaultStruck)] for world in made]


def test_a_function_that_changes_nothing_passes_and_was_struck_at_every_call_in_every_way(build: Build) -> None:
    struck = sweep(build(work=looks, submit=submit), again=again)

    each_call = [["crash_after_call"], ["reply_lost"], ["throttled_call"], []]
    assert struck == [[], *each_call, *each_call]


def test_a_function_that_does_its_work_twice_is_told_at_the_call_after_which_it_died(build: Build) -> None:
    with pytest.raises(PromiseBroken) as broken:
        sweep(build(work=writes(1), submit=submit), likely="It does not know what it has done.", ways=("crash",))

    assert str(broken.value) == ("Work left another state when its environment died after its call 2, sqs SendMessage.")
    assert broken.value.expected == "that of an undisturbed run: {'done': 1}"
    assert broken.value.got == "{'done': 2}"
    assert broken.value.likely == "It does not know what it has done."


def test_a_second_copy_arrives_at_the_moment_of_a_call(build: Build) -> None:
    with pytest.raises(PromiseBroken) as broken:
        sweep(build(work=writes(1), submit=submit), again=again, ways=())

    assert "a second copy of its event came at the moment of its call 1, dynamodb ListTables" in str(broken.value)


def test_a_function_without_calls_cannot_be_swept(build: Build) -> None:
    with pytest.raises(NothingToDisturb, match="Work makes no outside call"):
        sweep(build(work=instant(None), submit=submit))
