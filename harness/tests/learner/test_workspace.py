"""Beginning a kata."""

from pathlib import Path

import pytest

from harness.learner.progress import read_progress
from harness.learner.workspace import FolderOccupiedError, NothingBegunError, StarterMissingError, next_unsolved, start
from harness.tests.fake_kata import write_kata


def test_the_starter_is_copied(tmp_path: Path) -> None:
    target = tmp_path / "workspace" / "42_doors"
    assert start(write_kata(tmp_path), target) == ["src/app.py", "template.yaml"]
    assert [path.name for path in target.parent.iterdir()] == ["42_doors"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    start(write_kata(tmp_path), target)
    assert (target / "template.yaml").is_file()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "template.yaml").write_text("my work")

    with pytest.raises(FolderOccupiedError, match="nothing was written") as caught:
        start(write_kata(tmp_path), target)

    assert caught.value.got == "template.yaml"
    assert (target / "template.yaml").read_text() == "my work"


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(FolderOccupiedError) as caught:
        start(write_kata(tmp_path), tmp_path / "mine")
    assert caught.value.got == "a file"


def test_a_link_to_nowhere_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(tmp_path / "gone")
    with pytest.raises(FolderOccupiedError) as caught:
        start(write_kata(tmp_path), tmp_path / "mine")
    assert caught.value.got == "a link"


def test_a_kata_without_a_starter_says_so(tmp_path: Path) -> None:
    (tmp_path / "katas" / "43_windows").mkdir(parents=True)
    with pytest.raises(StarterMissingError, match="43_windows has no starter"):
        start(tmp_path / "katas" / "43_windows", tmp_path / "mine")


def test_the_next_kata_is_the_first_begun_and_not_solved(tmp_path: Path) -> None:
    doors = write_kata(tmp_path)
    (doors.parent / "43_windows").mkdir()
    (tmp_path / "workspace" / "42_doors").mkdir(parents=True)
    (tmp_path / "workspace" / "43_windows").mkdir()
    progress = read_progress(tmp_path / "workspace")

    assert next_unsolved(doors.parent, tmp_path / "workspace", progress) == doors
    progress.record("42_doors", 10, 10, passed=True)
    assert next_unsolved(doors.parent, tmp_path / "workspace", progress).name == "43_windows"


def test_with_nothing_begun_the_first_kata_is_offered(tmp_path: Path) -> None:
    katas = write_kata(tmp_path).parent
    with pytest.raises(NothingBegunError, match="No kata is begun yet") as caught:
        next_unsolved(katas, tmp_path / "workspace", read_progress(tmp_path / "workspace"))
    assert caught.value.try_ == "kata start 42"
