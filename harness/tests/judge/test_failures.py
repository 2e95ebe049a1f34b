"""What is said about invocations that failed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.faults.service import ServiceError
from harness.judge.failures import causes, told
from harness.tests.fakes import Exits, Program, Raised, Script, Spins, aws
from harness.tests.world.conftest import TEMPLATE, SmallWorld
from harness.tests.world.programs import queue_url
from harness.world import World


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Any]:
    """A world in which Work was invoked so many times."""
    worlds: list[SmallWorld] = []

    def work(program: Program, times: int = 1, prepare: Any = lambda world: None) -> World:
        small = SmallWorld(tmp_path / str(len(worlds)), TEMPLATE, {"app.work": program}, None, seed=1)
        worlds.append(small)
        prepare(small.world)
        for _ in range(times):
            small.run(small.world.invoke("Work", {}))
        return small.world

    yield work
    for small in worlds:
        small.close()


def raising(error: Exception) -> Program:
    def handler(event: Any) -> Script:
        raise error
        yield

    return handler


def sending(event: Any) -> Script:
    yield aws("sqs.SendMessage", QueueUrl=queue_url("Orders"), MessageBody="{}")
    raise Raised("KeyError", "'QueueUrl'")


def test_an_error_is_told_with_type_message_and_line(worked: Any) -> None:
    world = worked(raising(Raised("KeyError", "'id'")))
    assert told(world.invocations()[0], world) == "failed: KeyError: 'id' (src/app.py:3)"


def test_a_message_of_many_lines_is_told_by_its_first(worked: Any) -> None:
    world = worked(raising(Raised("ValueError", "x" * 1000 + "\nmore")))
    assert told(world.invocations()[0], world) == f"failed: ValueError: {'x' * 300} (src/app.py:3)"


def test_the_end_of_a_process_is_told_by_its_status(worked: Any) -> None:
    world = worked(raising(Exits("exit status 7")))
    assert told(world.invocations()[0], world) == "failed: Runtime exited with error: exit status 7"


def test_a_handler_that_spins_is_told_as_such_even_when_it_is_not_run_any_more(worked: Any) -> None:
    world = worked(raising(Spins()), times=5)
    assert {told(one, world) for one in world.invocations()} == {"timed out after 10 s (it computed without end)"}


def test_causes_are_counted_and_the_most_frequent_comes_first(worked: Any) -> None:
    world = worked(raising(Raised("KeyError", "'id'")), times=2)
    assert causes(world, mistakes_only=True) == "Work failed: KeyError: 'id' (src/app.py:3), 2 times."


def test_what_may_be_raised_on_purpose_is_no_mistake(worked: Any) -> None:
    world = worked(raising(Raised("NotNow", "the CMS is down")))
    assert causes(world, mistakes_only=True) == ""
    assert causes(world, mistakes_only=False) == "Work failed: NotNow: the CMS is down (src/app.py:3)."


def test_a_world_without_a_failure_has_no_causes(worked: Any) -> None:
    assert causes(worked(sending, times=0), mistakes_only=False) == ""


def test_an_invocation_that_a_fault_has_struck_is_no_cause(worked: Any) -> None:
    world = worked(sending, prepare=lambda world: world.inject(ServiceError(service="sqs")))
    assert world.invocations()[0].outcome == "failed"
    assert causes(world, mistakes_only=False) == ""
