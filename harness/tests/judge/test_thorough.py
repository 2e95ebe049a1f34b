"""What a thorough proof shows beyond the rows, part by part, and what Ctrl-C leaves of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.judge.explore.model import Exploration, Explored, Tally, Trouble
from harness.judge.kata import Kata
from harness.judge.kata_file import read_kata
from harness.judge.perturbation.report import Oracle, OracleReport
from harness.judge.run import Job
from harness.judge.thorough.kills import kills_of
from harness.judge.thorough.repeats import repeat
from harness.judge.thorough.run import Means, Plan, prove
from harness.judge.vectors import solution_verdicts, vectors_of
from harness.judge.verdict import Explanation, Fault, Verdict
from harness.judge.verification import VerificationReport
from harness.report.text import plain
from harness.report.thorough import draw_proofs
from harness.tests.fake_kata import CHAFF_TOML, fake_judge, fake_judge_each, write_kata

QUICK = Plan(seeds=(1, 2, 3), explore_s=1, repeats=2)

JAMS = {
    "solutions/42_doors/chaff/jams/chaff.toml": CHAFF_TOML.replace(
        "test_wrong_key_is_refused", "test_door_opens_twice"
    ).replace("The key was never compared.", "It jams."),
    "solutions/42_doors/chaff/jams/template.yaml": "test_door_opens_twice: It jammed. | It jams.\n",
    "solutions/42_doors/chaff/shut/chaff.toml": "fails_gate = true\n"
    + CHAFF_TOML.replace("test_wrong_key_is_refused", "test_door_opens").replace("The key was never compared.", "Shut"),
    "solutions/42_doors/chaff/shut/template.yaml": "test_door_opens: It stayed shut. | Shut\n",
}


def doors(home: Path, changed: dict[str, str] | None = None) -> Kata:
    return read_kata(write_kata(home, JAMS | (changed or {})))


def explored(exploration: Exploration, *, on_step: Callable[..., None]) -> Explored:
    tally = Tally("test_door_opens", planned=4, tried=4)
    on_step([tally], 0)
    return Explored(verdict=fake_judge(Job(exploration.kata, exploration.folder, 1)), tallies=(tally,))


def means(**more: Any) -> Means:
    return replace(Means(fake_judge_each, fake_judge_each, explored), **more)


# ---- which chaff each promise kills alone ------------------------------------------------------


def test_every_solution_has_the_outcome_of_every_scenario(tmp_path: Path) -> None:
    told: list[str] = []
    kata = doors(tmp_path)
    verdicts = solution_verdicts(
        kata, judge_each=fake_judge_each, on_solution=lambda solution, verdict: told.append(solution)
    )
    vectors = vectors_of(kata, verdicts)
    assert {solution: " ".join(vector.values()) for solution, vector in vectors.items()} == {
        "starter": "failed blocked blocked",
        "reference": "passed passed passed",
        "accepted/sliding": "passed passed passed",
        "chaff/any-key": "passed passed failed",
        "chaff/jams": "passed failed passed",
        "chaff/shut": "failed blocked blocked",
    }
    assert told == list(reversed(vectors))


def test_what_cannot_be_judged_is_an_error_in_every_scenario(tmp_path: Path) -> None:
    kata = doors(tmp_path, {"solutions/42_doors/chaff/jams/template.yaml": "cannot be judged"})
    vector = vectors_of(kata, solution_verdicts(kata, judge_each=fake_judge_each))["chaff/jams"]
    assert list(vector.values()) == ["error", "error", "error"]


def test_a_promise_is_good_for_the_chaff_that_it_alone_rejects(tmp_path: Path) -> None:
    kata = doors(tmp_path)
    report = kills_of(kata, vectors_of(kata, solution_verdicts(kata, judge_each=fake_judge_each)))
    assert report.alone == {"P1": ("jams", "shut"), "P2": ("any-key",)}
    assert (report.idle, report.problems) == ((), [])


FAILS_BOTH = {"test_door_opens": "failed", "test_door_opens_twice": "passed", "test_wrong_key_is_refused": "failed"}


def test_a_promise_and_a_scenario_that_would_not_be_missed_are_told(tmp_path: Path) -> None:
    kata = doors(tmp_path)
    vectors = {f"chaff/{name}": FAILS_BOTH for name in ("any-key", "jams", "shut")}
    assert kills_of(kata, vectors).problems == [
        "P1 rejects no chaff that another promise would let through",
        "P2 rejects no chaff that another promise would let through",
        "no chaff is rejected by test_door_opens_twice",
    ]


def test_the_gate_may_reject_the_starter_alone(tmp_path: Path) -> None:
    kata = doors(tmp_path, {"solutions/42_doors/chaff/shut/template.yaml": "test_door_opens_twice: It jammed."})
    vectors = vectors_of(kata, solution_verdicts(kata, judge_each=fake_judge_each))
    assert kills_of(kata, vectors).idle == ()
    assert kills_of(kata, {**vectors, "starter": vectors["reference"]}).idle == ("test_door_opens",)


# ---- repetition --------------------------------------------------------------------------------


def test_runs_that_do_not_differ_prove_it(tmp_path: Path) -> None:
    kata = doors(tmp_path)
    report = repeat(Job(kata, kata.solutions, 7), 4, judge_each=fake_judge_each)
    assert (report.seed, report.asked, report.runs, report.problems) == (7, 4, 4, [])


def test_a_digest_that_differs_is_told_with_its_run(tmp_path: Path) -> None:
    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for number, (job, verdict) in enumerate(fake_judge_each(jobs)):
            first, *others = verdict.scenarios
            digest = "fedcba9876543210" if number == 2 else first.digest
            yield (
                job,
                msgspec.structs.replace(verdict, scenarios=(msgspec.structs.replace(first, digest=digest), *others)),
            )

    kata = doors(tmp_path)
    assert repeat(Job(kata, kata.solutions, 1), 4, judge_each=judge_each).problems == [
        "run 3, test_door_opens: passed fedcba9876543210, in the first run passed 0123456789abcdef"
    ]


# ---- all of it ---------------------------------------------------------------------------------


def test_all_parts_are_proved_and_told(tmp_path: Path) -> None:
    lines: list[str] = []
    report = prove(doors(tmp_path), QUICK, means(on_progress=lines.append))

    assert (report.holds, report.exit_code, report.proofs.problems) == (True, 0, [])
    assert list(report.proofs.parts) == ["kills", "explore", "repeat", "mutation"]
    assert {row.solution: row.runs for row in report.rows} == {
        "starter": 2,
        "reference": 3,
        "accepted/sliding": 3,
        "chaff/any-key": 2,
        "chaff/jams": 2,
        "chaff/shut": 2,
    }
    assert list(dict.fromkeys(line.partition(":")[0] for line in lines)) == ["vectors", "explore", "repeat"]


@pytest.mark.parametrize(
    ("plan", "parts"),
    [
        (replace(QUICK, explore_s=0), ["kills", "repeat", "mutation"]),
        (replace(QUICK, repeats=0), ["kills", "explore", "mutation"]),
        (replace(QUICK, mutants=-1), ["kills", "explore", "repeat"]),
    ],
)
def test_a_part_may_be_left_out(tmp_path: Path, plan: Plan, parts: list[str]) -> None:
    assert list(prove(doors(tmp_path), plan, means()).proofs.parts) == parts


def test_a_vacuous_scenario_is_a_problem(tmp_path: Path) -> None:
    def perturb(job: Job, *, on_oracle: Callable[[Oracle], None]) -> OracleReport:
        oracles = tuple(Oracle(scenario=name, read=("get()",), noticed=how, runs=3) for name, how in looked_at.items())
        for one in oracles:
            on_oracle(one)
        return OracleReport(oracles=oracles)

    looked_at = {"test_door_opens": "get(): another body", "test_door_opens_twice": ""}
    lines: list[str] = []
    report = prove(doors(tmp_path), QUICK, means(perturb=perturb, on_progress=lines.append))

    assert list(report.proofs.parts) == ["kills", "oracles", "explore", "repeat", "mutation"]
    assert report.proofs.problems == [
        "oracles: test_door_opens_twice is vacuous: it stays green in 2 runs, "
        "whatever is falsified of what it reads: get()"
    ]
    assert "oracles: 2 scenarios run with what they read falsified" in lines
    assert report.proofs is not None
    assert "1 of 2 scenarios fail when what they read is falsified" in plain(draw_proofs(report.proofs))


def test_what_exploring_finds_is_a_problem(tmp_path: Path) -> None:
    def troubled(exploration: Exploration, *, on_step: Callable[..., None]) -> Explored:
        trouble = Trouble("test_door_opens", Fault.HARNESS, Explanation(happened="A search died (signal 9)."))
        return replace(explored(exploration, on_step=on_step), troubles=(trouble,))

    report = prove(doors(tmp_path), QUICK, means(explore=troubled))
    assert report.proofs.problems == ["explore: test_door_opens: A search died (signal 9)."]
    assert (report.holds, report.exit_code) == (False, 2)


def test_a_reference_that_fails_is_told_by_its_row_and_not_mutated(tmp_path: Path) -> None:
    kata = doors(tmp_path, {"solutions/42_doors/template.yaml": "test_door_opens: It fell off.\n"})
    report = prove(kata, QUICK, means())
    assert list(report.proofs.parts) == ["kills"]
    assert next(row.solution for row in report.rows if not row.holds) == "reference"


def test_repetition_is_never_answered_by_a_cache(tmp_path: Path) -> None:
    judged: list[Job] = []

    def judge_again(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job, verdict in fake_judge_each(jobs):
            judged.append(job)
            yield job, verdict

    prove(doors(tmp_path), QUICK, means(judge_again=judge_again))
    assert len(judged) == QUICK.repeats


@pytest.mark.parametrize(("after", "parts", "rows"), [(2, [], 0), (6, ["kills"], 0), (10, ["kills"], 3)])
def test_ctrl_c_leaves_what_was_known(tmp_path: Path, after: int, parts: list[str], rows: int) -> None:
    answers = iter(range(after))

    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job in jobs:
            if next(answers, None) is None:
                raise KeyboardInterrupt
            yield job, fake_judge(job)

    plan = Plan(seeds=(1,), explore_s=0, repeats=0, mutants=-1)
    report = prove(doors(tmp_path), plan, means(judge_each=judge_each))
    assert list(report.proofs.parts) == parts
    assert (report.interrupted, report.holds, report.exit_code) == (True, False, 130)
    assert len(report.rows) == rows


def test_a_report_of_the_first_kind_is_still_read() -> None:
    stored = (
        b'{"schema":"serverless-katas/verification/1","kata":"42_doors","seeds":[1],"thorough":false,"holds":true,'
        b'"rows":[{"solution":"reference","claim":"passes","problems":[],"runs":1,"real_ms":1234,"fault":null}]}'
    )
    report = msgspec.json.decode(stored, type=VerificationReport)
    assert (report.kata, report.proofs, report.interrupted, report.cached) == ("42_doors", None, False, 0)


def test_a_report_survives_its_file(tmp_path: Path) -> None:
    report = prove(doors(tmp_path), QUICK, means())
    assert msgspec.json.decode(msgspec.json.encode(report), type=VerificationReport) == report
