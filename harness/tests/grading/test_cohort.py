"""Grades of a cohort, and the files they leave."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from harness.grading.cohort import OutputWithinInputError, grade_cohort, refuse_overlap
from harness.grading.intake import Intake, find_submissions
from harness.grading.results import Cohort, OutputOccupiedError, prepare_output
from harness.judge.kata import Kata
from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.verdict import Verdict
from harness.tests.fake_kata import fake_judge_each, write_kata


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return read_kata(write_kata(tmp_path / "home"))


def cohort_of(folder: Path, **templates: str) -> Intake:
    for student, text in templates.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "template.yaml").write_text(text)
    return find_submissions(folder)


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def head(kata: str = "42_doors") -> Cohort:
    return Cohort(kata=kata, seed=1, harness="0.1.0", students=1)


def test_everybody_gets_a_grade_and_a_reason(tmp_path: Path, kata: Kata) -> None:
    intake = cohort_of(
        tmp_path / "in",
        ada="",
        bob="test_door_opens_twice: It jammed. | Rust.",
        cleo="cannot be judged",
        dora="the judge dies",
    )
    grade_cohort(kata, intake, 1, tmp_path / "out", judge_each=fake_judge_each)

    told = [(row["student"], row["score"], row["outcome"], row["reason"]) for row in rows_of(tmp_path / "out")]
    assert told == [
        ("ada", "10", "passed", ""),
        ("bob", "8", "failed", "P1: It jammed."),
        ("cleo", "0", "error", "No function has a handler."),
        ("dora", "", "error", "fault of the harness: The judge died."),
    ]
    assert rows_of(tmp_path / "out")[1] == {
        "student": "bob",
        "kata": "42_doors",
        "score": "8",
        "max_score": "10",
        "outcome": "failed",
        "reason": "P1: It jammed.",
        "digest": "feedbeef",
        "seed": "1",
    }


def test_a_fault_that_never_struck_and_a_stage_that_is_not_begun_are_reasons(tmp_path: Path, kata: Kata) -> None:
    intake = cohort_of(
        tmp_path / "in",
        ada="test_door_opens_twice: not reached! Rust never struck.",
        bob="test_wrong_key_is_refused: blocked! The lock is not begun.",
    )
    grade_cohort(kata, intake, 1, tmp_path / "out", judge_each=fake_judge_each)

    told = [(row["score"], row["outcome"], row["reason"]) for row in rows_of(tmp_path / "out")]
    assert told == [("8", "failed", "P1: Rust never struck."), ("5", "failed", "P2: The lock is not begun.")]


def test_each_student_has_a_result_file_without_paths_of_this_machine(tmp_path: Path, kata: Kata) -> None:
    grade_cohort(kata, cohort_of(tmp_path / "in", ada=""), 1, tmp_path / "out", judge_each=fake_judge_each)

    text = (tmp_path / "out/students/ada/results.json").read_text()
    content = json.loads(text)
    assert (content["schema"], content["student"], content["score"]) == ("serverless-katas/grade/1", "ada", 10)
    assert content["verdict"]["scenarios"][0]["name"] == "test_door_opens"
    assert str(tmp_path) not in text


def test_a_submission_with_two_templates_gets_nothing_and_a_reason(tmp_path: Path, kata: Kata) -> None:
    (tmp_path / "in/ada/two").mkdir(parents=True)
    (tmp_path / "in/ada/two/template.yaml").write_text("")
    intake = cohort_of(tmp_path / "in", **{"ada/one": "", "bob": ""})
    grades = grade_cohort(kata, intake, 1, tmp_path / "out", judge_each=fake_judge_each)
    assert [(grade.student, grade.score) for grade in grades] == [("ada", 0), ("bob", 10)]
    assert "2 templates" in grades[0].reason


def test_text_of_a_learner_is_never_a_formula(tmp_path: Path, kata: Kata) -> None:
    (tmp_path / "in/=1+1").mkdir(parents=True)
    (tmp_path / "in/=1+1/template.yaml").write_text("")
    grade_cohort(kata, find_submissions(tmp_path / "in"), 1, tmp_path / "out", judge_each=fake_judge_each)
    assert rows_of(tmp_path / "out")[0]["student"] == "'=1+1"
    assert rows_of(tmp_path / "out")[0]["score"] == "10"


def test_an_interrupted_run_names_those_not_judged(tmp_path: Path, kata: Kata) -> None:
    def interrupted(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        yield next(fake_judge_each(jobs))
        raise KeyboardInterrupt

    intake = cohort_of(tmp_path / "in", ada="", bob="")
    with pytest.raises(KeyboardInterrupt):
        grade_cohort(kata, intake, 1, tmp_path / "out", judge_each=interrupted)

    told = [(row["student"], row["score"], row["outcome"]) for row in rows_of(tmp_path / "out")]
    assert told == [("ada", "", "not judged"), ("bob", "10", "passed")]
    assert sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file()) == [
        "results.csv",
        "results.json",
    ]


def test_an_output_folder_with_other_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(OutputOccupiedError, match="nothing was written") as caught:
        prepare_output(tmp_path, head())
    assert caught.value.got == "thesis.doc"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_an_output_folder_of_an_earlier_run_is_taken_again(tmp_path: Path, kata: Kata) -> None:
    out = tmp_path / "out"
    assert prepare_output(out, head()) == []
    grade_cohort(kata, cohort_of(tmp_path / "in", ada=""), 1, out, judge_each=fake_judge_each)
    assert prepare_output(out, head()) == ["ada"]


def test_an_output_folder_of_another_kata_is_refused(tmp_path: Path) -> None:
    prepare_output(tmp_path, head())
    with pytest.raises(OutputOccupiedError):
        prepare_output(tmp_path, head("43_windows"))


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputOccupiedError, match="is a file"):
        prepare_output(tmp_path / "out", head())


@pytest.mark.parametrize(("cohort", "out"), [("a", "a"), ("a", "a/out"), ("a/b", "a")])
def test_results_and_submissions_are_kept_apart(tmp_path: Path, cohort: str, out: str) -> None:
    with pytest.raises(OutputWithinInputError):
        refuse_overlap(tmp_path / cohort, tmp_path / out)
