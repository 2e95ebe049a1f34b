"""What a learner has solved: workspace/progress.json.

The file is a convenience, never evidence. It is written whole or not at all, and one that
cannot be read counts as empty; it is kept beside the new one under another name.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from harness.files import write_whole

VERSION = 1


@dataclass(frozen=True)
class Attempt:
    """The last verdict on a kata.

    Attributes:
        solved: whether a verdict ever was "passed".
    """

    score: int
    max_score: int
    solved: bool


@dataclass
class Progress:
    """Attempts by kata folder name.

    Attributes:
        unreadable: why the file could not be read; "" when it could or is not there.
    """

    file: Path
    attempts: dict[str, Attempt] = field(default_factory=dict)
    unreadable: str = ""

    def is_solved(self, kata: str) -> bool:
        """Whether this kata was ever passed."""
        return kata in self.attempts and self.attempts[kata].solved

    def record(self, kata: str, score: int, max_score: int, *, passed: bool) -> None:
        """The file knows this attempt. What was solved once stays solved."""
        self.attempts[kata] = Attempt(score, max_score, solved=passed or self.is_solved(kata))
        if self.unreadable:
            self.file.replace(self.file.with_suffix(".json.unreadable"))
            self.unreadable = ""
        katas = {name: vars(attempt) for name, attempt in sorted(self.attempts.items())}
        content = json.dumps({"version": VERSION, "katas": katas}, indent=2)
        write_whole(self.file, content.encode() + b"\n")


def read_progress(workspace: Path) -> Progress:
    """The progress kept in this workspace."""
    progress = Progress(workspace / "progress.json")
    try:
        content = json.loads(progress.file.read_bytes())
        progress.attempts = {str(name): _attempt(one) for name, one in content["katas"].items()}
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        progress.unreadable = f"{progress.file.name} cannot be read ({type(error).__name__}); it counts as empty."
    return progress


def _attempt(content: dict[str, object]) -> Attempt:
    score, max_score, solved = content["score"], content["max_score"], content["solved"]
    if not (isinstance(score, int) and isinstance(max_score, int) and isinstance(solved, bool)):
        raise TypeError("an attempt is score, max_score and solved")
    return Attempt(score, max_score, solved)
