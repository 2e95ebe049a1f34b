"""The scenarios of a real kata, run by real workers with what they read falsified."""

from pathlib import Path

from harness.judge.kata_file import read_kata
from harness.judge.perturbation.run import perturb
from harness.judge.run import Job
from harness.tests.end_to_end.submissions import submission


def test_every_scenario_of_the_tiny_kata_can_fail(home: Path, tmp_path: Path) -> None:
    kata = read_kata(home / "katas" / "01_notes")
    told: list[str] = []
    job = Job(kata, submission(tmp_path / "right", {}), 1, sandbox=())

    report = perturb(job, on_oracle=lambda oracle: told.append(oracle.scenario))

    names = [name for promise in kata.promises for name in promise.points]
    assert (report.problems, sorted(told)) == ([], sorted(names))
    assert {oracle.scenario: oracle.noticed for oracle in report.oracles}[names[0]] == "service(ledger).notes: one less"


def test_what_cannot_be_judged_shows_nothing(home: Path, tmp_path: Path) -> None:
    kata = read_kata(home / "katas" / "01_notes")
    (tmp_path / "empty").mkdir()

    report = perturb(Job(kata, tmp_path / "empty", 1, sandbox=()))

    assert (report.oracles, len(report.problems)) == ((), 1)
    assert report.problems[0].startswith("nothing could be judged: ")
