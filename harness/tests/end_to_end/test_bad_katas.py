"""What an author may do wrong: each is told with its place, and ends with exit code 2."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.tests.end_to_end.command import as_json, kata
from harness.tests.end_to_end.conftest import copy_home

KATA = Path("katas/01_notes")
SOLUTIONS = Path("solutions/01_notes")
CHAFF = SOLUTIONS / "chaff/forgets/chaff.toml"


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Path, str, str], Path]:
    """A checkout in which one text of one file is another one."""

    def edit(name: Path, old: str, new: str) -> Path:
        home = copy_home(tmp_path / "home")
        text = (home / name).read_text()
        assert old in text
        (home / name).write_text(text.replace(old, new))
        return home

    return edit


Edit = Callable[[Path, str, str], Path]


def test_a_kata_toml_that_is_no_toml_is_told_with_its_line(edited: Edit) -> None:
    ended = kata(edited(KATA / "kata.toml", "number = 1", "number = = 1"), "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("katas/01_notes/kata.toml:1:10: This is not TOML")


def test_a_kata_toml_that_names_no_scenario_is_told_with_its_line(edited: Edit) -> None:
    home = edited(KATA / "kata.toml", 'gate = "test_a_note_is_written_once"', 'gate = "test_nothing"')
    ended = kata(home, "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("katas/01_notes/kata.toml:6: `gate` names a scenario that is not there: test_nothing.")


def test_a_chaff_that_names_no_scenario_is_told(edited: Edit) -> None:
    ended = kata(edited(CHAFF, "[[rejected_by]]", "[[unknown]]"), "verify", "01")
    assert (ended.code, ended.out) == (2, "")
    assert "The chaff forgets names no scenario that must reject it." in ended.err


def test_a_chaff_that_names_an_unknown_scenario_is_told_with_its_line(edited: Edit) -> None:
    ended = kata(edited(CHAFF, "test_notes_sent", "test_notez_sent"), "verify", "01")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("solutions/01_notes/chaff/forgets/chaff.toml:5: 01_notes has no scenario")
    assert "test_notez_sent_at_the_same_moment_are_all_written." in ended.err


def test_an_acceptance_test_that_is_no_python_is_told_with_its_line(edited: Edit) -> None:
    home = edited(KATA / "acceptance/test_p2_many.py", "await one", "await (")
    ended = kata(home, "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("katas/01_notes/acceptance/test_p2_many.py:")


def test_an_acceptance_test_that_cannot_be_imported_is_told(edited: Edit) -> None:
    home = edited(KATA / "acceptance/test_p2_many.py", "import judge_written, post_note", "import nothing")
    ended = kata(home, "test", "01", "--path", SOLUTIONS, "--json")
    error = as_json(ended)["error"]
    assert (ended.code, ended.err) == (2, "")
    assert error["happened"].startswith(
        "The acceptance tests of 01_notes cannot be collected: ImportError: cannot import name 'nothing' from 'notes'"
    )
    assert "test_p2_many.py:4: in <module>" in error["got"]


def test_a_conftest_that_cannot_be_imported_is_told(tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    (home / KATA / "acceptance/conftest.py").write_text("import nothing_at_all\n")
    ended = kata(home, "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.err) == (2, "")
    assert "cannot be collected: ModuleNotFoundError: No module named 'nothing_at_all'" in ended.screen


def test_a_missing_service_file_is_told_with_its_line(edited: Edit) -> None:
    home = edited(KATA / "kata.toml", "ledger:Ledger", "leger:Ledger")
    ended = kata(home, "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("katas/01_notes/kata.toml:28: The service `ledger` has no implementation.")


def test_a_missing_service_class_is_told(edited: Edit) -> None:
    home = edited(KATA / "services/ledger.py", "class Ledger", "class Leger")
    ended = kata(home, "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.err) == (2, "")
    assert "The service ledger of 01_notes has no implementation ledger:Ledger." in ended.screen
    assert "That is its author's fault, not yours." in ended.screen


def test_a_service_that_cannot_be_imported_is_told_with_its_line(edited: Edit) -> None:
    home = edited(KATA / "services/ledger.py", "import json_reply", "import nothing")
    ended = kata(home, "test", "01", "--path", SOLUTIONS)
    assert (ended.code, ended.err) == (2, "")
    assert "katas/01_notes/services/ledger.py:3: services/ledger.py cannot be imported: ImportError" in ended.screen


def test_a_service_that_fails_in_a_scenario_is_the_katas_fault(edited: Edit, tmp_path: Path) -> None:
    home = edited(KATA / "services/ledger.py", 'request.body["note"]', 'request.body["nota"]')
    ended = kata(home, "test", "01", "--path", SOLUTIONS, "--json", TMPDIR=str(tmp_path))  # takes the traceback
    error = as_json(ended)["error"]
    assert (ended.code, ended.err) == (2, "")
    assert error["happened"] == "KeyError in the kata's own code: 'nota'"
    assert (error["file"], error["line"]) == ("katas/01_notes/services/ledger.py", 19)


def test_a_wrong_kata_gives_no_student_a_score(edited: Edit, tmp_path: Path) -> None:
    home = edited(KATA / "services/ledger.py", "class Ledger", "class Leger")
    ended = kata(home, "grade", "01", SOLUTIONS.parent, "--out", tmp_path / "out", "--json")
    grades = as_json(ended)["grades"]
    assert ended.code == 2
    assert [(grade["score"], grade["fault"]) for grade in grades] == [(None, "kata")]
