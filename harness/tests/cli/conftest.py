"""A checkout with one kata in a folder of its own, and the command line on it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cli.judges import Judges
from harness.cli.main import main
from harness.tests.fake_kata import fake_judge, fake_judge_each, write_kata


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Kata = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The checkout, which is the current folder too."""
    write_kata(tmp_path)
    monkeypatch.setenv("KATAS_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kata(home: Path, capfd: pytest.CaptureFixture[str]) -> Kata:
    """Runs a command line with the fake judge, or with others."""

    def run(*arguments: str, judges: Judges | None = None) -> Ended:
        code = main(list(arguments), judges or Judges(fake_judge, fake_judge_each))
        captured = capfd.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture
def solution(home: Path) -> Callable[[str], Path]:
    """Writes a submission into the workspace: its template.yaml says what fails in it."""

    def write(text: str) -> Path:
        folder = home / "workspace" / "42_doors"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "template.yaml").write_text(text)
        return folder

    return write
