"""Which kata and which submission a command is about."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness import paths
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.kata import Kata


class NothingToExploreError(ExplainedError):
    """There is no submission at the path."""


@dataclass(frozen=True)
class Submission:
    """A submission to a kata.

    Attributes:
        path: as it was given; None: the workspace's.
    """

    kata: "Kata"
    path: Path | None

    @property
    def folder(self) -> Path:
        """Where it is."""
        return (self.path or paths.workspace() / self.kata.name).absolute()

    def command(self, verb: str) -> str:
        """A command about it: "kata explore 07"."""
        path = f" --path {shlex.quote(str(self.path))}" if self.path else ""
        return f"kata {verb} {self.kata.number:02d}{path}"


def chosen(kata: str | None, path: Path | None) -> Submission:
    """The submission to the kata meant, which must be there; without a kata, to the next unsolved one.

    Raises:
        NothingToExploreError: there is none.
    """
    from harness.judge.kata_file import read_kata

    submission = Submission(read_kata(_folder(kata)), path)
    if not submission.folder.exists():
        raise NothingToExploreError(
            f"There is nothing at {paths.short(submission.folder)}.",
            expected="a folder with a template.yaml",
            try_="another folder after --path" if path else f"kata start {submission.kata.number:02d}",
        )
    return submission


def _folder(kata: str | None) -> Path:
    from harness.judge.catalogue import find_folder
    from harness.learner.progress import read_progress
    from harness.learner.workspace import next_unsolved

    if kata:
        return find_folder(kata, paths.katas())
    return next_unsolved(paths.katas(), paths.workspace(), read_progress(paths.workspace()))
