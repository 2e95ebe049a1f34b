"""What `kata test` was asked for: the submission, the job it makes, the words about it, and its place in progress."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness import paths
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.kata import Kata
    from harness.judge.run import Job
    from harness.judge.verdict import Verdict
    from harness.report.terminal import Words


class SubmissionMissingError(ExplainedError):
    """There is nothing at the path to be judged."""


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        path: where the submission is, if not in the workspace.
        survival_map: whether the screen shows it.
    """

    kata: "Kata"
    path: Path | None
    seed: int
    only: tuple[str, ...]
    debug: bool
    survival_map: bool = False

    @property
    def submission(self) -> Path:
        """The folder to judge."""
        return self.path or paths.workspace() / self.kata.name

    @property
    def heading(self) -> str:
        """The kata, as screens and pages name it."""
        return f"{self.kata.number:02d} {self.kata.title}"

    @property
    def place(self) -> str:
        """The folder, as screens and pages name it."""
        return paths.short(self.submission)

    @property
    def command(self) -> str:
        """What judges this again."""
        path = f" --path {shlex.quote(str(self.path))}" if self.path else ""
        return f"kata test {self.kata.number:02d}{path}"


def refuse_missing(request: Request) -> None:
    """Says it where there is nothing to judge.

    Raises:
        SubmissionMissingError: there is nothing.
    """
    if request.submission.exists() or request.submission.is_symlink():
        return
    begin = "" if request.path else f"kata start {request.kata.number:02d}"
    raise SubmissionMissingError(
        f"There is nothing at {paths.short(request.submission)}.",
        expected="a folder with a template.yaml",
        try_=begin or "another folder after --path",
    )


def job_of(request: Request, timelines: Path | None) -> "Job":
    """What is to be judged.

    Args:
        timelines: folder that takes the timeline of each scenario; None: none are made.
    """
    from harness.judge.run import Job

    folder = request.submission.absolute()
    return Job(
        request.kata,
        folder,
        request.seed,
        request.only,
        request.debug,
        timelines=timelines,
        stored=not request.debug,
        neighbour=not request.debug,
    )


def words_of(request: Request) -> "Words":
    """What the screen says beside the verdict."""
    from harness.report.terminal import Words

    kata = request.kata
    return Words(
        heading=request.heading,
        place=f"{request.place}, seed {request.seed}",
        promises={promise.id: promise.sentence for promise in kata.promises},
        command=request.command,
        only=bool(request.only),
        survival_map=request.survival_map,
        after_passing=_after_passing(request),
    )


def _after_passing(request: Request) -> str:
    from harness.judge.catalogue import kata_folders, number_of
    from harness.learner.progress import read_progress

    progress = read_progress(paths.workspace())
    for folder in kata_folders(paths.katas()):
        if folder.name != request.kata.name and not progress.is_solved(folder.name):
            is_begun = (paths.workspace() / folder.name).is_dir()
            return f"kata {'test' if is_begun else 'start'} {number_of(folder):02d}"
    return f"{request.command} --seed {request.seed + 1} tries another schedule of events"


def record(request: Request, verdict: "Verdict") -> None:
    """The learner's progress knows the verdict, if it is about all of the workspace's folder."""
    from harness.learner.progress import read_progress

    if request.path or request.only or verdict.error:
        return
    progress = read_progress(paths.workspace())
    if progress.unreadable:
        print(progress.unreadable, file=sys.stderr)
    progress.record(request.kata.name, verdict.score, verdict.max_score, passed=verdict.outcome == "passed")
