"""What is added to a scenario: faults before its test begins, and requests that come late."""

from harness.faults.delivery import DuplicateDelivery
from harness.faults.streams import DuplicateBatch
from harness.judge.extra import Extra
from harness.judge.judging import Judging
from harness.tests.world.conftest import Build
from harness.tests.world.programs import submit, work


def test_every_world_of_a_scenario_meets_the_added_faults_and_the_next_scenario_does_not(build: Build) -> None:
    small = build(work=work, submit=submit)
    judging = Judging(small.setting, 1)
    judging.vary(5, Extra(faults=(DuplicateDelivery(queue="Orders", times=1),)))

    async def drive():
        world = await judging.new_world()
        world.queue("Orders").send('{"id": "o-7"}')
        await world.settle()
        return world.seed, len(world.invocations("Work"))

    first, second = small.run(drive()), small.run(drive())
    judging.vary(1, Extra())

    assert (first, second, small.run(drive())) == ((5, 2), (5, 2), (1, 1))


def test_a_fault_of_what_is_not_in_the_template_strikes_nothing(build: Build) -> None:
    small = build(work=work, submit=submit)

    Extra(faults=(DuplicateDelivery(queue="Elsewhere"), DuplicateBatch(stream="Clicks"))).add_to(small.world)

    assert small.world.trace.records == []


def test_the_first_requests_come_as_late_as_was_said_and_the_others_at_once(build: Build) -> None:
    small = build(work=work, submit=submit)
    Extra(jitter_ms=(0, 120)).add_to(small.world)

    async def drive() -> list[int]:
        sent = []
        for _ in range(3):
            before_ms = small.world.now_ms
            answer = await small.world.get("/orders/o-7")
            sent.append(answer.sent_ms - before_ms)
        return sent

    assert small.run(drive()) == [0, 120, 0]
