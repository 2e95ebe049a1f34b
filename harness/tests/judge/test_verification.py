"""What proves a kata, and what shows that it does not hold."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from harness.judge.chaff_file import read_all_chaff
from harness.judge.kata import Kata
from harness.judge.kata_file import KataWrong, read_kata
from harness.judge.overlay import copy_chaff, copy_reference
from harness.judge.run import Job
from harness.judge.verdict import Verdict
from harness.judge.verification import VerificationReport, verify
from harness.tests.fake_kata import CHAFF_TOML, fake_judge_each, write_kata

SIGNATURES = """\
{"scenarios": ["test_door_opens", "test_door_opens_twice", "test_wrong_key_is_refused"],
 "told": {"any-key": "Any key opens it"},
 "signatures": [{"mistake": "any-key", "seed": 1, "outcomes": "..F"},
  {"mistake": "any-key", "seed": 2, "outcomes": "..F"}]}
"""
CHAFF = "solutions/42_doors/chaff/any-key"


def kata_with(home: Path, changed: dict[str, str] | None = None) -> Kata:
    return read_kata(write_kata(home, changed))


def verified(kata: Kata, seeds: tuple[int, ...] = (1,), *, thorough: bool = False) -> VerificationReport:
    return verify(kata, seeds, thorough, judge_each=fake_judge_each)


def problems(report: VerificationReport) -> dict[str, tuple[str, ...]]:
    return {row.solution: row.problems for row in report.rows if row.problems}


def test_a_kata_holds(tmp_path: Path) -> None:
    report = verified(kata_with(tmp_path), (1, 2), thorough=True)

    assert [row.solution for row in report.rows] == ["starter", "reference", "accepted/sliding", "chaff/any-key"]
    assert problems(report) == {}
    assert (report.holds, report.exit_code) == (True, 0)
    assert {row.runs for row in report.rows} == {2}


def test_what_names_likely_mistakes_has_a_row_and_must_be_of_the_kata_as_it_is(tmp_path: Path) -> None:
    kept = {name: SIGNATURES.replace("..F", outcomes) for name, outcomes in (("fresh", "..F"), ("stale", "..."))}
    reports = {
        name: verified(kata_with(tmp_path / name, {"solutions/42_doors/signatures.json": text}))
        for name, text in kept.items()
    }

    last = reports["fresh"].rows[-1]
    assert (last.solution, last.problems) == ("signatures", ())
    assert last.claim == "name 2 of 2 mistakes left out right, 0 wrong; and 0 of 2 that no other makes"
    assert reports["fresh"].holds
    assert not reports["stale"].holds
    assert "test_wrong_key_is_refused does not reject any-key" in problems(reports["stale"])["signatures"][0]


def test_rows_are_told_as_they_are_done(tmp_path: Path) -> None:
    told: list[str] = []
    verify(kata_with(tmp_path), (1,), False, judge_each=fake_judge_each, on_row=lambda row: told.append(row.solution))
    assert told == ["chaff/any-key", "accepted/sliding", "reference", "starter"]


def test_a_starter_that_passes_proves_nothing(tmp_path: Path) -> None:
    report = verified(kata_with(tmp_path, {"katas/42_doors/starter/template.yaml": ""}))
    assert problems(report) == {"starter": ("seed 1: it passes; a starter must fail",)}
    assert report.exit_code == 2


def test_a_starter_must_fail_as_announced(tmp_path: Path) -> None:
    report = verified(kata_with(tmp_path, {"katas/42_doors/starter/template.yaml": "test_door_opens: It fell off.\n"}))
    assert problems(report) == {"starter": ('seed 1: its message does not contain "stayed shut": It fell off.',)}


def test_a_right_design_that_fails_is_told_with_its_seed(tmp_path: Path) -> None:
    changed = {"solutions/42_doors/accepted/sliding/template.yaml": "test_door_opens_twice: It jammed.\n"}
    report = verified(kata_with(tmp_path, changed), (7,))
    assert problems(report) == {"accepted/sliding": ("seed 7: test_door_opens_twice failed: It jammed.",)}


def test_a_right_design_that_leaves_a_fault_unstruck_is_told(tmp_path: Path) -> None:
    changed = {"solutions/42_doors/template.yaml": "test_door_opens_twice: not reached! Rust never struck.\n"}
    report = verified(kata_with(tmp_path, changed))
    assert problems(report)["reference"] == ("seed 1: test_door_opens_twice not reached: Rust never struck.",)
    assert report.exit_code == 2


def test_a_chaff_that_no_fault_strikes_is_not_rejected(tmp_path: Path) -> None:
    changed = {f"{CHAFF}/template.yaml": "test_wrong_key_is_refused: not reached! Rust never struck.\n"}
    expected = "seed 1: test_wrong_key_is_refused did not reject it: not reached"
    assert problems(verified(kata_with(tmp_path, changed))) == {"chaff/any-key": (expected,)}


def test_a_chaff_that_passes_is_told(tmp_path: Path) -> None:
    report = verified(kata_with(tmp_path, {f"{CHAFF}/template.yaml": ""}))
    assert problems(report) == {"chaff/any-key": ("seed 1: test_wrong_key_is_refused did not reject it: passed",)}


def test_a_chaff_rejected_for_another_reason_is_told(tmp_path: Path) -> None:
    changed = {f"{CHAFF}/template.yaml": "test_wrong_key_is_refused: Someone came in. | The door has no lock.\n"}
    expected = 'seed 1: test_wrong_key_is_refused rejected it for another reason: "The door has no lock."'
    assert problems(verified(kata_with(tmp_path, changed))) == {"chaff/any-key": (expected,)}


FAILS_GATE = {
    f"{CHAFF}/template.yaml": "test_door_opens: No.\ntest_wrong_key_is_refused: In. | The key was never compared.\n"
}


def test_a_thorough_run_refuses_chaff_that_a_naive_test_would_find(tmp_path: Path) -> None:
    report = verified(kata_with(tmp_path, FAILS_GATE), thorough=True)
    assert problems(report) == {"chaff/any-key": ("seed 1: it does not pass the gate test_door_opens: No.",)}


def test_a_chaff_may_say_that_it_fails_the_gate(tmp_path: Path) -> None:
    changed = {**FAILS_GATE, f"{CHAFF}/chaff.toml": f"fails_gate = true\n{CHAFF_TOML}"}
    assert problems(verified(kata_with(tmp_path, changed), thorough=True)) == {}


@pytest.mark.parametrize(("thorough", "only"), [(False, 1), (True, 2)])
def test_chaff_is_judged_only_by_what_it_names_and_thoroughly_by_the_gate_too(
    tmp_path: Path, thorough: bool, only: int
) -> None:
    asked: dict[str, tuple[str, ...]] = {}

    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job, verdict in fake_judge_each(jobs):
            asked[job.folder.name] = job.only
            yield job, verdict

    verify(kata_with(tmp_path), (1,), thorough, judge_each=judge_each)
    assert len(asked["any-key"]) == only
    assert asked["reference"] == ()


def test_a_fault_of_the_harness_is_exit_code_3(tmp_path: Path) -> None:
    report = verified(kata_with(tmp_path, {"solutions/42_doors/template.yaml": "the judge dies"}))
    assert report.exit_code == 3
    assert problems(report)["reference"] == ("seed 1: could not be judged: The judge died. (harness)",)


@pytest.mark.parametrize(
    ("toml", "happened"),
    [
        (CHAFF_TOML.partition("[[")[0], "The chaff any-key names no scenario that must reject it."),
        (CHAFF_TOML.replace("test_wrong_key_is_refused", "test_x"), "42_doors has no scenario test_x."),
        (
            CHAFF_TOML.replace('diagnosis = "The key was never compared."', ""),
            "`diagnosis` is missing in [rejected_by[0]].",
        ),
    ],
)
def test_a_chaff_names_scenarios_and_diagnoses(tmp_path: Path, toml: str, happened: str) -> None:
    with pytest.raises(KataWrong) as caught:
        read_all_chaff(kata_with(tmp_path, {f"{CHAFF}/chaff.toml": toml}))
    assert caught.value.happened == happened
    assert caught.value.file == f"{CHAFF}/chaff.toml"


def test_a_chaff_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    kata = kata_with(tmp_path)
    (tmp_path / CHAFF / "template.yaml").unlink()
    with pytest.raises(KataWrong, match="changes nothing"):
        read_all_chaff(kata)


def test_the_reference_is_submitted_without_the_other_solutions(tmp_path: Path) -> None:
    folder = copy_reference(kata_with(tmp_path), tmp_path / "copy")
    assert sorted(path.name for path in folder.iterdir()) == ["src", "template.yaml"]


def test_chaff_is_laid_over_the_reference(tmp_path: Path) -> None:
    kata = kata_with(tmp_path)
    folder = copy_chaff(kata, read_all_chaff(kata)[0], tmp_path / "copy")
    assert sorted(path.name for path in folder.iterdir()) == ["src", "template.yaml"]
    assert "A stranger came in." in (folder / "template.yaml").read_text()


def test_a_kata_without_a_reference_is_wrong(tmp_path: Path) -> None:
    kata = kata_with(tmp_path)
    (tmp_path / "solutions/42_doors/template.yaml").unlink()
    with pytest.raises(KataWrong, match="no reference solution"):
        verified(kata)
