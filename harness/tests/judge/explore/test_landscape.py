"""Where faults can strike: what an undisturbed run shows."""

from harness.judge.explore.landscape import landscape_of
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import submit, work


def seen(build: Build, victims: str = "background"):
    small: SmallWorld = build(work=work, submit=submit)

    async def drive() -> None:
        await small.world.post("/orders", json={"id": "o-7"})
        await small.world.settle()

    small.run(drive())
    template = small.world._deployment.template
    return landscape_of(template, small.world.trace, ("legacy",), victims)  # type: ignore[arg-type]


def test_functions_that_somebody_waits_for_are_spared(build: Build) -> None:
    landscape = seen(build)
    assert "Submit" not in {*landscape.invocations, *landscape.unseen, *(function for function, _ in landscape.calls)}


def test_all_functions_are_victims_where_the_kata_says_so(build: Build) -> None:
    assert "Submit" in seen(build, "all").invocations


def test_queues_are_those_that_messages_were_received_from(build: Build) -> None:
    assert seen(build).messages == {"Orders": 1}
