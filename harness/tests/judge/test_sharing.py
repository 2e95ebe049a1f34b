"""Shared runs: driven once, judged by several, and failing for each of them alike."""

import pytest

from harness.judge.judging import Judging
from harness.judge.sharing import SHARED, shared_run
from harness.promises import PromiseBroken, expect
from harness.simulation.loop import NothingLeftToHappen
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import submit, work
from harness.world import World


@pytest.fixture
def small(build: Build) -> SmallWorld:
    return build(work=work, submit=submit)


@pytest.fixture
def judging(small: SmallWorld) -> Judging:
    return Judging(small.setting, 1)


def share(small: SmallWorld, judging: Judging, drive):
    """What a scenario that begins now gets of the run."""
    judging.begin()
    return small.run(judging.share("run", drive))


async def drive_one(world: World) -> list[str]:
    world.queue("Orders").send('{"id": "o-7"}')
    await world.settle()
    return [one.outcome for one in world.invocations("Work")]


def test_a_shared_run_is_driven_once_and_its_data_is_the_same_object(small: SmallWorld, judging: Judging) -> None:
    driven: list[World] = []

    async def drive(world: World) -> list[str]:
        driven.append(world)
        return await drive_one(world)

    first = share(small, judging, drive)
    second = share(small, judging, drive)

    assert first == ["succeeded"]
    assert second is first
    assert len(driven) == 1


def test_every_scenario_of_a_shared_run_has_its_world_as_evidence(small: SmallWorld, judging: Judging) -> None:
    share(small, judging, drive_one)
    first = (judging.worlds[-1], judging.digest())
    share(small, judging, drive_one)

    assert (judging.worlds[-1], judging.digest()) == first
    assert judging.virtual_ms() > 1000


def test_a_promise_broken_in_driving_is_broken_for_every_scenario(small: SmallWorld, judging: Judging) -> None:
    async def drive(world: World) -> None:
        expect(False, "The shop is shut.", expected="open", got="shut")

    with pytest.raises(PromiseBroken, match="The shop is shut"):
        share(small, judging, drive)
    with pytest.raises(PromiseBroken, match="The shop is shut"):
        share(small, judging, drive)


def test_a_run_that_comes_to_no_end_fails_every_scenario(small: SmallWorld, judging: Judging) -> None:
    async def drive(world: World) -> None:
        await small.loop.create_future()

    with pytest.raises(NothingLeftToHappen, match="everybody waits for something"):
        share(small, judging, drive)
    with pytest.raises(NothingLeftToHappen, match="came to no end"):
        share(small, judging, drive)


def test_a_shared_run_is_a_fixture_of_its_name_and_its_words() -> None:
    @shared_run
    async def whole_afternoon(world: World) -> None:
        """An afternoon in the shop."""

    assert "whole_afternoon" in SHARED
    assert whole_afternoon.__doc__ == "An afternoon in the shop."
    SHARED.discard("whole_afternoon")


def test_a_new_world_closes_the_one_before_and_begins_at_0(small: SmallWorld, judging: Judging) -> None:
    async def two() -> tuple[World, World]:
        first = await judging.new_world()
        first.queue("Orders").send('{"id": "o-7"}')
        await first.run_for(s=1)
        return first, await judging.new_world()

    first, second = small.run(two())

    assert second.now_ms == 0
    assert judging.worlds == [first, second]
    assert first.trace.records[-1].at_ms <= 1000
    judging.close_worlds()
    assert all(worker.killed for worker in small.workers)


def test_two_worlds_of_one_seed_are_the_same(small: SmallWorld, judging: Judging) -> None:
    async def two() -> None:
        for _ in range(2):
            await drive_one(await judging.new_world())

    small.run(two())

    first, second = (world.trace.digest() for world in judging.worlds)
    assert first == second
    assert judging.digest() not in (first, second)
