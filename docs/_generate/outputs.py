"""Terminal output that pages show: each is a stored file, and the command that produced it.

    python docs/_generate/outputs.py            runs every command and stores what it prints
    python docs/_generate/outputs.py kata-list  only this one

The README has some of them too, each below a comment `<!-- output: NAME -->`. A test runs them
again and compares; see `comparable` for what may differ. The commands run in a folder of their own,
which looks like a fresh checkout.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "docs" / "_output"
COLUMNS = "88"

IN_README = re.compile(r"<!-- output: (?P<name>\S+) -->\n```text\n.*?```", re.DOTALL)

_ONE_AT_A_TIME = threading.Lock()
"""Reading a kata parses Python, and Python 3.11's `ast` fails in two threads at once."""

_REAL_SECONDS = re.compile(r"\b\d+\.\d s\b")
_LOG_LINES = re.compile(r"\.\.\. \d+ (lines|rows) before")


class OutputFailed(Exception):
    """A command did not end as announced."""


@dataclass(frozen=True)
class Output:
    """A command and how it ends.

    Attributes:
        arguments: what follows `kata`.
        exit_code: what the command must end with.
        before: commands whose traces it needs, run first and not shown.
    """

    arguments: tuple[str, ...]
    exit_code: int = 0
    before: tuple[tuple[str, ...], ...] = ()

    @property
    def shown(self) -> str:
        """The command as a reader types it."""
        return " ".join(["kata", *self.arguments])


def _all() -> dict[str, Output]:
    begun = (("start", "07"),)
    found = {
        "kata-help": Output(("--help",)),
        "kata-list": Output(("list",)),
        "kata-start": Output(("start", "07")),
        "kata-test-starter": Output(("test", "07"), 1, begun),
        "kata-test-refused": Output(("test", "07", "--path", "with-sns"), 1),
        "kata-grade": Output(("grade", "07", "cohort", "--out", "grades")),
    }
    for name, scenario in _chaff():
        found[f"chaff/{name}"] = Output(("test", "07", "--path", f"chaff/{name}", "--only", scenario), 1)
    return found


def _chaff() -> Iterator[tuple[str, str]]:
    """Each wrong solution, and the first scenario that must reject it."""
    from harness.judge.chaff_file import read_all_chaff
    from harness.judge.kata_file import find_kata

    for one in read_all_chaff(find_kata("07")):
        yield one.name, one.rejected_by[0].scenario


OUTPUTS = _all()


def produce(name: str) -> str:
    """What the command prints now.

    Raises:
        OutputFailed: it ended with another exit code than announced.
    """
    output = OUTPUTS[name]
    with _checkout() as folder:
        for arguments in output.before:
            _run(folder, arguments)
        done = _run(folder, output.arguments)
    if done.returncode != output.exit_code:
        raise OutputFailed(f"{output.shown}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.rstrip().splitlines())


def stored(name: str) -> str:
    """What it printed when the pages were written."""
    return (OUTPUT / f"{name}.txt").read_text(encoding="utf-8")


def comparable(text: str) -> str:
    """The output without what differs elsewhere: real durations, and how many lines Python's tracebacks have."""
    return _LOG_LINES.sub(r"... _ \1 before", _REAL_SECONDS.sub("_ s", text))


def store(names: list[str]) -> int:
    """Runs these commands and keeps what they print; returns how many did not end as announced."""
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, running in [(name, pool.submit(produce, name)) for name in names]:
            try:
                _keep(name, running.result())
            except OutputFailed as error:
                failed += 1
                print(error, file=sys.stderr)
    for path in OUTPUT.rglob("*.txt"):
        if path.relative_to(OUTPUT).with_suffix("").as_posix() not in OUTPUTS:
            path.unlink()
    refresh_readme()
    return failed


def refresh_readme() -> None:
    """The README shows what is stored."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    fresh = IN_README.sub(lambda block: in_readme(block["name"]), text)
    if fresh != text:
        readme.write_text(fresh, encoding="utf-8")
        print("refreshed README.md")


def in_readme(name: str) -> str:
    """A stored output as the README shows it."""
    return f"<!-- output: {name} -->\n```text\n$ {OUTPUTS[name].shown}\n{stored(name).rstrip()}\n```"


def _keep(name: str, text: str) -> None:
    path = OUTPUT / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or comparable(path.read_text(encoding="utf-8")) != comparable(text):
        path.write_text(text, encoding="utf-8")
        print(f"stored {path.relative_to(ROOT)}")


@contextmanager
def _checkout() -> Iterator[Path]:
    """A folder with the katas, the wrong solutions and a small cohort, and nothing begun yet."""
    with tempfile.TemporaryDirectory(prefix="kata-outputs-") as temporary:
        folder = Path(temporary).resolve()
        with _ONE_AT_A_TIME:
            _fill(folder)
        yield folder


def _fill(folder: Path) -> None:
    from harness.judge.chaff_file import read_all_chaff
    from harness.judge.kata_file import find_kata
    from harness.judge.overlay import copy_chaff, copy_reference

    for name in ("katas", "solutions"):
        (folder / name).symlink_to(ROOT / name)
    kata = find_kata("07")
    for chaff in read_all_chaff(kata):
        copy_chaff(kata, chaff, folder / "chaff" / chaff.name)
    _add_sns(copy_reference(kata, folder / "with-sns") / "template.yaml")
    cohort = folder / "cohort"
    shutil.copytree(kata.folder / "starter", cohort / "anna")
    copy_reference(kata, cohort / "ben")
    shutil.copytree(folder / "chaff" / "naive", cohort / "carla")
    shutil.copytree(kata.folder / "starter", cohort / "dan")
    (cohort / "dan" / "src" / "submit.py").write_text("def handler(event context):\n    pass\n", encoding="utf-8")


def _add_sns(template: Path) -> None:
    """FeedLegacy is invoked by a topic too, which is not simulated."""
    text = template.read_text(encoding="utf-8")
    before, mark, after = text.partition("        Articles:\n")
    assert mark
    event = "        Corrections:\n          Type: SNS\n          Properties:\n            Topic: !Ref IngestQueue\n"
    template.write_text(before + event + mark + after, encoding="utf-8")


def _run(folder: Path, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    environment = {
        **{key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "PYTHONHASHSEED")},
        "KATAS_HOME": str(folder),
        "NO_COLOR": "1",
        "COLUMNS": COLUMNS,
        "TERMINAL_WIDTH": COLUMNS,
    }
    command = [str(Path(sys.executable).with_name("kata")), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(store(sys.argv[1:] or list(OUTPUTS)))
