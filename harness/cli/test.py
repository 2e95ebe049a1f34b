"""`kata test`: judges a submission and shows what becomes of it, scenario by scenario."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness import paths
from harness.cli.judges import Judge, Judges
from harness.cli.reporting import reported
from harness.cli.timeline_page import Keeping, keeping, page_path
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.kata import Kata
    from harness.judge.run import Job
    from harness.judge.verdict import Scenario, Verdict
    from harness.report.status import Status
    from harness.report.terminal import Words


class SubmissionMissingError(ExplainedError):
    """There is nothing at the path to be judged."""


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        path: where the submission is, if not in the workspace.
        page: where the timeline page goes; None: there shall be none.
    """

    kata: "Kata"
    path: Path | None
    seed: int
    only: tuple[str, ...]
    debug: bool
    page: Path | None = None

    @property
    def submission(self) -> Path:
        """The folder to judge."""
        return self.path or paths.workspace() / self.kata.name

    @property
    def command(self) -> str:
        """What judges this again."""
        path = f" --path {shlex.quote(str(self.path))}" if self.path else ""
        return f"kata test {self.kata.number:02d}{path}"


@reported
def judge_solution(
    context: typer.Context,
    kata: Annotated[str | None, typer.Argument(help="Number or name; without it, the next unsolved one.")] = None,
    path: Annotated[Path | None, typer.Option(metavar="DIR", help="The submission, if not in workspace/.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Another schedule of events; the same seed, the same run.")
    ] = None,
    only: Annotated[str | None, typer.Option(metavar="NAME", help="One scenario: its name, or a part of it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    html: Annotated[
        str | None,
        typer.Option(metavar="[FILE]", help="Write the timeline as a page; without FILE, kata-NN.html here."),
    ] = None,
    debug: Annotated[bool, typer.Option(help="Leave the terminal to the handler: breakpoint() works.")] = False,
) -> int:
    """Judge your solution of a kata."""
    from harness.judge.kata_file import read_kata
    from harness.judge.scenarios import choose_scenario

    chosen = read_kata(_folder(kata))
    request = Request(
        kata=chosen,
        path=path,
        seed=chosen.seeds[0] if seed is None else seed,
        only=(choose_scenario(chosen, only),) if only else (),
        debug=debug,
        page=page_path(html, chosen.number),
    )
    _refuse_missing(request)
    judges: Judges = context.obj
    with keeping(request.page) as kept:
        show = _as_json if as_json else _on_screen
        return show(request, judges.judge(), kept)


def _folder(kata: str | None) -> Path:
    from harness.judge.catalogue import find_folder
    from harness.learner.progress import read_progress
    from harness.learner.workspace import next_unsolved

    if kata:
        return find_folder(kata, paths.katas())
    return next_unsolved(paths.katas(), paths.workspace(), read_progress(paths.workspace()))


def _refuse_missing(request: Request) -> None:
    if request.submission.exists() or request.submission.is_symlink():
        return
    begin = "" if request.path else f"kata start {request.kata.number:02d}"
    raise SubmissionMissingError(
        f"There is nothing at {paths.short(request.submission)}.",
        expected="a folder with a template.yaml",
        try_=begin or "another folder after --path",
    )


def _job(request: Request, kept: Keeping | None) -> "Job":
    from harness.judge.run import Job

    timelines = kept.folder if kept else None
    folder = request.submission.absolute()
    return Job(request.kata, folder, request.seed, request.only, request.debug, timelines=timelines)


def _written(request: Request, verdict: "Verdict", kept: Keeping) -> str:
    heading = f"{request.kata.number:02d} {request.kata.title}"
    return kept.write(verdict, heading=heading, place=paths.short(request.submission), command=request.command)


def _as_json(request: Request, judge: Judge, kept: Keeping | None) -> int:
    import msgspec

    from harness.judge.verdict import exit_code

    verdict = judge(_job(request, kept), on_scenario=lambda scenario: None)
    _record(request, verdict)
    written = _written(request, verdict, kept) if kept else ""
    print(msgspec.json.encode(verdict).decode())
    if written:
        print(written, file=sys.stderr)
    return exit_code(verdict)


def _on_screen(request: Request, judge: Judge, kept: Keeping | None) -> int:
    from harness.judge.verdict import exit_code
    from harness.report.status import Status
    from harness.report.terminal import VerdictScreen
    from harness.report.text import console_for

    screen = VerdictScreen(console_for(sys.stdout), _words(request))
    status = Status(sys.stderr)
    all_of_them = len(request.only) or sum(len(promise.points) for promise in request.kata.promises)
    finished = 0

    def on_scenario(scenario: "Scenario") -> None:
        nonlocal finished
        finished += 1
        status.clear()
        screen.scenario(scenario)
        sys.stdout.flush()
        _show(status, finished, all_of_them, request)

    screen.begin()
    sys.stdout.flush()
    _show(status, 0, all_of_them, request)
    try:
        verdict = judge(_job(request, kept), on_scenario=on_scenario)
    except KeyboardInterrupt:
        status.clear()
        screen.tell()
        raise
    finally:
        status.clear()
    screen.end(verdict)
    _record(request, verdict)
    if kept:
        print(_written(request, verdict, kept))
    return exit_code(verdict)


def _show(status: "Status", finished: int, all_of_them: int, request: Request) -> None:
    if finished < all_of_them and not request.debug:
        status.show(f"judging: {finished} of {all_of_them} scenarios")


def _words(request: Request) -> "Words":
    from harness.report.terminal import Words

    kata = request.kata
    return Words(
        heading=f"{kata.number:02d} {kata.title}",
        place=f"{paths.short(request.submission)}, seed {request.seed}",
        promises={promise.id: promise.sentence for promise in kata.promises},
        command=request.command,
        seed=request.seed,
        only=bool(request.only),
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


def _record(request: Request, verdict: "Verdict") -> None:
    """The learner's progress knows the verdict, if it is about all of the workspace's folder."""
    from harness.learner.progress import read_progress

    if request.path or request.only or verdict.error:
        return
    progress = read_progress(paths.workspace())
    if progress.unreadable:
        print(progress.unreadable, file=sys.stderr)
    progress.record(request.kata.name, verdict.score, verdict.max_score, passed=verdict.outcome == "passed")
