"""What the doctor finds."""

from pathlib import Path

from harness.learner.doctor import _package, _quiescence, _start_method, examine


def test_this_machine_can_judge() -> None:
    checks = list(examine())
    assert [check.name for check in checks if check.needed and not check.works] == []
    assert {"python", "boto3", "cores", "workers", "threads", "sandbox: seccomp"} <= {check.name for check in checks}


def test_what_works_has_neither_cost_nor_remedy() -> None:
    working = [check for check in examine() if check.works]
    assert {(check.lost, check.remedy) for check in working} == {("", "")}


def test_a_package_that_is_too_old_is_missing() -> None:
    check = _package("pytest", ">=99", lambda version: False)
    assert not check.works
    assert check.found.endswith("; wanted: >=99")
    assert check.remedy == "pip install 'pytest>=99'"


def test_a_package_that_is_not_there_is_missing() -> None:
    assert _package("no-such-package", "", lambda version: True).found == "not installed; wanted: any version"


def test_without_forkserver_workers_are_spawned() -> None:
    check = _start_method(["spawn"])
    assert (check.works, check.found) == (False, "spawn")
    assert "slower" in check.lost


def test_without_proc_threads_are_watched_through_psutil(tmp_path: Path) -> None:
    check = _quiescence(tmp_path)
    assert (check.works, check.found) == (False, "CPU times through psutil")
