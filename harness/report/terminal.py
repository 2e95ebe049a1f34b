"""The screen of `kata test`: scenarios as they finish, then the one to mend first, then the score.

The first broken promise is told last and in full, because that is where the eye is when
the command ends. Scenarios that rest on it are summed up in one line.
"""

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from harness.judge.verdict import Fault, LikelyMistake, Outcome, Scenario, Verdict
from harness.report.again import again_of
from harness.report.blocked import draw_blocked
from harness.report.explanation import draw_explanation
from harness.report.failure import draw_failure
from harness.report.survival import draw_survival, survival_of
from harness.report.text import count, hanging

_WORDS = {
    Outcome.PASSED: ("ok", "green"),
    Outcome.FAILED: ("FAIL", "bold red"),
    Outcome.NOT_REACHED: ("UNMET", "bold red"),
    Outcome.ERROR: ("ERROR", "bold red"),
}

STORED = "+"
_STORED_ONES = "What kata explore has found in this submission, run again."

_BROKEN = (Outcome.FAILED, Outcome.NOT_REACHED)

_WHOSE = {
    Fault.SUBMISSION: "This submission cannot be judged.",
    Fault.KATA: "The kata itself is wrong. That is its author's fault, not yours.",
    Fault.HARNESS: "This is a fault of the harness, not of your submission.",
}


@dataclass(frozen=True)
class Words:
    """What the screen says beside the verdict.

    Attributes:
        heading: the kata, as its first row.
        place: the folder judged, and the seed.
        promises: each promise's sentence by its id.
        command: what was typed, without `--only` and `--seed`: "kata test 07".
        only: whether one scenario alone was asked for.
        survival_map: whether the fault survival map is shown.
        after_passing: what to do when everything holds.
    """

    heading: str
    place: str
    promises: dict[str, str]
    command: str
    only: bool = False
    survival_map: bool = False
    after_passing: str = ""


class VerdictScreen:
    """Prints a verdict as it comes."""

    def __init__(self, console: Console, words: Words) -> None:
        self._console = console
        self._words = words
        self._promise = ""
        self._first_broken: Scenario | None = None

    def begin(self) -> None:
        """Says what is judged."""
        self._print(hanging(self._words.heading, self._width, style="bold"))
        self._print(hanging(self._words.place, self._width, style="dim"))

    def scenario(self, scenario: Scenario) -> None:
        """Prints a row for this scenario; a blocked one is counted at the end."""
        if scenario.outcome is Outcome.BLOCKED:
            return
        if scenario.outcome in _BROKEN and self._first_broken is None:  # an error is told with the verdict
            self._first_broken = scenario
        group = STORED if scenario.plan else scenario.promise
        if group != self._promise:
            self._promise = group
            sentence = _STORED_ONES if scenario.plan else self._words.promises.get(scenario.promise, "")
            self._print([Text(""), *hanging(sentence, self._width, first=f"{group}  ", first_style="bold")])
        word, style = _WORDS[scenario.outcome]
        points = f"{scenario.earned}/{scenario.points}"
        self._print(hanging(scenario.title, self._width, first=f"  {word:<5} {points:>5}  ", first_style=style))

    def end(self, verdict: Verdict) -> None:
        """Tells the first broken promise in full, the likely mistake, the score, and what to do next."""
        if broken := self._first_broken:  # by now there may be more to say of it
            self._first_broken = next((one for one in verdict.scenarios if one.name == broken.name), broken)
        self._print(draw_blocked(verdict.scenarios, self._width))
        for warning in verdict.warnings:
            self._print(hanging(warning, self._width, first="  note  ", first_style="yellow"))
        if self._words.survival_map:
            self._print(draw_survival(survival_of(verdict), self._width))
        self.tell()
        if verdict.likely:
            self._print([Text(""), *self._likely(verdict.likely)])
        if verdict.error:
            whose = _WHOSE[verdict.fault or Fault.SUBMISSION]
            self._print([Text(""), *hanging(whose, self._width, style="bold red")])
            self._print(draw_explanation(verdict.error, self._width, indent="  "))
        self._print([Text(""), *hanging(self._score(verdict), self._width, style="bold"), *self._next(verdict)])

    def tell(self) -> None:
        """Tells the first broken promise so far, if there is one."""
        broken = self._first_broken
        if broken:
            again = again_of(broken, self._words.command)
            sentence = self._words.promises.get(broken.promise, "")
            self._print([Text(""), *draw_failure(broken, sentence, again, self._width)])

    def _likely(self, likely: LikelyMistake) -> list[Text]:
        text = f"{likely.mistake} ({likely.confidence:.0%}, by what fails and what does not)"
        return hanging(text, self._width, first="Known mistake: ", first_style="bold yellow")

    def _score(self, verdict: Verdict) -> str:
        if verdict.error and not verdict.scenarios:
            return f"{verdict.score} of {count(verdict.max_score, 'point')}"
        if self._words.only:
            return "This scenario holds." if verdict.outcome == "passed" else "This scenario does not hold yet."
        outcomes = [one.outcome for one in verdict.scenarios]
        counted = [
            (outcomes.count(Outcome.PASSED), "kept"),
            (outcomes.count(Outcome.FAILED), "broken"),
            (outcomes.count(Outcome.NOT_REACHED), "not reached"),
            (outcomes.count(Outcome.ERROR), "in error"),
            (outcomes.count(Outcome.BLOCKED), "not judged"),
        ]
        told = ", ".join(f"{number} {word}" for number, word in counted if number)
        score = f"{verdict.score} of {count(verdict.max_score, 'point')}"
        return f"{score}. Scenarios: {told}. Seed {verdict.seed}, {verdict.real_ms / 1000:.1f} s."

    def _next(self, verdict: Verdict) -> list[Text]:
        if verdict.fault in (Fault.KATA, Fault.HARNESS):
            return []
        if verdict.outcome == "passed":
            text = self._words.command if self._words.only else self._words.after_passing
        else:
            text = f"{'mend this' if self._first_broken or verdict.error else 'begin it'}, then {self._words.command}"
        return hanging(text, self._width, first="Next: ", first_style="bold") if text else []

    @property
    def _width(self) -> int:
        return self._console.width

    def _print(self, rows: list[Text]) -> None:
        for row in rows:
            self._console.print(row, soft_wrap=True)
