"""What is known is not judged again; what may have changed is."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from harness.judge.cache import VerdictCache
from harness.judge.extra import Extra
from harness.judge.failures import SPUN
from harness.judge.kata import Kata
from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.verdict import LikelyMistake, Verdict
from harness.tests.fake_kata import fake_judge, write_kata


class Judge:
    """The fake judge, and the submissions it was asked about."""

    def __init__(self) -> None:
        self.asked: list[Job] = []

    def __call__(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job in jobs:
            self.asked.append(job)
            yield job, fake_judge(job)


class Bench:
    """A cache, a kata, and a judge that remembers what it was asked."""

    def __init__(self, tmp_path: Path) -> None:
        self.kata: Kata = read_kata(write_kata(tmp_path / "home"))
        self.submission = self.kata.solutions / "accepted" / "sliding"
        self.package = tmp_path / "harness"
        self.package.mkdir()
        (self.package / "paths.py").write_text("")
        self.folder = tmp_path / "cache"
        self.lines: list[str] = []

    def judged(self, *jobs: Job) -> int:
        """How many of these had to be judged."""
        judge = Judge()
        cache = VerdictCache(self.folder, tell=self.lines.append, package=self.package)
        answers = list(cache.judging(judge)(jobs))
        assert sorted(job.seed for job, _ in answers) == sorted(job.seed for job in jobs)
        return len(judge.asked)

    def job(self, **more: object) -> Job:
        return Job(self.kata, self.submission, 1, **more)  # type: ignore[arg-type]


def without_time(verdict: Verdict) -> Verdict:
    return msgspec.structs.replace(verdict, real_ms=0)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_same_content_is_judged_once(bench: Bench) -> None:
    assert [bench.judged(bench.job()), bench.judged(bench.job())] == [1, 0]


def test_a_known_verdict_is_the_one_that_was_given_but_took_no_time(bench: Bench) -> None:
    cache = VerdictCache(bench.folder, package=bench.package)
    [(_, first)] = cache.judging(Judge())([bench.job()])
    [(_, again)] = cache.judging(Judge())([bench.job()])
    assert again == without_time(first)
    assert (cache.judged, cache.hits) == (1, 1)


def test_a_copy_of_the_submission_elsewhere_is_known_and_told_by_its_own_place(bench: Bench, tmp_path: Path) -> None:
    bench.judged(bench.job())
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "template.yaml").write_text("")
    cache = VerdictCache(bench.folder, package=bench.package)
    [(_, verdict)] = cache.judging(Judge())([Job(bench.kata, copy, 1)])
    assert (cache.hits, verdict.submission) == (1, str(copy))


@pytest.mark.parametrize("file", ["kata", "submission", "package"])
def test_a_change_anywhere_below_is_judged_again(bench: Bench, file: str) -> None:
    bench.judged(bench.job())
    changed = {
        "kata": bench.kata.folder / "acceptance" / "test_p1_opens.py",
        "submission": bench.submission / "src" / "app.py",
        "package": bench.package / "world" / "time.py",
    }[file]
    changed.parent.mkdir(exist_ok=True)
    changed.write_text("# changed\n")
    assert bench.judged(bench.job()) == 1


def test_what_stands_above_the_judge_changes_no_verdict(bench: Bench) -> None:
    bench.judged(bench.job())
    (bench.package / "cli").mkdir()
    (bench.package / "cli" / "verify.py").write_text("# changed\n")
    assert bench.judged(bench.job()) == 0


@pytest.mark.parametrize("more", [{"only": ("test_door_opens",)}, {"sandbox": ()}])
def test_another_question_is_judged(bench: Bench, more: dict[str, object]) -> None:
    bench.judged(bench.job())
    assert bench.judged(bench.job(**more)) == 1


def test_another_seed_is_judged_and_what_is_known_comes_with_it(bench: Bench) -> None:
    bench.judged(bench.job())
    assert bench.judged(bench.job(), Job(bench.kata, bench.submission, 2)) == 1


@pytest.mark.parametrize("more", [{"debug": True}, {"timelines": Path("there")}, {"extra": Extra()}])
def test_a_run_that_leaves_more_than_a_verdict_is_never_known(bench: Bench, more: dict[str, object]) -> None:
    assert [bench.judged(bench.job(**more)), bench.judged(bench.job(**more))] == [1, 1]


@pytest.mark.parametrize(
    "template", ["cannot be judged", "the judge dies", f"test_door_opens: Shut. | It timed out after 3 s ({SPUN})."]
)
def test_what_a_real_clock_may_have_decided_is_judged_again(bench: Bench, template: str) -> None:
    (bench.submission / "template.yaml").write_text(template)
    assert [bench.judged(bench.job()), bench.judged(bench.job())] == [1, 1]


def test_a_submission_that_changes_while_it_is_judged_is_not_kept(bench: Bench) -> None:
    def judge(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job in jobs:
            (job.folder / "template.yaml").write_text("# an editor was open\n")
            yield job, fake_judge(job)

    [_] = VerdictCache(bench.folder, package=bench.package).judging(judge)([bench.job()])
    assert bench.judged(bench.job()) == 1
    (bench.submission / "template.yaml").write_text("")
    assert bench.judged(bench.job()) == 1


def entries(bench: Bench) -> list[Path]:
    return sorted(bench.folder.rglob("*.json"))


@pytest.mark.parametrize("content", [b"", b'{"schema":', b"\xff\xfe", b'{"schema": "another/1"}'])
def test_a_broken_entry_is_told_in_a_line_and_judged_again(bench: Bench, content: bytes) -> None:
    bench.judged(bench.job())
    [entry] = entries(bench)
    entry.write_bytes(content)

    assert bench.judged(bench.job()) == 1
    [line] = bench.lines
    assert line.startswith(f"A cached verdict cannot be read and is judged again: {entry}: ")
    assert bench.judged(bench.job()) == 0


def test_an_entry_that_rests_on_something_else_is_not_believed(bench: Bench) -> None:
    bench.judged(bench.job())
    [entry] = entries(bench)
    content = json.loads(entry.read_bytes())
    content["rests_on"]["solution"] = "0" * 16
    entry.write_text(json.dumps(content))

    assert bench.judged(bench.job()) == 1
    assert bench.lines == [f"A cached verdict is not what its name says and is judged again: {entry}"]


def test_a_cache_that_cannot_be_written_costs_one_line(bench: Bench) -> None:
    bench.folder.write_text("a file is in the way")
    assert bench.judged(bench.job(), Job(bench.kata, bench.submission, 2)) == 2
    assert len(bench.lines) == len(set(bench.lines))
    assert f"Verdicts cannot be cached in {bench.folder}: Not a directory" in bench.lines


def test_what_was_written_first_goes_first(bench: Bench) -> None:
    for seed in (1, 2, 3):
        bench.judged(Job(bench.kata, bench.submission, seed))
    [oldest, *others] = sorted(entries(bench), key=lambda path: path.stat().st_mtime_ns)
    os.utime(oldest, ns=(0, 0))
    size = sum(path.stat().st_size for path in others)

    VerdictCache(bench.folder, package=bench.package).trim(limit_bytes=size)
    assert set(entries(bench)) == set(others)


def test_nothing_half_written_stays(bench: Bench) -> None:
    bench.judged(bench.job())
    assert [path.name for path in bench.folder.rglob("*.unfinished")] == []


def test_the_likely_mistake_is_not_kept(bench: Bench) -> None:
    (bench.submission / "template.yaml").write_text("test_door_opens: Shut.\n")

    def judge(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
        for job in jobs:
            likely = LikelyMistake(name="any-key", mistake="Any key opens it", confidence=0.9)
            yield job, msgspec.structs.replace(fake_judge(job), likely=likely)

    cache = VerdictCache(bench.folder, package=bench.package)
    [(_, judged)] = cache.judging(judge)([bench.job()])
    [(_, known)] = cache.judging(judge)([bench.job()])
    assert (judged.likely.name, known.likely) == ("any-key", None)


def test_one_job_is_judged_once_until_something_changes(bench: Bench) -> None:
    times: list[Job] = []

    def judge(job: Job) -> Verdict:
        times.append(job)
        return fake_judge(job)

    cache = VerdictCache(bench.folder, package=bench.package)
    first, second = (cache.verdict_on(bench.job(), judge) for _ in range(2))

    assert len(times) == 1
    assert [one.name for one in second.scenarios] == [one.name for one in first.scenarios]
    assert (cache.judged, cache.hits) == (1, 1)
