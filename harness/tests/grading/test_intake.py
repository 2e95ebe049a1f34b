"""Which submissions a cohort's folder holds."""

import os
import unicodedata
from pathlib import Path

import pytest

from harness.grading.intake import CohortFolderError, find_submissions, safe_name


def submit(cohort: Path, *names: str) -> None:
    for name in names:
        (cohort / name).mkdir(parents=True)
        (cohort / name / "template.yaml").write_text("")


def test_each_folder_is_a_student(tmp_path: Path) -> None:
    submit(tmp_path, "noor", "ada")
    intake = find_submissions(tmp_path)
    assert [(one.student, one.safe_name, one.folder) for one in intake.submissions] == [
        ("ada", "ada", tmp_path / "ada"),
        ("noor", "noor", tmp_path / "noor"),
    ]


def test_what_lies_beside_the_folders_is_ignored_and_named(tmp_path: Path) -> None:
    submit(tmp_path, "ada", ".git", "__MACOSX")
    (tmp_path / "grades.xlsx").write_text("")
    (tmp_path / ".DS_Store").write_text("")
    intake = find_submissions(tmp_path)
    assert [one.student for one in intake.submissions] == ["ada"]
    assert intake.ignored == (".DS_Store", ".git", "__MACOSX", "grades.xlsx")


@pytest.mark.parametrize("below", ["project", "download/project"])
def test_a_single_nested_submission_is_found(tmp_path: Path, below: str) -> None:
    submit(tmp_path, f"ada/{below}", "ada/.aws-sam/build", "ada/node_modules/x")
    assert find_submissions(tmp_path).submissions[0].folder == tmp_path / "ada" / below


def test_a_submission_nested_too_deep_is_not_looked_for(tmp_path: Path) -> None:
    submit(tmp_path, "ada/a/b/c")
    submission = find_submissions(tmp_path).submissions[0]
    assert (submission.folder, submission.problem) == (tmp_path / "ada", None)


def test_two_templates_are_a_problem_of_that_student_alone(tmp_path: Path) -> None:
    submit(tmp_path, "ada/one", "ada/two", "noor")
    ada, noor = find_submissions(tmp_path).submissions
    assert ada.problem is not None
    assert ada.problem.happened == "The submission holds 2 templates."
    assert ada.problem.got == "one/template.yaml, two/template.yaml"
    assert noor.problem is None


def test_a_template_at_the_top_hides_those_below(tmp_path: Path) -> None:
    submit(tmp_path, "ada", "ada/old")
    assert find_submissions(tmp_path).submissions[0].folder == tmp_path / "ada"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    submit(tmp_path / "elsewhere", "secret")
    cohort = tmp_path / "cohort"
    cohort.mkdir()
    (cohort / "ada").symlink_to(tmp_path / "elsewhere" / "secret")
    problem = find_submissions(cohort).submissions[0].problem
    assert problem is not None
    assert problem.happened == "The submission is a link."


def test_an_empty_cohort_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_text("")
    with pytest.raises(CohortFolderError, match="holds no student's folder") as caught:
        find_submissions(tmp_path)
    assert caught.value.got == "ada.zip"


def test_a_cohort_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CohortFolderError, match="Not a directory"):
        find_submissions(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("con", "con-"),
        ("NUL.txt", "NUL-txt-"),
        ("=cmd()", "cmd-"),
        ("Ada Lovelace", "Ada-Lovelace-"),
        ("José", "Jose-"),
        ("李雷", "student-"),
        ("a\\b", "a-b-"),
        ("ada.", "ada-"),
        ("x" * 200, "x" * 40 + "-"),
    ],
)
def test_an_unsafe_name_becomes_a_safe_one_with_a_digest(name: str, start: str) -> None:
    safe = safe_name(name, set())
    assert safe.startswith(start)
    assert len(safe) == len(start) + 8
    assert safe.isascii()


def test_a_safe_name_stays() -> None:
    assert safe_name("ada.l-1815", set()) == "ada.l-1815"


def test_names_that_look_alike_become_different_files() -> None:
    taken: set[str] = set()
    names = ["José", unicodedata.normalize("NFD", "José"), "ada", "ADA", "Ada"]
    safe = [safe_name(name, taken) for name in names]
    assert len({name.casefold() for name in safe}) == 5


def test_a_name_that_is_not_utf8_is_shown_with_escapes(tmp_path: Path) -> None:
    os.mkdir(os.fsencode(tmp_path) + b"/jos\xe9")
    submission = find_submissions(tmp_path).submissions[0]
    assert submission.student == "jos\\xe9"
    assert submission.safe_name.isascii()
