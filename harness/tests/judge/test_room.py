"""A lack of room is recognised wherever it comes up, and nothing else is taken for it."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from harness.cli.reporting import exit_code_of
from harness.judge import run
from harness.judge.kata_file import read_kata
from harness.judge.run import Job
from harness.judge.scenario_verdict import explain_unexpected
from harness.judge.verdict import Fault, exit_code
from harness.room import no_room
from harness.tests.fake_kata import write_kata

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/kata-1/world")


def raising(error: Exception, *_: object, **__: object) -> int:
    raise error


@pytest.fixture
def nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("mkdtemp", "mkstemp", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, word, lambda *_, **__: raising(FULL))


@pytest.mark.usefixtures("nothing_can_be_written")
def test_a_verdict_without_room_is_ours_and_keeps_no_file() -> None:
    told = explain_unexpected(FULL, Fault.HARNESS)

    assert told.happened == "The disk is full: nothing can be written at /tmp/kata-1/world."
    assert (told.try_, told.see) == ("make room there, or set TMPDIR to a folder that has some", "")


@pytest.mark.usefixtures("nothing_can_be_written")
def test_a_command_without_room_ends_with_3_and_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(lambda: raising(FULL)) == 3
    assert capsys.readouterr().err.startswith("The disk is full: nothing can be written at /tmp/kata-1/world.\n")


@pytest.mark.usefixtures("nothing_can_be_written")
def test_a_judge_of_a_cohort_that_has_no_room_gives_a_verdict_all_the_same(tmp_path: Path) -> None:
    kata = read_kata(write_kata(tmp_path))

    verdict = run._judge(None, tmp_path, Job(kata, kata.solutions, 1), lambda scenario: None, 1)  # type: ignore[arg-type]

    assert (verdict.outcome, verdict.fault, exit_code(verdict)) == ("error", Fault.HARNESS, 3)
    assert verdict.error is not None
    assert verdict.error.happened.startswith("The disk is full")


def test_a_lack_of_room_is_seen_behind_another_error() -> None:
    other = KeyError("world")
    other.__context__ = FULL
    told = no_room(other)
    assert told is not None
    assert told.exit_code == 3


def test_a_temporary_folder_that_has_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    told = no_room(FileNotFoundError(errno.ENOENT, "No such file", f"{tmp_path}/gone/kata-1"))
    assert told is not None
    assert told.happened == f"The temporary folder {tmp_path}/gone cannot be written any more."


@pytest.mark.parametrize(
    "error", [ValueError("full"), FileNotFoundError(errno.ENOENT, "No such file", "/x"), PermissionError(13, "no")]
)
def test_any_other_error_is_no_lack_of_room(error: Exception) -> None:
    assert no_room(error) is None
