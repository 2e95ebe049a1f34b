"""Scenario verdicts put together, and the digest of a submission."""

import os
from pathlib import Path

import pytest

from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.verdict import Explanation, Fault, Outcome, Scenario, exit_code
from harness.judge.verdicts import error_verdict, explanation_of, submission_digest, verdict_of
from harness.tests.fake_kata import write_kata
from harness.world.world import NoApi


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "template.yaml").write_text("Resources: {}\n")
    return Job(read_kata(write_kata(tmp_path)), folder, 7)


def scenario(outcome: Outcome, points: int = 3, **more) -> Scenario:
    earned = points if outcome is Outcome.PASSED else 0
    return Scenario(name="n", title="t", promise="P1", points=points, earned=earned, outcome=outcome, **more)


@pytest.mark.parametrize(
    ("outcomes", "expected", "score"),
    [
        ([Outcome.PASSED, Outcome.PASSED], "passed", 6),
        ([Outcome.PASSED, Outcome.FAILED], "failed", 3),
        ([Outcome.FAILED, Outcome.BLOCKED], "failed", 0),
        ([Outcome.PASSED, Outcome.NOT_REACHED], "failed", 3),
        ([Outcome.PASSED, Outcome.BLOCKED], "failed", 3),
        ([Outcome.PASSED, Outcome.ERROR], "error", 3),
    ],
)
def test_scenarios_add_up(job: Job, outcomes: list[Outcome], expected: str, score: int) -> None:
    verdict = verdict_of(job, [scenario(outcome) for outcome in outcomes])

    assert (verdict.outcome, verdict.score, verdict.max_score) == (expected, score, 6)


def test_notes_of_scenarios_join_the_warnings_each_once(job: Job) -> None:
    scenarios = [scenario(Outcome.PASSED, notes=("a", "b")), scenario(Outcome.FAILED, notes=("b", "c"))]

    assert verdict_of(job, scenarios, ("w",)).warnings == ("w", "a", "b", "c")


def test_a_verdict_says_what_was_judged_by_what(job: Job) -> None:
    verdict = verdict_of(job, [scenario(Outcome.PASSED)])

    assert (verdict.kata, verdict.title, verdict.submission, verdict.seed) == ("42_doors", "Doors", str(job.folder), 7)
    assert [(promise.id, promise.points) for promise in verdict.promises] == [("P1", 5), ("P2", 5)]
    assert verdict.submission_digest == submission_digest(job.folder)
    assert verdict.harness


def test_the_error_of_a_scenario_is_the_verdicts_and_decides_whose_fault_it_is(job: Job) -> None:
    error = Explanation(happened="The kata is wrong.")
    verdict = verdict_of(job, [scenario(Outcome.PASSED), scenario(Outcome.ERROR, error=error, fault=Fault.KATA)])

    assert (verdict.error, verdict.fault, exit_code(verdict)) == (error, Fault.KATA, 2)


@pytest.mark.parametrize(("fault", "code"), [(Fault.SUBMISSION, 1), (Fault.KATA, 2), (Fault.HARNESS, 3)])
def test_what_could_not_be_judged_has_no_points_and_an_exit_code(job: Job, fault: Fault, code: int) -> None:
    verdict = error_verdict(job, fault, Explanation(happened="No."))

    assert (verdict.outcome, verdict.score, verdict.max_score, exit_code(verdict)) == ("error", 0, 10, code)


def test_passed_is_0_and_failed_is_1(job: Job) -> None:
    assert exit_code(verdict_of(job, [scenario(Outcome.PASSED)])) == 0
    assert exit_code(verdict_of(job, [scenario(Outcome.FAILED)])) == 1


def test_an_error_keeps_all_its_lines_as_data() -> None:
    error = NoApi("No API.", expected="one", got="none", try_="add one", see="page", file="template.yaml", line=3)

    assert explanation_of(error) == Explanation(
        happened="No API.", expected="one", got="none", try_="add one", see="page", file="template.yaml", line=3
    )


# ---- the digest of a submission ------------------------------------------------------------------


def test_a_digest_depends_on_names_contents_and_the_executable_bit(job: Job) -> None:
    seen = {submission_digest(job.folder)}
    (job.folder / "app.py").write_text("a")
    seen.add(submission_digest(job.folder))
    (job.folder / "app.py").write_text("b")
    seen.add(submission_digest(job.folder))
    (job.folder / "app.py").chmod(0o755)
    seen.add(submission_digest(job.folder))
    (job.folder / "app.py").rename(job.folder / "main.py")
    seen.add(submission_digest(job.folder))

    assert len(seen) == 5


def test_a_digest_does_not_depend_on_what_python_or_git_leave_or_on_times(job: Job) -> None:
    before = submission_digest(job.folder)
    (job.folder / "__pycache__").mkdir()
    (job.folder / "__pycache__" / "app.pyc").write_text("x")
    (job.folder / ".git").mkdir()
    (job.folder / ".git" / "HEAD").write_text("x")
    os.utime(job.folder / "template.yaml", (1, 1))

    assert submission_digest(job.folder) == before


def test_two_files_cannot_be_taken_for_one_of_both_contents(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "a").write_text("xb\0-\x001\0y")
    (tmp_path / "two" / "a").write_text("x")
    (tmp_path / "two" / "b").write_text("y")

    assert submission_digest(tmp_path / "one") != submission_digest(tmp_path / "two")


def test_a_link_is_not_followed(job: Job, tmp_path: Path) -> None:
    before = submission_digest(job.folder)
    (tmp_path / "outside").write_text("secret")
    (job.folder / "link").symlink_to(tmp_path / "outside")

    assert submission_digest(job.folder) == before
