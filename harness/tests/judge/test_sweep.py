"""The crash sweep: a fresh world for each call, until nothing is left to strike."""

import pytest

from harness.faults.environment import FunctionStalls
from harness.judge.sweep import CrashSweep, SweepTooLong
from harness.tests.fakes import aws, instant
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import submit
from harness.world import World


def calls(times: int):
    def work(event):
        for _ in range(times):
            yield aws("dynamodb.ListTables")

    return work


def swept(small: SmallWorld, victim, **settings) -> list[tuple[int, World]]:
    """Sends a message in each world of a sweep and lets it settle."""
    made: list[World] = []

    async def new_world() -> World:
        if made:
            made[-1].close()
        small.loop.restart()
        made.append(World(small.setting, 1, small.loop))
        return made[-1]

    async def sweep() -> list[tuple[int, World]]:
        runs = []
        async for run in CrashSweep(new_world).over(victim, **settings):
            run.world.queue("Orders").send('{"id": "o-7"}')
            await run.world.settle()
            runs.append((run.k, run.world))
        return runs

    try:
        runs: list[tuple[int, World]] = small.run(sweep())
        return runs
    finally:

        async def close() -> None:
            made[-1].close()

        small.run(close())


def outcomes(runs: list[tuple[int, World]]) -> list[tuple[int, list[str]]]:
    return [(k, [one.outcome for one in world.invocations("Work")]) for k, world in runs]


def test_a_sweep_kills_after_every_call_and_ends_with_the_undisturbed_run(build: Build) -> None:
    runs = swept(build(work=calls(3), submit=submit), lambda world: "Work")

    assert outcomes(runs) == [
        (1, ["killed", "succeeded"]),
        (2, ["killed", "succeeded"]),
        (3, ["killed", "succeeded"]),
        (4, ["succeeded"]),
    ]


def test_a_stall_is_swept_like_a_crash(build: Build) -> None:
    runs = swept(build(work=calls(2), submit=submit), lambda world: "Work", fault=FunctionStalls(for_ms=3000))

    lasted = [
        (k, [one.outcome for one in ran], [(one.ended_ms or 0) - one.started_ms >= 3000 for one in ran])
        for k, world in runs
        if (ran := world.invocations("Work"))
    ]
    assert lasted == [(1, ["succeeded"], [True]), (2, ["succeeded"], [True]), (3, ["succeeded"], [False])]


def test_a_function_without_calls_is_swept_by_one_undisturbed_run(build: Build) -> None:
    runs = swept(build(work=instant(None), submit=submit), lambda world: "Work")

    assert outcomes(runs) == [(1, ["succeeded"])]


def test_of_several_victims_whichever_calls_first_is_struck(build: Build) -> None:
    runs = swept(build(work=calls(1), submit=submit), lambda world: ["Submit", "Work"])

    assert outcomes(runs) == [(1, ["killed", "succeeded"]), (2, ["succeeded"])]


def test_a_victim_is_found_in_each_fresh_world(build: Build) -> None:
    seen: list[int] = []

    def victim(world: World) -> str:
        seen.append(world.now_ms)
        return world.consumers_of("Orders")[0]

    swept(build(work=calls(1), submit=submit), victim)

    assert seen == [0, 0]


def test_a_function_that_calls_without_end_is_too_long_for_a_sweep(build: Build) -> None:
    with pytest.raises(SweepTooLong, match="Work makes more than 3 outside calls for one event"):
        swept(build(work=calls(9), submit=submit), lambda world: "Work", limit=3)
