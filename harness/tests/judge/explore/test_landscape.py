"""Where faults can strike: what an undisturbed run shows."""

from typing import Any

from harness.judge.explore.landscape import Landscape, landscape_of
from harness.tests.fakes import Script, aws
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import order, queue_url, submit, work


def busy(event: Any) -> Script:
    """Counts messages twice, in two calls to SQS."""
    for _ in range(2):
        yield aws("sqs.GetQueueAttributes", QueueUrl=queue_url("Orders"))


def seen(build: Build, victims: str = "background", *, calls: bool = False) -> Landscape:
    small: SmallWorld = build(work=busy if calls else work, submit=submit)

    async def drive() -> None:
        await small.world.post("/orders", json=order(small, "o-7"))
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


def test_calls_are_counted_for_each_function_and_service(build: Build) -> None:
    landscape = seen(build, calls=True)

    assert landscape.invocations == {"Work": (2,)}
    assert landscape.calls == {("Work", "sqs"): 2}
    assert landscape.unseen == ()


def test_a_function_that_made_no_call_is_unseen(build: Build) -> None:
    assert seen(build).unseen == ("Work",)
