"""What a learner has solved."""

from pathlib import Path

import pytest

from harness.learner.progress import read_progress


def test_an_attempt_is_remembered(tmp_path: Path) -> None:
    read_progress(tmp_path).record("42_doors", 4, 10, passed=False)

    progress = read_progress(tmp_path)
    assert (progress.attempts["42_doors"].score, progress.is_solved("42_doors")) == (4, False)


def test_what_was_solved_once_stays_solved(tmp_path: Path) -> None:
    read_progress(tmp_path).record("42_doors", 10, 10, passed=True)
    read_progress(tmp_path).record("42_doors", 4, 10, passed=False)
    assert read_progress(tmp_path).is_solved("42_doors")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"{}", b'{"katas": {"x": 1}}', b'{"katas": {"x": {"score": "1"}}}', b"[" * 100_000],
)
def test_a_corrupt_file_counts_as_empty_and_is_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "progress.json").write_bytes(content)

    progress = read_progress(tmp_path)
    assert progress.attempts == {}
    assert "cannot be read" in progress.unreadable

    progress.record("42_doors", 10, 10, passed=True)
    assert read_progress(tmp_path).is_solved("42_doors")
    assert (tmp_path / "progress.json.unreadable").read_bytes() == content


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    read_progress(tmp_path / "workspace").record("42_doors", 10, 10, passed=True)
    assert [path.name for path in (tmp_path / "workspace").iterdir()] == ["progress.json"]
