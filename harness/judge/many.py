"""Many submissions side by side, each in a judge process of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from harness.judge.run import JUDGE_LIMIT_S, Job
from harness.judge.side_by_side import Ended, Send, Sent, side_by_side
from harness.judge.verdict import Explanation, Fault, Verdict
from harness.judge.verdicts import error_verdict

JudgeWith = Callable[[Job, Callable[[Any], None], int], Verdict]
"""Judges one submission on so many cores, and calls back for each scenario."""


def judge_side_by_side(jobs: list[Job], processes: int, judge_with: JudgeWith) -> Iterator[tuple[Job, Verdict]]:
    """Yields each job with its verdict, in the order they are done."""
    done: set[int] = set()
    tasks = [_task(job, judge_with) for job in jobs]
    for event in side_by_side(tasks, processes=processes, limit_s=JUDGE_LIMIT_S):
        match event:
            case Sent(task=number, payload=payload):
                done.add(number)
                yield jobs[number], msgspec.json.decode(payload, type=Verdict)
            case Ended(task=number, out_of_time=True) if number not in done:
                yield jobs[number], error_verdict(jobs[number], Fault.SUBMISSION, _TOO_LONG)
            case Ended(task=number, died=died) if number not in done:
                yield jobs[number], error_verdict(jobs[number], Fault.HARNESS, _death(died))


def _task(job: Job, judge_with: JudgeWith) -> Callable[[Send], None]:
    def task(send: Send) -> None:
        send(msgspec.json.encode(judge_with(job, lambda scenario: None, 1)))

    return task


_TOO_LONG = Explanation(
    happened=f"The scenarios of this submission were ended after {JUDGE_LIMIT_S:g} s of real time.",
    expected="a few seconds",
    try_="look for a handler that computes long, or that sends itself more messages than it works off",
)


def _death(died: str) -> Explanation:
    return Explanation(
        happened=f"The judge of this submission ended before its verdict: {died or 'without a word'}.",
        expected="a verdict",
        try_="judge it again by itself with kata test --path",
    )
