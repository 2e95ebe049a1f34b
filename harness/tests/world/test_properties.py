"""Whatever goes wrong: an accepted message is done, dead-lettered or still there, and time only goes forward.

A message can be done *and* dead-lettered where two deliveries of it overlap: as a duplicate,
or when its visibility ends while it is held for a throttled function.
"""

import itertools
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.faults.delivery import DuplicateDelivery, Reordering
from harness.faults.environment import CrashAfterCall, HandlerTimeout, KillOnMatch
from harness.faults.service import ServiceError, ThrottledCall
from harness.tests.fakes import Raised, aws
from harness.tests.world.conftest import TEMPLATE, SmallWorld
from harness.tests.world.programs import submit

BODIES = [f'{{"id": "o-{number}"}}' for number in range(6)]


def work(event):
    """Lists tables twice; raises if the service would not."""
    for _ in range(2):
        answer = yield aws("dynamodb.ListTables")
        if answer.status != 200:
            raise Raised("ServiceTrouble", f"answered {answer.status}")


_TIMES = st.one_of(st.none(), st.integers(min_value=1, max_value=6))
_FAULTS = st.one_of(
    st.builds(
        DuplicateDelivery,
        queue=st.just("Orders"),
        after_ms=st.lists(st.integers(0, 90_000), min_size=1, max_size=3).map(tuple),
        times=_TIMES,
    ),
    st.builds(Reordering, queue=st.just("Orders"), at_most_ms=st.integers(0, 60_000)),
    st.builds(CrashAfterCall, k=st.integers(1, 3), times=_TIMES),
    st.builds(KillOnMatch, operation=st.just("ListTables"), skip=st.integers(0, 5), times=_TIMES),
    st.builds(HandlerTimeout, skip=st.integers(0, 5), times=_TIMES),
    st.builds(ThrottledCall, service=st.just("dynamodb"), skip=st.integers(0, 5), times=_TIMES),
    st.builds(ServiceError, service=st.just("dynamodb"), from_ms=st.integers(0, 60_000), until_ms=st.just(90_000)),
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    faults=st.lists(_FAULTS, max_size=4),
    at_ms=st.lists(st.integers(0, 40_000), min_size=len(BODIES), max_size=len(BODIES)),
    reserved=st.sampled_from([None, 1, 2]),
    seed=st.integers(1, 5),
)
def test_every_accepted_message_ends_in_exactly_one_place(faults, at_ms, reserved, seed) -> None:
    limit = f"      ReservedConcurrentExecutions: {reserved}\n" if reserved else ""
    template = TEMPLATE.replace("      Handler: app.work\n", f"      Handler: app.work\n{limit}")
    with tempfile.TemporaryDirectory() as folder:
        small = SmallWorld(Path(folder), template, {"app.work": work, "app.submit": submit}, None, seed)
        world = small.world
        for fault in faults:
            world.inject(fault)

        async def scenario() -> None:
            for due_ms, body in sorted(zip(at_ms, BODIES, strict=True)):
                await world.run_for(ms=due_ms - world.now_ms)
                world.queue("Orders").send(body)
            await world.settle()

        small.run(scenario())

        copies = Counter(message.body for message in world.queue("Orders").watch.queue.messages())
        dead = {arrival.body for arrival in world.queue("Failed").arrivals}
        done = {
            record["body"]
            for one in world.invocations("Work")
            for record in one.event["Records"]
            if one.outcome == "succeeded"
        }
        instants_us = [record.at_us for record in world.trace]
        small.close()

    assert not copies, "after all is quiet nothing is left in a queue that has a consumer"
    assert done | dead == set(BODIES)
    may_be_both = reserved or any(isinstance(fault, DuplicateDelivery) for fault in faults)
    assert may_be_both or not done & dead
    assert all(before <= after for before, after in itertools.pairwise(instants_us))
