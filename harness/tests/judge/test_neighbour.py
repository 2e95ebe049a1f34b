"""The nearest run that holds: without the fault, without all of them, or under another seed."""

from pathlib import Path
from typing import Any

from harness.judge.verdict import Neighbour, Outcome
from harness.tests.fakes import http, instant
from harness.tests.judge.test_session import Judged

STRUCK = """\
    from harness.faults.downstream import DownstreamFails
    from harness.promises import expect


    async def test_wrong_key_is_refused(world):
        {faults}
        answer = await world.get("/door")
        expect(answer.text == "open", "It stayed shut.", expected="open", got=answer.text, about=["door"])
    """
BY_SEED = """\
    from harness.promises import expect
    from harness.simulation.randomness import Randomness


    async def test_wrong_key_is_refused(world):
        drawn = world.random("key").random()
        unlucky = Randomness(7).stream("test/key").random()
        expect(drawn != unlucky, "It stayed shut.", expected="another", got=drawn)
    """
NAME = "test_wrong_key_is_refused"


def door(event: Any) -> Any:
    """Open, if the lock knows nothing of it."""
    answer = yield http("GET", "http://lock.internal/door")
    return "open" if answer.status == 404 else "shut"


def neighbour(home: Path, faults: str, program: Any = door, test: str = STRUCK) -> tuple[Outcome, Neighbour | None]:
    """Of the one scenario, in which these faults are switched on."""
    test = test.format(faults=faults)
    verdict = Judged(home)(program, files={"acceptance/test_p2_shut.py": test}, only=(NAME,), neighbour=True)
    [scenario] = verdict.scenarios
    return scenario.outcome, scenario.neighbour


def test_the_run_without_the_fault_is_shown_with_the_lines_at_which_the_two_part(tmp_path: Path) -> None:
    outcome, found = neighbour(tmp_path, 'world.inject(DownstreamFails(service="lock", ends=("503",)))')

    assert outcome is Outcome.FAILED
    assert found is not None
    assert found.difference == "without downstream_fails"
    assert found.here is not None
    assert found.there is not None
    assert found.here.text == "Door#1  GET /door -> 503"
    assert found.there.text == "Door#1  GET /door -> 404"


def test_where_chance_decides_another_seed_holds(tmp_path: Path) -> None:
    found = neighbour(tmp_path, "", test=BY_SEED)

    assert found == (Outcome.FAILED, Neighbour(difference="under seed 8"))


def test_a_design_that_fails_without_any_fault_has_no_neighbour(tmp_path: Path) -> None:
    found = neighbour(tmp_path, 'world.inject(DownstreamFails(service="lock", ends=("503",)))', instant("shut"))

    assert found == (Outcome.FAILED, None)


def test_a_scenario_that_passes_has_none(tmp_path: Path) -> None:
    assert neighbour(tmp_path, "pass") == (Outcome.PASSED, None)
