"""A full disk and a missing temporary folder: said in words, exit code 3, and no traceback."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.tests.end_to_end.command import KATA, LONGEST_S, Ended, environment, kata
from harness.tests.end_to_end.submissions import submission

NO_FOLDER = """\
import tempfile

tempfile._candidate_tempdir_list = lambda: ["/nowhere"]
"""


def on_a_full_disk(home: Path, folder: Path, files: int, *arguments: object) -> Ended:
    """Runs a command whose temporary folder lies on a file system that holds so many files, itself included."""
    folder.mkdir()
    mount = f"mount -t tmpfs -o size=256k,nr_inodes={files} tmpfs {folder}"
    words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{mount} || exit 77; exec "$@"', "sh"]
    ended = subprocess.run(
        [*words, *KATA, *map(str, arguments)],
        env=environment(home, TMPDIR=str(folder)),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    if ended.returncode == 77 or "unshare" in ended.stderr:
        pytest.skip("nothing can be mounted here")
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="needs a mount namespace")
@pytest.mark.parametrize("files", [4, 6], ids=["as-it-is-tried-out", "in-a-scenario"])
def test_a_full_disk_is_told_as_one(home: Path, tmp_path: Path, files: int) -> None:
    right = submission(tmp_path / "right", {})

    ended = on_a_full_disk(home, tmp_path / "small", files, "test", "01", "--path", right)

    assert ended.code == 3
    assert "This is a fault of the harness, not of your submission." in ended.screen
    assert f"The disk is full: nothing can be written at {tmp_path}/small/" in ended.screen
    assert "make room there, or set TMPDIR to a folder that has some" in ended.screen
    assert "Traceback" not in ended.out + ended.err


def test_without_a_temporary_folder_there_is_no_verdict_and_no_traceback(home: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_FOLDER)
    right = submission(tmp_path / "right", {})
    path = environment(home)["PYTHONPATH"]

    ended = kata(home, "test", "01", "--path", right, PYTHONPATH=f"{tmp_path}:{path}")

    assert ended.code == 3
    assert ended.err.startswith(
        "There is no temporary folder that can be written.\n  Expected: room for some megabytes"
    )
    assert "Traceback" not in ended.out + ended.err


def test_a_tmpdir_that_is_not_there_is_passed_over(home: Path, tmp_path: Path) -> None:
    right = submission(tmp_path / "right", {})
    assert kata(home, "test", "01", "--path", right, TMPDIR=str(tmp_path / "nowhere")).code == 0
