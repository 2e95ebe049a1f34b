"""`kata test`: judges a submission and shows what becomes of it, scenario by scenario."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness import paths
from harness.cli.judges import Judge, Judges
from harness.cli.reporting import reported
from harness.cli.request import Request, job_of, record, refuse_missing, words_of
from harness.cli.written import Files, Told, files_for, wanted_files
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.verdict import Scenario
    from harness.report.status import Status


class BadgeOfPartError(ExplainedError):
    """A badge was asked for of one scenario."""


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
        typer.Option(metavar="[FILE]", help="Write verdict and timeline as a page; without FILE, kata-NN.html here."),
    ] = None,
    survival_map: Annotated[
        bool, typer.Option("--map", help="Show which faults each promise survived; the data are in --json too.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the verdict as JUnit XML, for GitLab, Jenkins or GitHub.")
    ] = None,
    badge: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write how many faults were survived as a badge, an SVG file.")
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
        survival_map=survival_map,
    )
    refuse_missing(request)
    if badge and only:
        raise BadgeOfPartError(
            "A badge is about the whole kata.", expected="--badge without --only", try_="leave one of the two away"
        )
    judges: Judges = context.obj
    with files_for(wanted_files(html, junit, badge, chosen.number)) as files:
        show = _as_json if as_json else _on_screen
        return show(request, judges.judge(), files)


def _folder(kata: str | None) -> Path:
    from harness.judge.catalogue import find_folder
    from harness.learner.progress import read_progress
    from harness.learner.workspace import next_unsolved

    if kata:
        return find_folder(kata, paths.katas())
    return next_unsolved(paths.katas(), paths.workspace(), read_progress(paths.workspace()))


def _told(request: Request) -> Told:
    return Told(heading=request.heading, place=request.place, command=request.command)


def _as_json(request: Request, judge: Judge, files: Files) -> int:
    import msgspec

    from harness.judge.verdict import exit_code

    verdict = judge(job_of(request, files.timelines), on_scenario=lambda scenario: None)
    record(request, verdict)
    written = files.write(verdict, _told(request))
    print(msgspec.json.encode(verdict).decode())
    for line in written:
        print(line, file=sys.stderr)
    return exit_code(verdict)


def _on_screen(request: Request, judge: Judge, files: Files) -> int:
    from harness.judge.verdict import exit_code
    from harness.report.status import Status
    from harness.report.terminal import VerdictScreen
    from harness.report.text import console_for

    screen = VerdictScreen(console_for(sys.stdout), words_of(request))
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
        verdict = judge(job_of(request, files.timelines), on_scenario=on_scenario)
    except KeyboardInterrupt:
        status.clear()
        screen.tell()
        raise
    finally:
        status.clear()
    screen.end(verdict)
    record(request, verdict)
    for line in files.write(verdict, _told(request)):
        print(line)
    return exit_code(verdict)


def _show(status: "Status", finished: int, all_of_them: int, request: Request) -> None:
    if finished < all_of_them and not request.debug:
        status.show(f"judging: {finished} of {all_of_them} scenarios")
