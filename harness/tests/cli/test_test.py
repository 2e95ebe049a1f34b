"""`kata test`."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec

from harness.cli.judges import Judges
from harness.judge.run import Job
from harness.judge.verdict import Scenario, Verdict
from harness.learner.progress import read_progress
from harness.tests.cli.conftest import Kata
from harness.tests.fake_kata import fake_judge, fake_judge_each

Solution = Callable[[str], Path]

BROKEN = "test_door_opens_twice: It jammed. | Nobody oiled it.\n"


def test_a_good_solution_passes(kata: Kata, solution: Solution) -> None:
    solution("")
    ended = kata("test", "42")
    assert ended.code == 0
    assert "ok      3/3  door opens\n" in ended.out
    assert "10 of 10 points. Scenarios: 3 kept. Seed 1, 1.2 s." in ended.out
    assert ended.err == ""


def test_a_broken_promise_is_told_in_full(kata: Kata, solution: Solution) -> None:
    solution(BROKEN)
    ended = kata("test", "42")
    assert ended.code == 1
    assert "P1 is broken: The door opens for whoever holds the key." in ended.out
    assert "It jammed." in ended.out
    assert "01:01.002  somebody knocked" in ended.out
    assert "Likely mistake: Nobody oiled it." in ended.out
    assert "kata test 42 --only test_door_opens_twice --seed 1" in ended.out
    assert ended.out.endswith("Next: mend this, then kata test 42\n")


def test_what_rests_on_a_broken_gate_is_summed_up(kata: Kata, solution: Solution) -> None:
    solution("test_door_opens: It stayed shut.\n")
    ended = kata("test", "42")
    assert "blocked  2 scenarios (7 points) not judged" in ended.out
    assert "wrong key is refused" not in ended.out


def test_without_an_argument_the_next_unsolved_kata_is_judged(kata: Kata, solution: Solution) -> None:
    solution(BROKEN)
    assert "42 Doors" in kata("test").out


def test_with_everything_solved_it_says_so(kata: Kata, solution: Solution) -> None:
    solution("")
    kata("test", "42")
    ended = kata("test")
    assert (ended.code, ended.out) == (2, "")
    assert "Every kata in the workspace is solved." in ended.err


def test_progress_is_kept(kata: Kata, solution: Solution, home: Path) -> None:
    solution(BROKEN)
    kata("test", "42")
    assert read_progress(home / "workspace").attempts["42_doors"].score == 8
    solution("")
    kata("test", "42")
    assert read_progress(home / "workspace").is_solved("42_doors")


def test_one_scenario_or_another_folder_is_no_progress(kata: Kata, solution: Solution, home: Path) -> None:
    folder = solution("")
    kata("test", "42", "--only", "twice")
    kata("test", "42", "--path", str(folder))
    assert read_progress(home / "workspace").attempts == {}


def test_a_corrupt_progress_file_does_not_stop_a_verdict(kata: Kata, solution: Solution, home: Path) -> None:
    solution("")
    (home / "workspace" / "progress.json").write_text("{")
    ended = kata("test", "42")
    assert ended.code == 0
    assert "progress.json cannot be read" in ended.err


def test_json_is_exactly_one_verdict(kata: Kata, solution: Solution) -> None:
    solution(BROKEN)
    ended = kata("test", "42", "--json")
    verdict = msgspec.json.decode(ended.out, type=Verdict)
    assert ended.code == 1
    assert (verdict.kata, verdict.score, verdict.outcome) == ("42_doors", 8, "failed")
    assert ended.out.count("\n") == 1


def test_one_scenario_runs_by_a_part_of_its_name_and_under_a_seed(kata: Kata, solution: Solution) -> None:
    solution("")
    jobs: list[Job] = []

    def judge(job: Job, *, on_scenario: Callable[[Scenario], None]) -> Verdict:
        jobs.append(job)
        return fake_judge(job, on_scenario=on_scenario)

    ended = kata("test", "42", "--only", "twice", "--seed", "9", judges=Judges(judge, fake_judge_each))
    assert (jobs[0].only, jobs[0].seed) == (("test_door_opens_twice",), 9)
    assert "This scenario holds." in ended.out


def test_a_part_of_several_scenarios_lists_them(kata: Kata, solution: Solution) -> None:
    solution("")
    ended = kata("test", "42", "--only", "door")
    assert (ended.code, ended.out) == (2, "")
    assert "test_door_opens_twice" in ended.err


def test_another_folder_is_named_in_the_command_to_run_again(kata: Kata, home: Path) -> None:
    (home / "my door").mkdir()
    (home / "my door" / "template.yaml").write_text(BROKEN)
    ended = kata("test", "42", "--path", "my door")
    assert "kata test 42 --path 'my door' --only test_door_opens_twice --seed 1" in ended.out


def test_a_kata_that_is_not_begun_says_how_to_begin(kata: Kata) -> None:
    ended = kata("test", "42")
    assert ended.code == 2
    assert ended.err == (
        "There is nothing at workspace/42_doors.\n"
        "  Expected: a folder with a template.yaml\n"
        "  Try:      kata start 42\n"
    )


def test_a_submission_that_cannot_be_judged_is_exit_code_1(kata: Kata, solution: Solution) -> None:
    solution("cannot be judged")
    ended = kata("test", "42")
    assert ended.code == 1
    assert "This submission cannot be judged.\n  No function has a handler." in ended.out


def test_a_judge_that_dies_is_exit_code_3(kata: Kata, solution: Solution) -> None:
    solution("the judge dies")
    ended = kata("test", "42")
    assert ended.code == 3
    assert "This is a fault of the harness, not of your submission." in ended.out


def test_ctrl_c_tells_what_is_known_and_ends_with_130(kata: Kata, solution: Solution) -> None:
    solution(BROKEN)

    def interrupted(job: Job, *, on_scenario: Callable[[Scenario], None]) -> Verdict:
        fake_judge(job, on_scenario=on_scenario)
        raise KeyboardInterrupt

    ended = kata("test", "42", judges=Judges(interrupted, fake_judge_each))
    assert ended.code == 130
    assert "It jammed." in ended.out
    assert "Interrupted." in ended.err


def test_an_unexpected_exception_is_a_fault_of_the_harness_with_its_traceback_in_a_file(
    kata: Kata, solution: Solution
) -> None:
    solution("")

    def failing(job: Job, *, on_scenario: Callable[[Scenario], None]) -> Verdict:
        raise ZeroDivisionError("by accident")

    ended = kata("test", "42", "--json", judges=Judges(failing, fake_judge_each))
    assert ended.code == 3
    assert "This is a fault of the harness, not of your submission: ZeroDivisionError: by accident" in ended.err
    assert "Traceback" not in ended.out + ended.err

    error = json.loads(ended.out)
    assert (error["schema"], error["exit_code"]) == ("serverless-katas/error/1", 3)
    file = Path(error["error"]["see"].removesuffix(" (the traceback)"))
    assert 'raise ZeroDivisionError("by accident")' in file.read_text()
    file.unlink()
