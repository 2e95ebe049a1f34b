"""Runs `kata` as a person does: in a process of its own, whose screen and exit code are all there is."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

KATA = (sys.executable, "-m", "harness.cli.main")
PROJECT = Path(__file__).resolve().parents[3]
LONGEST_S = 120


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def screen(self) -> str:
        """What it printed, every run of white space as one blank: how wide the screen is does not matter."""
        return " ".join(self.out.split())


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command that takes its katas from `home`."""
    places = {"KATAS_HOME": str(home), "XDG_CACHE_HOME": str(home.parent / "cache"), "PYTHONPATH": str(PROJECT)}
    variables = {**os.environ, **places, "COLUMNS": "120", **more}
    return {name: value for name, value in variables.items() if not name.startswith("PYTEST")}


def kata(home: Path, *arguments: object, **variables: str) -> Ended:
    """Runs a command line to its end."""
    process = subprocess.run(
        [*KATA, *map(str, arguments)],
        env=environment(home, **variables),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    return Ended(process.returncode, process.stdout, process.stderr)


def as_json(ended: Ended) -> dict[str, Any]:
    """The object on stdout."""
    content: dict[str, Any] = msgspec.json.decode(ended.out)
    return content
