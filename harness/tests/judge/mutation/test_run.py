"""What becomes of mutants, with a judge that finds the mistakes it is told of."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from harness.judge.kata import Kata
from harness.judge.kata_file import KataWrong, read_kata
from harness.judge.mutation.listing import mutants_of, sample_of
from harness.judge.mutation.report import MutationReport
from harness.judge.mutation.run import judge_mutants
from harness.judge.overlay import copy_reference
from harness.judge.run import Job, JudgeEach
from harness.judge.vectors import solution_verdicts, vectors_of
from harness.judge.verdict import Verdict
from harness.tests.fake_kata import fake_judge, fake_judge_each, write_kata

APP = "def handler(event, context):\n    if event:\n        open_door(1)\n"
Finds = dict[str, str]
"""A text of a wrong app.py, and what fails by it: a line of the fake judge's."""


def doors(home: Path, survivors: str = "") -> Kata:
    changed = {"solutions/42_doors/src/app.py": APP}
    if survivors:
        changed["solutions/42_doors/mutants.toml"] = survivors
    return read_kata(write_kata(home, changed))


def judge_that_finds(finds: Finds, asked: list[Job] | None = None) -> JudgeEach:
    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job in jobs:
            if asked is not None:
                asked.append(job)
            app = (job.folder / "src/app.py").read_text()
            found = [line for text, line in finds.items() if text in app]
            (job.folder / "template.yaml").write_text("\n".join(found))
            yield job, fake_judge(job)

    return judge_each


def judged(kata: Kata, finds: Finds, most: int = 0, asked: list[Job] | None = None) -> MutationReport:
    return judge_mutants(
        kata,
        vectors=vectors_of(kata, solution_verdicts(kata, judge_each=fake_judge_each)),
        reference=fake_judge(Job(kata, kata.solutions, 1)),
        judge_each=judge_that_finds(finds, asked),
        most=most,
    )


ALL_FOUND = {
    "return\n": "test_door_opens: Shut.",
    "if False": "test_door_opens: Shut.",
    "if True": "test_wrong_key_is_refused: In.",
    "suppress": "cannot be judged",
    "open_door(0)": "test_door_opens_twice: Once.",
    "open_door(2)": "test_door_opens_twice: Thrice.",
}


def test_each_mutant_ends_at_what_kills_it(tmp_path: Path) -> None:
    report = judged(doors(tmp_path), ALL_FOUND)
    assert {one.name: (one.outcome, one.by) for one in report.results} == {
        "src/app.py:2 return early: if event: -> return; if event:": ("killed", "test_door_opens"),
        "src/app.py:2 a condition that is always true: event -> True": ("killed", "test_wrong_key_is_refused"),
        "src/app.py:2 a condition that is always false: event -> False": ("killed", "test_door_opens"),
        "src/app.py:3 catch and ignore: open_door(1) -> suppressed: open_door(1)": (
            "killed",
            "No function has a handler.",
        ),
        "src/app.py:3 off by one: 1 -> 2": ("killed", "test_door_opens_twice"),
        "src/app.py:3 off by one: 1 -> 0": ("killed", "test_door_opens_twice"),
    }
    assert (report.mutants, report.chosen, report.killed_percent, report.problems) == (6, 6, 100.0, [])


def test_a_mutant_that_a_scenario_has_killed_meets_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.judge.mutation.order._GROWTH", (1, 1))
    asked: list[Job] = []
    judged(doors(tmp_path), ALL_FOUND, asked=asked)
    assert [job.only for job in asked].count(("test_door_opens",)) == 6
    assert [job.only for job in asked].count(("test_wrong_key_is_refused",)) == 3
    assert [job.only for job in asked].count(("test_door_opens_twice",)) == 2


def test_a_survivor_is_told_and_too_many_are_a_problem(tmp_path: Path) -> None:
    report = judged(doors(tmp_path), {text: line for text, line in ALL_FOUND.items() if "2" not in text})
    assert [one.name for one in report.unexplained] == ["src/app.py:3 off by one: 1 -> 2"]
    assert report.problems == [
        "83.3 % of the mutants are killed, less than 95 %: 1 survive and nobody has said why",
    ]


SURVIVOR = '[[survivor]]\nname = "src/app.py:3 off by one: 1 -> 2"\nreason = "a door opened twice is open"\n'


def test_a_survivor_with_a_reason_is_no_problem(tmp_path: Path) -> None:
    report = judged(doors(tmp_path, SURVIVOR), {text: line for text, line in ALL_FOUND.items() if "2" not in text})
    assert [(one.name, one.reason) for one in report.explained] == [
        ("src/app.py:3 off by one: 1 -> 2", "a door opened twice is open")
    ]
    assert (report.killed_percent, report.problems) == (100.0, [])


def test_a_reason_for_what_is_killed_is_stale(tmp_path: Path) -> None:
    assert judged(doors(tmp_path, SURVIVOR), ALL_FOUND).problems == [
        "mutants.toml explains a mutant that test_door_opens_twice kills: src/app.py:3 off by one: 1 -> 2"
    ]


def test_a_reason_for_a_mutant_that_there_is_not_is_stale_even_if_few_are_judged(tmp_path: Path) -> None:
    kata = doors(tmp_path, SURVIVOR.replace(":3 ", ":33 "))
    assert judged(kata, ALL_FOUND, most=1).problems == [
        "mutants.toml explains a mutant that there is not: src/app.py:33 off by one: 1 -> 2"
    ]


@pytest.mark.parametrize(
    ("text", "happened"),
    [
        (SURVIVOR + SURVIVOR, "The mutant src/app.py:3 off by one: 1 -> 2 is listed twice."),
        (SURVIVOR.partition("reason")[0], "`reason` is missing in [survivor[0]]."),
        ("# nothing\n", "There is no [[survivor]]."),
    ],
)
def test_the_list_of_survivors_is_checked(tmp_path: Path, text: str, happened: str) -> None:
    with pytest.raises(KataWrong) as caught:
        judged(doors(tmp_path, text), ALL_FOUND)
    assert caught.value.happened == happened
    assert caught.value.file == "solutions/42_doors/mutants.toml"


def test_a_fault_of_the_harness_kills_nothing(tmp_path: Path) -> None:
    report = judged(doors(tmp_path), {**ALL_FOUND, "suppress": "the judge dies"})
    assert [one.by for one in report.unjudged] == ["The judge died."]
    assert report.problems == [
        "could not be judged: src/app.py:3 catch and ignore: open_door(1) -> suppressed: open_door(1): The judge died."
    ]


def test_what_is_known_when_ctrl_c_comes_is_kept(tmp_path: Path) -> None:
    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for number, (job, verdict) in enumerate(judge_that_finds(ALL_FOUND)(jobs)):
            if number == 2:
                raise KeyboardInterrupt
            yield job, verdict

    kata = doors(tmp_path)
    vectors = vectors_of(kata, solution_verdicts(kata, judge_each=fake_judge_each))
    reference = fake_judge(Job(kata, kata.solutions, 1))
    report = judge_mutants(kata, vectors=vectors, reference=reference, judge_each=judge_each)
    assert (len(report.results), report.chosen, report.interrupted) == (2, 6, True)


def test_the_list_never_changes_and_a_sample_is_drawn_by_the_seed(tmp_path: Path) -> None:
    kata = doors(tmp_path / "home")
    reference = copy_reference(kata, tmp_path / "reference")
    every = mutants_of(reference, kata.folder / "starter")
    assert every == mutants_of(reference, kata.folder / "starter")
    assert sample_of(every, 3, 1) == sample_of(every, 3, 1)
    assert len({tuple(one.name for one in sample_of(every, 3, seed)) for seed in range(9)}) > 1
    assert [sample_of(every, 0, 1), sample_of(every, 99, 1)] == [every, every]


def test_a_file_that_the_starter_gives_has_no_mutants(tmp_path: Path) -> None:
    kata = read_kata(write_kata(tmp_path, {f"{where}/src/app.py": APP for where in GIVEN}))
    assert judged(kata, {}).mutants == 0


GIVEN = ("solutions/42_doors", "katas/42_doors/starter")


def test_the_list_of_survivors_is_not_submitted(tmp_path: Path) -> None:
    folder = copy_reference(doors(tmp_path / "home", SURVIVOR), tmp_path / "reference")
    assert sorted(path.name for path in folder.iterdir()) == ["src", "template.yaml"]
