"""What a submission may do wrong: each is told clearly, is the submission's fault, and stops nobody else.

All of them are one cohort, graded by one command together with two right submissions.
"""

import csv
import os
from pathlib import Path

import msgspec
import pytest

from harness.grading.results import Grade
from harness.judge.verdict import Fault, Outcome, Scenario, exit_code
from harness.tests.end_to_end import submissions
from harness.tests.end_to_end.command import Ended, kata
from harness.tests.end_to_end.submissions import Changes, submission
from harness.worker.sandbox import available

COHORT: dict[str, Changes] = {
    "right": {},
    "no-template": submissions.NO_TEMPLATE,
    "yaml-error": submissions.YAML_ERROR,
    "unknown-type": submissions.UNKNOWN_TYPE,
    "unknown-property": submissions.UNKNOWN_PROPERTY,
    "code-outside": submissions.CODE_OUTSIDE,
    "no-handler": submissions.NO_HANDLER,
    "no-module": submissions.NO_MODULE,
    "syntax-error": submissions.SYNTAX_ERROR,
    "import-error": submissions.IMPORT_ERROR,
    "raises-at-import": submissions.RAISES_AT_IMPORT,
    "raises-elsewhere": submissions.POINTS_ELSEWHERE,
    "loops-at-import": submissions.LOOPS_AT_IMPORT,
    "exits-at-import": submissions.EXITS_AT_IMPORT,
    "door-raises": submissions.DOOR_RAISES,
    "returns-no-json": submissions.RETURNS_NO_JSON,
    "sleeps": submissions.SLEEPS,
    "waits": submissions.WAITS,
    "starts-processes": submissions.STARTS_PROCESSES,
    "zz-right-too": {},
}
CANNOT_BE_JUDGED = [name for name in COHORT if name.split("-")[0] in {"no", "yaml", "unknown", "code", "syntax"}]
CANNOT_BE_JUDGED += [
    "import-error",
    "raises-at-import",
    "raises-elsewhere",
    "loops-at-import",
    "exits-at-import",
    "empty",
    "link",
]
FAILS = ["door-raises", "returns-no-json", "sleeps", "waits", "starts-processes"]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    for name, changes in COHORT.items():
        submission(folder / name, changes)
    (folder / "empty").mkdir()
    link = submission(folder / "link", {}) / "src" / "secret.py"
    link.symlink_to("/etc/passwd")
    return folder


@pytest.fixture(scope="module")
def graded(home: Path, cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    out = tmp_path_factory.mktemp("out")
    return kata(home, "grade", "01", cohort, "--out", out), out


@pytest.fixture(scope="module")
def grades(graded: tuple[Ended, Path]) -> dict[str, Grade]:
    files = (graded[1] / "students").glob("*/results.json")
    return {file.parent.name: msgspec.json.decode(file.read_bytes(), type=Grade) for file in files}


def _gate(grade: Grade) -> Scenario:
    return grade.verdict.scenarios[0]


def _exit_code(grade: Grade) -> int:
    assert grade.verdict is not None
    return exit_code(grade.verdict)


def _problem(grade: Grade) -> str:
    error = grade.error
    place = f"{error.file}:{error.line}:{error.column}: " if error.file else ""
    return f"{place}{error.happened} Expected: {error.expected} Got: {error.got} Try: {error.try_}"


# ---- the cohort as a whole --------------------------------------------------------------------


def test_broken_submissions_stop_nobody(graded: tuple[Ended, Path], grades: dict[str, Grade], cohort: Path) -> None:
    ended, out = graded
    with (out / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert ended.code == 0
    assert [row["student"] for row in rows] == sorted(os.listdir(cohort))
    assert {name for name, grade in grades.items() if grade.outcome == "passed"} == {"right", "zz-right-too"}
    assert grades["right"].score == 3


def test_no_traceback_of_ours_is_on_any_screen(graded: tuple[Ended, Path]) -> None:
    ended, _ = graded
    assert "Traceback" not in ended.out + ended.err
    assert "harness/" not in ended.out + ended.err


@pytest.mark.parametrize("name", CANNOT_BE_JUDGED)
def test_what_cannot_be_judged_is_the_submissions_fault(grades: dict[str, Grade], name: str) -> None:
    grade = grades[name]
    assert (grade.outcome, grade.fault, grade.score) == ("error", Fault.SUBMISSION, 0)
    assert _exit_code(grade) == 1
    assert grade.error.happened
    assert grade.reason.endswith(grade.error.happened)


@pytest.mark.parametrize("name", FAILS)
def test_a_handler_that_misbehaves_fails_the_scenario(grades: dict[str, Grade], name: str) -> None:
    grade = grades[name]
    assert (grade.outcome, grade.fault, grade.score) == ("failed", None, 0)
    assert _exit_code(grade) == 1
    assert [one.outcome for one in grade.verdict.scenarios] == [Outcome.FAILED, Outcome.BLOCKED]


# ---- what cannot be judged -------------------------------------------------------------------


def test_no_template_is_told(grades: dict[str, Grade]) -> None:
    assert "There is no template.yaml" in _problem(grades["no-template"])


def test_an_empty_folder_is_told(grades: dict[str, Grade]) -> None:
    assert "There is no template.yaml" in _problem(grades["empty"])
    assert "Got: no file at all" in _problem(grades["empty"])


def test_a_yaml_error_is_told_with_line_and_column(grades: dict[str, Grade]) -> None:
    assert _problem(grades["yaml-error"]).startswith("template.yaml:20:26: This is not YAML")


def test_an_unknown_resource_type_is_told_with_its_line(grades: dict[str, Grade]) -> None:
    assert _problem(grades["unknown-type"]).startswith("template.yaml:20:11: NotesQueue is of type AWS::SQS::Qeue")
    assert "Try: write AWS::SQS::Queue" in _problem(grades["unknown-type"])


def test_an_unknown_property_is_told_with_its_line(grades: dict[str, Grade]) -> None:
    assert _problem(grades["unknown-property"]).startswith("template.yaml:22:7: NotesQueue has no property")
    assert "Try: write VisibilityTimeout" in _problem(grades["unknown-property"])


def test_code_outside_the_folder_is_refused(grades: dict[str, Grade]) -> None:
    assert _problem(grades["code-outside"]).startswith("template.yaml:11:14: CodeUri of Submit leads out of the folder")


def test_a_link_out_of_the_folder_is_refused(grades: dict[str, Grade]) -> None:
    assert "The symbolic link src/secret.py leads out of the folder." in _problem(grades["link"])


def test_a_missing_handler_is_told(grades: dict[str, Grade]) -> None:
    assert "Write cannot be started: its module has no `handle`." in _problem(grades["no-handler"])
    assert "Expected: a function `handle` in src/write.py" in _problem(grades["no-handler"])


def test_a_missing_module_is_told_with_what_is_there(grades: dict[str, Grade]) -> None:
    assert "there is no src/wirte.py" in _problem(grades["no-module"])
    assert "Got: src/ holds submit.py, write.py" in _problem(grades["no-module"])


def test_a_syntax_error_is_told_with_its_line(grades: dict[str, Grade]) -> None:
    told = _problem(grades["syntax-error"])
    assert told.startswith("src/write.py:1:0: Write cannot be imported: SyntaxError: expected ':'")
    assert "Got: def handler(event, context)" in told


def test_an_import_error_is_told_with_its_line(grades: dict[str, Grade]) -> None:
    told = _problem(grades["import-error"])
    assert told.startswith("src/write.py:2:0: Write cannot be imported: No module named 'numpy_of_dreams'.")
    assert "Got: import numpy_of_dreams" in told


def test_an_exception_at_import_is_told_with_its_line(grades: dict[str, Grade]) -> None:
    told = _problem(grades["raises-at-import"])
    assert told.startswith("src/write.py:3:0: Write cannot be imported: KeyError: 'NOT_SET'")
    assert "Got: SETTING = os.environ['NOT_SET']" in told


def test_a_stack_that_points_out_of_the_submission_quotes_nothing_of_it(grades: dict[str, Grade]) -> None:
    error = grades["raises-elsewhere"].error
    assert error.happened == "Write cannot be imported: ZeroDivisionError: division by zero"
    assert error.got == ""


def test_an_endless_loop_at_import_is_told(grades: dict[str, Grade]) -> None:
    told = _problem(grades["loops-at-import"])
    assert "The module of Write cannot be imported within Lambda's 10 s: it computed for" in told
    assert "s without end" in told


def test_a_process_that_ends_at_import_is_told(grades: dict[str, Grade]) -> None:
    assert "The process of Write ended while its module was imported: exit status 3." in _problem(
        grades["exits-at-import"]
    )


# ---- what fails ------------------------------------------------------------------------------


def test_an_answer_that_is_no_json_is_the_likely_mistake(grades: dict[str, Grade]) -> None:
    diagnosis = _gate(grades["returns-no-json"]).diagnosis
    assert diagnosis.startswith("Write failed: Runtime.MarshalError: Unable to marshal response: Object of type set")


def test_an_exception_behind_the_api_is_the_likely_mistake(grades: dict[str, Grade]) -> None:
    gate = _gate(grades["door-raises"])
    assert gate.message.startswith("POST /notes answered 500")
    assert gate.diagnosis == "Submit failed: KeyError: 'no such key' (src/submit.py:2)."


@pytest.mark.parametrize("name", ["sleeps", "waits"])
def test_a_handler_that_waits_for_ever_times_out(grades: dict[str, Grade], name: str) -> None:
    gate = _gate(grades[name])
    assert gate.diagnosis.startswith("Write timed out after 5 s.")
    assert any(line.text == "Write#1  timed out after 5 s" for line in gate.story)


@pytest.mark.skipif(not available()["seccomp"].works, reason="nothing here keeps a handler from starting processes")
def test_a_handler_that_starts_processes_is_told_that_it_may_not(grades: dict[str, Grade]) -> None:
    diagnosis = _gate(grades["starts-processes"]).diagnosis
    assert "PermissionError" in diagnosis
    assert "may not start processes" in diagnosis
    assert "(src/write.py:" in diagnosis
