"""The screen of `kata test` when a handler misbehaves: it names the function, the error and the line."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.judge import session
from harness.judge.kata_file import read_kata
from harness.judge.run import Job, judge
from harness.judge.verdict import Fault, exit_code
from harness.tests.end_to_end import submissions
from harness.tests.end_to_end.command import Ended, kata
from harness.tests.end_to_end.processes import alive_with, mark
from harness.tests.end_to_end.submissions import Changes, submission

GATE = "test_a_note_is_written_once"
JUDGED: dict[str, Changes] = {
    "spins": submissions.SPINS,
    "raises": submissions.RAISES,
    "prints": submissions.PRINTS_MEGABYTES,
    "exits": submissions.EXITS,
    "sends-garbage": submissions.SENDS_GARBAGE,
    "floods": submissions.FLOODS,
    "starts-processes": submissions.STARTS_PROCESSES,
    "syntax-error": submissions.SYNTAX_ERROR,
}


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marker")


@pytest.fixture(scope="module")
def screens(home: Path, marker: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    folder = tmp_path_factory.mktemp("failing")

    def screen(name: str) -> Ended:
        path = submission(folder / name, JUDGED[name])
        return kata(home, "test", "01", "--path", path, "--only", GATE, **mark(marker))

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(JUDGED, pool.map(screen, JUDGED), strict=True))


@pytest.mark.parametrize("name", JUDGED)
def test_it_ends_with_exit_code_1_and_without_a_traceback_of_ours(screens: dict[str, Ended], name: str) -> None:
    assert screens[name].code == 1
    assert screens[name].err == ""
    assert "harness/" not in screens[name].out  # frames of the handler are all that is shown


def test_nothing_is_left_of_what_they_started_and_wrote(screens: dict[str, Ended], marker: Path) -> None:
    assert alive_with(marker) == []
    assert list(marker.iterdir()) == []


def test_an_exception_is_shown_with_type_message_and_line(screens: dict[str, Ended]) -> None:
    screen = screens["raises"].screen
    assert "Write#1 failed: KeyError: 'no such note' (src/write.py:6)" in screen
    assert "Likely mistake: Write failed: KeyError: 'no such note' (src/write.py:6)." in screen
    assert 'File "src/write.py", line 6, in work raise KeyError("no such note")' in screen


def test_megabytes_of_output_are_cut_and_the_error_still_shows(screens: dict[str, Ended]) -> None:
    screen = screens["prints"].screen
    assert len(screens["prints"].out.splitlines()) < 50
    assert "characters of output left out" in screen
    assert "Likely mistake: Write failed: ValueError: after much talk (src/write.py:4)." in screen


def test_a_process_that_ends_itself_is_told_with_its_last_words(screens: dict[str, Ended]) -> None:
    screen = screens["exits"].screen
    assert "Write#1 failed: Runtime exited with error: exit status 7" in screen
    assert "good bye" in screen


def test_a_handler_that_spins_is_said_to_compute_without_end(screens: dict[str, Ended]) -> None:
    screen = screens["spins"].screen
    assert "Write#1 timed out after 5 s (it computed without end)" in screen
    assert "Likely mistake: Write timed out after 5 s (it computed without end)." in screen
    assert "now it begins" in screen


@pytest.mark.parametrize(
    ("name", "did"),
    [
        ("sends-garbage", "JSON is malformed"),
        ("floods", "20001 frames, 580029 bytes, and no end of the worker's turn."),
    ],
)
def test_a_worker_that_abuses_its_socket_is_told_what_it_did(screens: dict[str, Ended], name: str, did: str) -> None:
    told = "Likely mistake: Write failed: Runtime exited with error: signal: killed, for it wrote to its runtime's own"
    assert f"{told} socket: {did}" in screens[name].screen


def test_a_syntax_error_shows_file_and_line(screens: dict[str, Ended]) -> None:
    assert "src/write.py:1: Write cannot be imported: SyntaxError: expected ':'" in screens["syntax-error"].screen


def test_a_run_without_end_is_the_submissions_fault(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A handler that sends two messages for each it receives; honest runs take far less real time than it may."""
    monkeypatch.setattr(session, "SCENARIO_LIMIT_S", 2.0)
    folder = submission(tmp_path / "feeds-itself", submissions.SENDS_ITSELF_MESSAGES)
    verdict = judge(Job(read_kata(home / "katas" / "01_notes"), folder, seed=1, only=(GATE,)))
    assert (verdict.outcome, verdict.fault, exit_code(verdict)) == ("error", Fault.SUBMISSION, 1)
    assert verdict.error.happened == f"{GATE} was ended after 2 s of real time."
    assert "sends itself more messages than it works off" in verdict.error.try_
    assert "Traceback" not in capfd.readouterr().err


# ---- what is no submission at all --------------------------------------------------------------


@pytest.fixture
def judged(home: Path) -> Callable[[Path], Ended]:
    return lambda path: kata(home, "test", "01", "--path", path)


def test_a_file_is_no_submission(judged: Callable[[Path], Ended], tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}\n")
    ended = judged(tmp_path / "template.yaml")
    assert ended.code == 1
    assert "template.yaml is a file. Expected: the folder that holds template.yaml" in ended.screen


def test_a_path_to_nothing_is_a_wrong_command_line(judged: Callable[[Path], Ended], tmp_path: Path) -> None:
    ended = judged(tmp_path / "nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert "nowhere" in ended.err


def test_an_unreadable_folder_is_told(judged: Callable[[Path], Ended], tmp_path: Path, unprivileged: None) -> None:
    submission(tmp_path / "locked", {}).chmod(0)
    try:
        ended = judged(tmp_path / "locked")
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert ended.code == 1
    assert "locked cannot be read. Expected: permission to list it" in ended.screen


def test_an_unreadable_module_is_told(judged: Callable[[Path], Ended], tmp_path: Path, unprivileged: None) -> None:
    module = submission(tmp_path / "locked", {}) / "src" / "write.py"
    module.chmod(0)
    ended = judged(tmp_path / "locked")
    assert ended.code == 1
    assert "src/write.py: Write cannot be imported: PermissionError" in ended.screen
