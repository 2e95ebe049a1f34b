"""`kata verify`: proves a kata by its starter, its right solutions and its wrong ones.

Its quick form is for every commit; `--thorough` is for the author who wants to know whether the
tests are good: mutants, repetition, exploration, and what each promise alone finds.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.explore import seconds
from harness.cli.judges import Judges
from harness.cli.reporting import reported
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.cache import VerdictCache
    from harness.judge.kata import Kata
    from harness.judge.run import JudgeEach
    from harness.judge.thorough.run import Plan
    from harness.judge.verification import VerificationReport
    from harness.report.progress import Progress

_THOROUGH_SEEDS = 200


class ReportOfSeveralError(ExplainedError):
    """One file cannot hold the reports of several katas."""


class ReportNotWrittenError(ExplainedError):
    """The file of the report cannot be written."""


@reported
def verify(
    context: typer.Context,
    katas: Annotated[list[str], typer.Argument(help="Numbers or names of katas.", metavar="KATA...")],
    seeds: Annotated[
        int, typer.Option(metavar="N", min=0, help="Seeds 1 to N, and every chaff by the kata's gate too. 0: one seed.")
    ] = 0,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Mutants, exploration and repetition too; 200 seeds if none are given.")
    ] = False,
    explore: Annotated[str, typer.Option(metavar="TIME", help="Thorough: budget of the exploration. 0: none.")] = "60s",
    repeat: Annotated[
        int, typer.Option(metavar="N", min=0, help="Thorough: runs of the reference that must not differ.")
    ] = 20,
    mutants: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Thorough: judge N mutants, drawn by the seed, not all.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the report as JSON in this file; of one kata.")
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Take verdicts on unchanged content from the cache.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Prove a kata: right solutions pass, each wrong one is rejected for its mistake."""
    from harness.judge.kata_file import find_kata

    chosen = [find_kata(kata) for kata in katas]
    if report and len(chosen) > 1:
        raise ReportOfSeveralError("--report takes one kata.", got=f"{len(chosen)} katas", try_="one command for each")
    plan = _plan(seeds, explore, repeat, mutants) if thorough else None
    judges: Judges = context.obj
    reports = []
    for kata in chosen:
        with _cached(judges, cache) as (judge_each, known):
            made = _thorough(kata, plan, judges, judge_each) if plan else _quick(kata, seeds, judge_each)
        reports.append(_with_hits(made, known))
        if not as_json:
            _draw(reports[-1])
        if report:
            _keep(reports[-1], report)
        if reports[-1].interrupted:
            break
    if as_json:
        _print_json(reports)
    return max(one.exit_code for one in reports)


def _plan(seeds: int, explore: str, repeat: int, mutants: int | None) -> "Plan":
    from harness.judge.thorough.run import Plan

    return Plan(
        seeds=tuple(range(1, (seeds or _THOROUGH_SEEDS) + 1)),
        explore_s=0 if explore == "0" else seconds(explore),
        repeats=repeat,
        mutants=-1 if mutants == 0 else mutants or 0,
    )


@contextlib.contextmanager
def _cached(judges: Judges, wanted: bool) -> "Iterator[tuple[JudgeEach, VerdictCache | None]]":
    """The judge, and the cache in front of it: the real one's verdicts only."""
    from harness.judge.cache import verdict_cache

    known = None if judges.each or not wanted else verdict_cache()
    if known is None:
        yield judges.judge_each(), None
        return
    try:
        yield known.judging(judges.judge_each()), known
    finally:
        known.trim()


def _quick(kata: "Kata", seeds: int, judge_each: "JudgeEach") -> "VerificationReport":
    from harness.judge import verification

    with _progress(kata) as progress:
        return verification.verify(
            kata,
            tuple(range(1, seeds + 1)) or kata.seeds[:1],
            thorough=seeds > 0,
            judge_each=judge_each,
            on_row=progress.row,
        )


def _thorough(kata: "Kata", plan: "Plan", judges: Judges, judge_each: "JudgeEach") -> "VerificationReport":
    from harness.judge.thorough.run import Means, prove

    with _progress(kata, in_lines=True) as progress:
        means = Means(
            judge_each=judge_each,
            judge_again=judges.judge_each(),
            explore=judges.exploring(),
            perturb=judges.perturbing(),
            on_row=progress.row,
            on_progress=progress.show,
        )
        return prove(kata, plan, means)


@contextlib.contextmanager
def _progress(kata: "Kata", *, in_lines: bool = False) -> Iterator["Progress"]:
    from harness.report.progress import Progress

    progress = Progress(sys.stderr, kata.name, in_lines=in_lines)
    progress.show("judging every solution")
    try:
        yield progress
    finally:
        progress.clear()


def _with_hits(report: "VerificationReport", known: "VerdictCache | None") -> "VerificationReport":
    import msgspec

    return msgspec.structs.replace(report, cached=known.hits) if known else report


def _keep(report: "VerificationReport", file: Path) -> None:
    import msgspec

    from harness.files import write_whole

    try:
        write_whole(file, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    except OSError as error:
        raise ReportNotWrittenError(
            f"The report cannot be written: {error.strerror}.", expected="a file that can be", file=str(file)
        ) from error


def _draw(report: "VerificationReport") -> None:
    from rich.text import Text

    from harness.report.text import console_for
    from harness.report.verification import draw_verification

    console = console_for(sys.stdout)
    for row in draw_verification(report):
        console.print(row, soft_wrap=isinstance(row, Text))


def _print_json(reports: "list[VerificationReport]") -> None:
    import msgspec

    print(msgspec.json.encode({"schema": "serverless-katas/verifications/1", "reports": reports}).decode())
