"""`kata verify`: proves a kata by its starter, its right solutions and its wrong ones."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.judges import Judges
from harness.cli.reporting import reported

if TYPE_CHECKING:
    from harness.judge.kata import Kata
    from harness.judge.verification import Row, VerificationReport


@reported
def verify(
    context: typer.Context,
    katas: Annotated[list[str], typer.Argument(help="Numbers or names of katas.", metavar="KATA...")],
    seeds: Annotated[
        int, typer.Option(metavar="N", min=0, help="Seeds 1 to N, and every chaff by the kata's gate too. 0: one seed.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Prove a kata: right solutions pass, each wrong one is rejected for its mistake."""
    from harness.judge.kata_file import find_kata

    chosen = [find_kata(kata) for kata in katas]
    judges: Judges = context.obj
    reports = []
    for kata in chosen:
        reports.append(_report(kata, seeds, judges))
        if not as_json:
            _draw(reports[-1])
    if as_json:
        _print_json(reports)
    return max(report.exit_code for report in reports)


def _report(kata: "Kata", seeds: int, judges: Judges) -> "VerificationReport":
    from harness.judge import verification
    from harness.report.status import Status

    status = Status(sys.stderr)
    finished: list[str] = []

    def on_row(row: "Row") -> None:
        finished.append(row.solution)
        status.show(f"{kata.name}: {len(finished)} solutions judged, the last one {row.solution}")

    status.show(f"{kata.name}: judging every solution")
    try:
        return verification.verify(
            kata,
            tuple(range(1, seeds + 1)) or kata.seeds[:1],
            thorough=seeds > 0,
            judge_each=judges.judge_each(),
            on_row=on_row,
        )
    finally:
        status.clear()


def _draw(report: "VerificationReport") -> None:
    from harness.report.text import console_for
    from harness.report.verification import draw_verification

    console_for(sys.stdout).print(draw_verification(report))


def _print_json(reports: "list[VerificationReport]") -> None:
    import msgspec

    print(msgspec.json.encode({"schema": "serverless-katas/verifications/1", "reports": reports}).decode())
