"""`kata verify`: its thorough form, the report it keeps, and the cache in front of the judge."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.cli.judges import Judges
from harness.judge.explore.model import Exploration, Explored
from harness.judge.run import Job
from harness.judge.verdict import Verdict
from harness.judge.verification import VerificationReport
from harness.tests.cli.conftest import Kata
from harness.tests.fake_kata import fake_judge, fake_judge_each


def explored(exploration: Exploration, *, on_step: Callable[..., None]) -> Explored:
    return Explored(verdict=fake_judge(Job(exploration.kata, exploration.folder, 1)))


FAKES = Judges(fake_judge, fake_judge_each, explored)
THOROUGH = ("verify", "42", "--thorough", "--seeds", "2", "--repeat", "3")


def test_a_thorough_proof_shows_a_line_for_each_part(kata: Kata) -> None:
    ended = kata(*THOROUGH, "--explore", "5s", judges=FAKES)
    assert ended.code == 2
    assert "WRONG  kills     chaff that one promise alone rejects: P1 0, P2 1\n" in ended.out
    assert "         kills: no chaff" not in ended.out
    assert "         no chaff is rejected by test_door_opens_twice\n" in ended.out
    assert "ok     explore   0 runs of the reference, a budget of 5 s\n" in ended.out
    assert "ok     repeat    3 of 3 runs of the reference under seed 1 compared by verdict and digest\n" in ended.out
    assert "ok     mutation  0 of 0 judged mutants killed, 0 explained, 0 not: 100.0 %" in ended.out
    assert ended.out.endswith("42_doors does not hold: its solutions are as they must be, but not its proofs.\n")


def test_progress_is_told_in_lines_where_there_is_no_terminal(kata: Kata) -> None:
    ended = kata(*THOROUGH, judges=FAKES)
    assert "42_doors: vectors: 4 solutions judged, the last one starter\n" in ended.err
    assert "42_doors: repeat: 3 of 3 runs\n" in ended.err


def test_the_quick_form_tells_nothing_on_the_way(kata: Kata) -> None:
    assert kata("verify", "42").err == ""


def test_the_report_is_kept_and_readable(kata: Kata, home: Path) -> None:
    ended = kata(*THOROUGH, "--report", "proofs/42.json", "--mutants", "0", judges=FAKES)
    report = msgspec.json.decode((home / "proofs/42.json").read_bytes(), type=VerificationReport)
    assert ended.code == report.exit_code == 2
    assert report.proofs.vectors["chaff/any-key"]["test_wrong_key_is_refused"] == "failed"
    assert report.proofs.repeated.runs == 3
    assert report.proofs.mutation is None


def test_a_report_is_of_one_kata(kata: Kata) -> None:
    ended = kata("verify", "42", "42_doors", "--report", "42.json")
    assert ended.code == 2
    assert "--report takes one kata.\n" in ended.err


def test_a_report_that_cannot_be_written_is_told(kata: Kata, home: Path) -> None:
    (home / "proofs").write_text("a file is in the way")
    ended = kata("verify", "42", "--report", "proofs/42.json")
    assert ended.code == 2
    assert "The report cannot be written: File exists." in ended.err
    assert "42_doors holds: 4 solutions, 1 seed.\n" in ended.out


def test_a_budget_that_is_no_time_is_refused_before_anything_is_judged(kata: Kata) -> None:
    ended = kata(*THOROUGH, "--explore", "soon")
    assert ended.code == 2
    assert "'soon' is no budget." in ended.err


def test_ctrl_c_shows_what_is_known(kata: Kata) -> None:
    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for number, (job, verdict) in enumerate(fake_judge_each(jobs)):
            if len(job.only) == 2 and number:
                raise KeyboardInterrupt
            yield job, verdict

    ended = kata(*THOROUGH, judges=replace(FAKES, each=judge_each))
    assert ended.code == 130
    assert "ok     repeat    3 of 3 runs" in ended.out
    assert ended.out.endswith("42_doors: interrupted; what is told above is what was known by then.\n")


@pytest.fixture
def real_judge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """The fake judge in the real one's place, and how many jobs each call brought it."""
    brought: list[int] = []

    def judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        listed = list(jobs)
        brought.append(len(listed))
        return fake_judge_each(listed)

    monkeypatch.setattr("harness.judge.run.judge_each", judge_each)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return brought


def test_an_unchanged_kata_is_not_judged_again(kata: Kata, real_judge: list[int]) -> None:
    first = kata("verify", "42", judges=Judges())
    again = kata("verify", "42", judges=Judges())
    assert (first.code, again.code, real_judge) == (0, 0, [4])
    assert first.out.endswith("42_doors holds: 4 solutions, 1 seed.\n")
    assert again.out.endswith(
        "42_doors holds: 4 solutions, 1 seed. 4 verdicts known from before, of the same content.\n"
    )


def test_no_cache_judges_whatever_is_known(kata: Kata, real_judge: list[int]) -> None:
    kata("verify", "42", judges=Judges())
    ended = kata("verify", "42", "--no-cache", "--json", judges=Judges())
    assert real_judge == [4, 4]
    assert json.loads(ended.out)["reports"][0]["cached"] == 0


def test_a_solution_that_changed_is_judged_and_no_other(kata: Kata, home: Path, real_judge: list[int]) -> None:
    kata("verify", "42", judges=Judges())
    (home / "solutions/42_doors/accepted/sliding/template.yaml").write_text("# another\n")
    assert kata("verify", "42", judges=Judges()).code == 0
    assert real_judge == [4, 1]
