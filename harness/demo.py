"""`make demo`: what a learner sees, twice. A wrong solution of kata 07 is judged, then the right one.

The wrong one is the chaff `naive`. It is judged up to the promise that it breaks, because
that is the one to mend first; the right one is judged by every scenario. What has been judged
before, with nothing changed since, is shown as it was.
"""

import functools
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.reporting import exit_code_of

if TYPE_CHECKING:
    from rich.console import Console

    from harness.judge.chaff_file import Chaff
    from harness.judge.kata import Kata
    from harness.judge.verdict import Verdict

NOT_AS_ANNOUNCED = 2

_KATA = "07"
_CHAFF = "naive"


def main() -> int:
    """Judges both and returns 0 if one failed as announced and the other passed."""
    from harness.report.streams import make_printable

    make_printable(sys.stdout, sys.stderr)
    return exit_code_of(_demo)


def _demo() -> int:
    from harness.judge.chaff_file import read_chaff
    from harness.judge.kata_file import find_kata
    from harness.judge.overlay import copy_chaff, copy_reference
    from harness.report.text import console_for

    kata = find_kata(_KATA)
    chaff = read_chaff(kata.solutions / "chaff" / _CHAFF, kata)
    console = console_for(sys.stdout)
    with tempfile.TemporaryDirectory(prefix="kata-demo-") as temporary:
        wrong = copy_chaff(kata, chaff, Path(temporary) / "naive")
        right = copy_reference(kata, Path(temporary) / "reference")
        _say(console, f"1. A wrong solution. {chaff.mistake}. Its author's reason: {chaff.why}.")
        first = _judged(console, kata, wrong, "solutions' chaff/naive", _up_to_the_broken_promise(kata, chaff))
        _say(console, "\n2. The reference solution, judged by every scenario.")
        second = _judged(console, kata, right, "the reference", ())
    problems = [*_chaff_problems(chaff, first), *_reference_problems(second)]
    _say(console, "\n" + (_closing(chaff, first, second) if not problems else "\n".join(problems)))
    return NOT_AS_ANNOUNCED if problems else 0


def _up_to_the_broken_promise(kata: "Kata", chaff: "Chaff") -> tuple[str, ...]:
    names: list[str] = []
    for promise in kata.promises:
        names += promise.points
        if any(one.scenario in promise.points for one in chaff.rejected_by):
            break
    return tuple(names)


def _judged(console: "Console", kata: "Kata", folder: Path, shown_as: str, only: tuple[str, ...]) -> "Verdict":
    from harness.judge.cache import verdict_cache
    from harness.judge.run import Job, judge
    from harness.judge.verdict import Scenario
    from harness.report.terminal import VerdictScreen, Words

    seed = kata.seeds[0]
    words = Words(
        heading=f"{kata.number:02d} {kata.title}",
        place=f"{shown_as}, seed {seed}",
        promises={promise.id: promise.sentence for promise in kata.promises},
        command=f"kata test {kata.number:02d}",
    )
    screen = VerdictScreen(console, words)

    def on_scenario(scenario: Scenario) -> None:
        screen.scenario(scenario)
        sys.stdout.flush()

    console.print()
    screen.begin()
    job, cache = Job(kata, folder, seed, only, neighbour=True), verdict_cache()
    judge_now = functools.partial(judge, on_scenario=on_scenario)
    verdict = cache.verdict_on(job, judge_now) if cache else judge_now(job)
    if cache and cache.hits:
        for scenario in verdict.scenarios:
            screen.scenario(scenario)
    screen.end(verdict)
    return verdict


def _chaff_problems(chaff: "Chaff", verdict: "Verdict") -> list[str]:
    from harness.judge.verdict import Outcome

    judged = {one.name: one for one in verdict.scenarios}
    return [
        f"The wrong solution should have been rejected by {announced.scenario}, and was not."
        for announced in chaff.rejected_by
        if announced.scenario not in judged or judged[announced.scenario].outcome is not Outcome.FAILED
    ]


def _reference_problems(verdict: "Verdict") -> list[str]:
    return [] if verdict.outcome == "passed" else ["The reference solution should have passed, and did not."]


def _closing(chaff: "Chaff", first: "Verdict", second: "Verdict") -> str:
    kept = len(second.scenarios)
    seconds = (first.real_ms + second.real_ms) / 1000
    took = f"Both took {seconds:.0f} s here, without AWS."
    if not seconds:
        took = "Nothing has changed since both were judged, so their verdicts were known."
    return (
        f"The wrong solution was rejected, as it must be, and the reference kept all {kept} scenarios. {took}\n\n"
        f"Your turn:  . .venv/bin/activate && kata start {_KATA}"
    )


def _say(console: "Console", text: str) -> None:
    from harness.report.text import hanging

    for row in hanging(text, console.width, style="bold"):
        console.print(row, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
