"""A stored plan run again: how it ends now, beside how it ended then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.judge.explore.found import FOUND_FOLDER, keep
from harness.judge.explore.replay import Ending, Replayed, replay, submission_of
from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.scenarios import ScenarioUnknownError
from harness.judge.verdict import Verdict
from harness.judge.verdicts import submission_digest
from harness.tests.fake_kata import fake_judge, write_kata
from harness.tests.judge.explore.test_found import FOUND

Again = Callable[..., Replayed]
SAME = "Door d-9 opened twice."


@pytest.fixture
def again(tmp_path: Path) -> Again:
    """Runs a plan again on a submission in which this fails, judged by what the fake judge says."""
    kata = read_kata(write_kata(tmp_path))
    folder = tmp_path / "mine"
    folder.mkdir()

    def run(fails: str, *, scenario: str = FOUND.scenario, **changed: Any) -> Replayed:
        (folder / "template.yaml").write_text(fails)
        found = msgspec.structs.replace(FOUND, scenario=scenario, submission_digest=submission_digest(folder))

        def judge(job: Job) -> Verdict:
            assert (job.seed, job.only, job.extra) == (3, ("test_door_opens",), FOUND.candidate.extra)
            verdict = fake_judge(job)
            scenarios = tuple(msgspec.structs.replace(one, **changed) for one in verdict.scenarios)
            return msgspec.structs.replace(verdict, scenarios=scenarios)

        return replay(found, kata, folder, judge)

    return run


def test_the_same_failure_in_the_same_run_is_the_same_to_the_byte(again: Again) -> None:
    replayed = again(f"test_door_opens: {SAME}")
    assert (replayed.ending, replayed.exit_code, replayed.is_changed) == (Ending.SAME_RUN, 1, False)


def test_the_same_failure_in_another_run_is_told_apart(again: Again) -> None:
    assert again(f"test_door_opens: {SAME}", digest="another").ending is Ending.SAME_WAY


def test_another_failure_is_told_apart(again: Again) -> None:
    assert again("test_door_opens: Door d-7 stayed shut.").ending is Ending.ANOTHER_WAY


def test_what_passes_now_ends_with_0_and_names_faults_that_struck_nothing(again: Again) -> None:
    replayed = again("")
    assert (replayed.ending, replayed.exit_code) == (Ending.PASSES, 0)
    assert replayed.idle == ("duplicate_delivery times=1 queue=DoorQueue after_ms=(90,)",)
    assert again("", faults=("duplicate_delivery: message 7 in DoorQueue",)).idle == ()


@pytest.mark.parametrize(("what", "code"), [("cannot be judged", 1), ("the judge dies", 3)])
def test_what_cannot_be_judged_ends_with_the_code_of_whose_fault_it_is(again: Again, what: str, code: int) -> None:
    replayed = again(what)
    assert (replayed.ending, replayed.exit_code, replayed.scenario) == (Ending.UNJUDGED, code, None)


def test_a_scenario_that_the_kata_does_not_have_is_told(again: Again) -> None:
    with pytest.raises(ScenarioUnknownError, match='has no scenario "test_window_opens"'):
        again("", scenario="test_window_opens")


def test_a_plan_belongs_to_the_submission_it_lies_in_and_else_to_the_workspace(tmp_path: Path) -> None:
    inside = keep(FOUND, tmp_path / "mine" / FOUND_FOLDER)
    (tmp_path / "mine" / "template.yaml").write_text("")
    outside = keep(FOUND, tmp_path / FOUND_FOLDER)

    assert submission_of(inside, tmp_path / "workspace", "42_doors") == tmp_path / "mine"
    assert submission_of(outside, tmp_path / "workspace", "42_doors") == tmp_path / "workspace" / "42_doors"


def test_keeping_a_plan_does_not_change_what_the_submission_is(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("")
    before = submission_digest(tmp_path, without=FOUND_FOLDER)

    keep(FOUND, tmp_path / FOUND_FOLDER)

    assert submission_digest(tmp_path, without=FOUND_FOLDER) == before
    assert submission_digest(tmp_path) != before  # whoever grades counts every file: a handler could read it
