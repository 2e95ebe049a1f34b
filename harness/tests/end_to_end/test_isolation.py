"""A handler that looks for the tests, the solutions, moto, the judge, the network and other processes finds none.

The prober is a submission: whatever it tries, it tells in the body of its answer, and the
verdict quotes that.
"""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.judge.kata_file import read_kata
from harness.judge.run import Job, judge
from harness.tests.end_to_end.command import PROJECT
from harness.tests.end_to_end.submissions import submission, submitter
from harness.worker.sandbox import available

GATE = "test_a_note_is_written_once"
NOT_THERE = ("moto", "pytest", "hypothesis", "harness", "harness.judge", "newsroom", "test_p1_written")
HIDDEN_FROM_MODULES = ("moto", "pytest", "_pytest", "hypothesis", "harness")
PROBER = """\
import ctypes
import errno
import importlib
import json
import os
import socket
import subprocess
import sys

TARGETS = []


def attempt(action, *arguments):
    try:
        return f"done: {action(*arguments)!r}"[:60]
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    except Exception as error:
        return type(error).__name__


def read(path):
    with open(path, "rb") as file:
        return file.read(10)


def trace(pid):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def write(path):
    with open(path, "w") as file:
        return file.write("here")


def handler(event, context):
    actions = {
        "import": importlib.import_module,
        "read": read,
        "list": os.listdir,
        "write": write,
        "connect": lambda port: socket.socket().connect(("127.0.0.1", port)),
        "kill": lambda pid: os.kill(pid, 0),
        "trace": trace,
        "run": lambda command: subprocess.run(command, check=True),
        "modules": lambda names: sorted(name for name in sys.modules if name.partition(".")[0] in names),
    }
    found = [attempt(actions[action], target) for action, target in TARGETS]
    return {"statusCode": 500, "body": json.dumps(found)}
"""


def _probe(home: Path, folder: Path, targets: list[tuple[str, Any]], sandbox: tuple[str, ...] | None) -> list[str]:
    """What comes of each attempt, tried from within a handler."""
    source = PROBER.replace("TARGETS = []", f"TARGETS = {[list(target) for target in targets]!r}")
    job = Job(read_kata(home / "katas/01_notes"), submission(folder, submitter(source)), 1, (GATE,), sandbox=sandbox)
    verdict = judge(job, processes=1)
    status, _, body = verdict.scenarios[0].got.partition(" ")
    assert status == "500", verdict
    found: list[str] = json.loads(body)
    return found


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A server of this machine that nobody may reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server


@pytest.mark.parametrize("sandbox", [None, ()], ids=["as-sandboxed-as-here", "without-a-sandbox"])
def test_neither_moto_nor_tests_nor_the_judge_can_be_imported(
    home: Path, tmp_path: Path, sandbox: tuple[str, ...] | None
) -> None:
    targets: list[tuple[str, Any]] = [("import", name) for name in NOT_THERE]
    found = _probe(home, tmp_path / "prober", [("modules", HIDDEN_FROM_MODULES), *targets], sandbox)
    assert found == ["done: []", *["ModuleNotFoundError" for _ in NOT_THERE]]


@pytest.mark.skipif(not available()["landlock"].works, reason="nothing here hides files from a handler")
def test_tests_solutions_and_the_judges_files_cannot_be_read(home: Path, tmp_path: Path) -> None:
    kata, solution = home / "katas/01_notes", home / "solutions/01_notes"
    files = [
        *(kata / "acceptance/test_p1_written.py", kata / "acceptance/notes.py", kata / "kata.toml"),
        *(kata / "services/ledger.py", solution / "template.yaml", solution / "src/write.py"),
        *(PROJECT / "harness/judge/session.py", PROJECT / "katas/07_queue_load_leveling/kata.toml"),
        *(Path(f"/proc/{os.getpid()}/environ"), Path("/etc/passwd")),
    ]
    folders = [kata / "acceptance", solution, PROJECT / "katas", PROJECT / "harness/judge", Path.home()]
    targets: list[tuple[str, Any]] = [("read", str(file)) for file in files]
    targets += [("list", str(folder)) for folder in folders]
    targets += [("write", str(home / "written")), ("write", str(tmp_path / "prober/src/written.py"))]
    found = _probe(home, tmp_path / "prober", targets, None)
    assert len(found) == len(targets)
    assert set(found) <= {"EACCES", "EPERM", "ENOENT", "EROFS"}
    assert not (home / "written").exists()


@pytest.mark.skipif(not available()["seccomp"].works, reason="nothing here keeps a handler off the network")
def test_the_network_and_other_processes_cannot_be_reached(home: Path, tmp_path: Path, listener: socket.socket) -> None:
    judge_pid, port = os.getpid(), listener.getsockname()[1]
    targets: list[tuple[str, Any]] = [
        ("connect", port),
        ("kill", judge_pid),
        ("trace", judge_pid),
        ("run", ["true"]),
    ]
    found = _probe(home, tmp_path / "prober", targets, None)
    assert len(found) == len(targets)
    assert set(found) <= {"EPERM", "EACCES", "ESRCH", "ENETUNREACH", "ECONNREFUSED"}
    with pytest.raises(TimeoutError):
        listener.accept()
