"""Ctrl-C at any moment leaves no process, no temporary file and no half-written result; nor does SIGKILL a process.

As a terminal does it, the signal goes to the whole process group. What is judged computes
without end, so that a scenario is under way for as long as it takes to notice.
"""

import csv
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.learner.progress import read_progress
from harness.tests.end_to_end import submissions
from harness.tests.end_to_end.command import KATA, Ended, environment
from harness.tests.end_to_end.conftest import copy_home
from harness.tests.end_to_end.processes import alive_with, mark, wait_until
from harness.tests.end_to_end.submissions import submission

INTERRUPTED = 130
AFTER_SIGKILL_S = 2.0


@dataclass
class Started:
    """A command that runs, and the folder that marks its processes and holds their temporary files."""

    process: "subprocess.Popen[str]"
    marker: Path

    def wait_for_processes(self, count: int) -> None:
        """Returns when so many of them run: two while it starts, four and more while scenarios run."""
        assert wait_until(lambda: len(alive_with(self.marker)) >= count, within_s=60)

    def press_ctrl_c(self) -> Ended:
        """The whole process group is interrupted."""
        os.killpg(self.process.pid, signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return Ended(self.process.returncode, out, err)


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Iterator[Callable[..., Started]]:
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: object, home: Path = home) -> Started:
        marker = tmp_path / "marker"
        marker.mkdir()
        process = subprocess.Popen(
            [*KATA, *map(str, arguments)],
            env=environment(home, **mark(marker)),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        running.append(process)
        return Started(process, marker)

    yield start
    for process in running:
        process.kill()
        process.communicate()


Start = Callable[..., Started]


def _judge_ended_cleanly(ended: Ended, started: Started) -> None:
    assert ended.code == INTERRUPTED
    assert ended.err.strip().startswith("Interrupted."), ended.err
    assert wait_until(lambda: not alive_with(started.marker), within_s=0.5)
    assert list(started.marker.iterdir()) == []


@pytest.mark.parametrize("processes", [2, 4], ids=["while-it-starts", "while-scenarios-run"])
def test_an_interrupted_test_leaves_nothing(start: Start, tmp_path: Path, processes: int) -> None:
    started = start("test", "01", "--path", submission(tmp_path / "spins", submissions.SPINS))
    started.wait_for_processes(processes)
    _judge_ended_cleanly(started.press_ctrl_c(), started)


@pytest.mark.parametrize("processes", [2, 4], ids=["while-it-starts", "while-solutions-are-judged"])
def test_an_interrupted_verify_leaves_nothing(start: Start, tmp_path: Path, processes: int) -> None:
    home = copy_home(tmp_path / "home")
    (home / "solutions/01_notes/src/write.py").write_text(submissions.SPINS["src/write.py"] or "")
    started = start("verify", "01", home=home)
    started.wait_for_processes(processes)
    _judge_ended_cleanly(started.press_ctrl_c(), started)


def test_a_grading_interrupted_as_it_starts_names_everybody_as_not_judged(start: Start, tmp_path: Path) -> None:
    cohort = _cohort(tmp_path)
    started = start("grade", "01", cohort, "--out", tmp_path / "out")
    started.wait_for_processes(2)
    _judge_ended_cleanly(started.press_ctrl_c(), started)
    assert _outcomes(tmp_path / "out") == {"anna": "not judged", "bert": "not judged", "clio": "not judged"}
    assert not list((tmp_path / "out").rglob("*.unfinished"))


def test_an_interrupted_grading_keeps_whole_what_is_known(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    started = start("grade", "01", _cohort(tmp_path), "--out", out)
    assert wait_until((out / "students/anna/results.json").exists, within_s=60)
    _judge_ended_cleanly(started.press_ctrl_c(), started)
    assert _outcomes(out) == {"anna": "passed", "bert": "not judged", "clio": "not judged"}
    assert [file.parent.name for file in out.glob("students/*/results.json")] == ["anna"]
    assert json.loads((out / "students/anna/results.json").read_text())["outcome"] == "passed"
    assert not list(out.rglob("*.unfinished"))


@pytest.mark.parametrize("processes", [2, 4], ids=["while-it-starts", "while-scenarios-run"])
def test_a_killed_judge_takes_every_process_with_it(start: Start, tmp_path: Path, processes: int) -> None:
    started = start("test", "01", "--path", submission(tmp_path / "spins", submissions.SPINS))
    started.wait_for_processes(processes)
    started.process.kill()
    assert wait_until(lambda: not alive_with(started.marker), AFTER_SIGKILL_S)


def test_a_killed_grading_takes_every_process_with_it_and_leaves_whole_files(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    started = start("grade", "01", _cohort(tmp_path), "--out", out)
    assert wait_until((out / "students/anna/results.json").exists, within_s=60)
    started.process.kill()
    assert wait_until(lambda: not alive_with(started.marker), AFTER_SIGKILL_S)
    assert json.loads((out / "students/anna/results.json").read_bytes())["outcome"] == "passed"
    assert json.loads((out / "cohort.json").read_bytes())["kata"] == "01_notes"


@pytest.mark.parametrize("moment_s", [0.1, 0.4, 0.8, 1.3])
def test_a_test_killed_at_any_moment_leaves_no_process_and_its_progress_readable(
    start: Start, tmp_path: Path, moment_s: float
) -> None:
    home = copy_home(tmp_path / "home")
    submission(home / "workspace" / "01_notes", {})
    read_progress(home / "workspace").record("00_before", 3, 3, passed=True)
    started = start("test", "01", home=home)
    wait_until(lambda: started.process.poll() is not None, within_s=moment_s)
    started.process.kill()
    assert wait_until(lambda: not alive_with(started.marker), AFTER_SIGKILL_S)
    progress = read_progress(home / "workspace")
    assert (progress.unreadable, progress.is_solved("00_before")) == ("", True)


def _cohort(folder: Path) -> Path:
    submission(folder / "cohort/anna", {})
    submission(folder / "cohort/bert", submissions.SPINS)
    submission(folder / "cohort/clio", submissions.SPINS)
    return folder / "cohort"


def _outcomes(out: Path) -> dict[str, str]:
    with (out / "results.csv").open() as file:
        return {row["student"]: row["outcome"] for row in csv.DictReader(file)}
