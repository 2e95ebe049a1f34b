"""The screens of `kata explore` and `kata replay`: what broke, under which smallest plan, and what to do."""

from dataclasses import dataclass

from rich.text import Text

from harness.judge.explore.found import FoundPlan
from harness.judge.explore.model import Explored, Finding, Tally, Trouble
from harness.judge.explore.replay import Ending, Replayed
from harness.judge.kata import Kata
from harness.judge.scenarios import title_of
from harness.judge.verdict import Fault, Outcome
from harness.report.explanation import draw_explanation
from harness.report.failure import draw_failure
from harness.report.text import count, hanging

_WHOSE = {
    Fault.SUBMISSION: "This submission cannot be judged.",
    Fault.KATA: "The kata itself is wrong. That is its author's fault, not yours.",
    Fault.HARNESS: "This is a fault of the harness, not of your submission.",
}

_NOW = {
    Ending.PASSES: ("It passes now.", "bold green"),
    Ending.SAME_RUN: ("It still fails, in the same run to the byte.", "bold red"),
    Ending.SAME_WAY: ("It still fails in the same way, in another run.", "bold red"),
    Ending.ANOTHER_WAY: ("It still fails, but in another way.", "bold red"),
    Ending.UNJUDGED: ("It cannot be judged.", "bold red"),
}


@dataclass(frozen=True)
class Asked:
    """What the screen says beside the findings.

    Attributes:
        place: the submission.
        command: what was typed, without `--budget` and `--seed`: "kata explore 07".
        test: the command that judges the submission undisturbed.
        seed: of the search.
        files: where each finding's plan is kept.
    """

    place: str
    command: str
    test: str
    seed: int
    files: tuple[str, ...] = ()


def draw_exploration(kata: Kata, explored: Explored, asked: Asked, width: int) -> list[Text]:
    """What was found, the first finding in full, and how far the search went."""
    rows = [
        Text(f"{kata.number:02d} {kata.title}", style="bold"),
        Text(f"{asked.place}, searched with seed {asked.seed}"),
    ]
    rows += _undisturbed(explored, asked, width)
    sentences = {promise.id: promise.sentence for promise in kata.promises}
    for number, (finding, file) in enumerate(zip(explored.findings, asked.files, strict=True)):
        again = f"kata replay {file}"
        rows.append(Text(""))
        if number == 0:
            rows += draw_failure(finding.scenario, sentences[finding.plan.promise], again, width)
            rows += _plan(finding.plan, width)
        else:
            rows += _in_short(finding, sentences[finding.plan.promise], again, width)
    for trouble in explored.troubles[:1]:
        rows += _trouble(trouble, len(explored.troubles), width)
    return [*rows, Text(""), *_end(explored, asked, width)]


def draw_replay(file: str, replayed: Replayed, width: int) -> list[Text]:
    """What the plan does to the submission now."""
    found, scenario, verdict = replayed.found, replayed.scenario, replayed.verdict
    rows = [Text(file, style="bold"), *hanging(f"{found.promise}: {found.message}", width, first="  found: ")]
    rows += [*hanging(title_of(found.scenario), width, first="  in:    "), *_plan(found, width), Text("")]
    now, style = _NOW[replayed.ending]
    rows.append(Text(now, style=style))
    rows += [row for told in _remarks(replayed) for row in hanging(told, width)]
    if scenario and scenario.outcome is Outcome.FAILED:
        sentence = next(one.sentence for one in verdict.promises if one.id == scenario.promise)
        rows += [Text(""), *draw_failure(scenario, sentence, f"kata replay {file}", width)]
    if verdict.error and verdict.fault:
        rows += [Text(""), Text(_WHOSE[verdict.fault]), *draw_explanation(verdict.error, width, indent="  ")]
    return [*rows, Text("")]


def _remarks(replayed: Replayed) -> list[str]:
    remarks = ["The submission has changed since." if replayed.is_changed else "The submission is the same as then."]
    if not replayed.is_changed and replayed.ending is not Ending.SAME_RUN:
        remarks.append("So the kata or the harness has changed.")
    if replayed.ending is Ending.PASSES and replayed.idle:
        remarks.append(f"This fault of the plan had nothing to strike: {'; '.join(replayed.idle)}.")
    return remarks


def _undisturbed(explored: Explored, asked: Asked, width: int) -> list[Text]:
    """What fails by itself, and so was not searched."""
    verdict = explored.verdict
    if verdict.error and verdict.fault:
        return [Text(""), Text(_WHOSE[verdict.fault]), *draw_explanation(verdict.error, width, indent="  ")]
    broken = [one for one in verdict.scenarios if one.outcome is not Outcome.PASSED]
    if not broken:
        return []
    rows = [Text(""), Text("This fails already without any fault, and was not searched:", style="bold red")]
    for one in broken:
        rows += hanging(f"{one.title}: {one.message or one.outcome}", width, first="  ")
    return [*rows, Text(f"  Mend it first:  {asked.test}")]


def _plan(plan: FoundPlan, width: int) -> list[Text]:
    rows = [Text(""), Text("  The smallest plan that breaks it", style="bold")]
    for line in plan.candidate.lines():
        rows += hanging(line, width, first="    ")
    return rows


def _in_short(finding: Finding, promise: str, again: str, width: int) -> list[Text]:
    rows = hanging(promise, width, first=f"{finding.plan.promise} is broken: ", first_style="bold red", style="bold")
    rows += hanging(finding.scenario.title, width, first="  ", style="dim")
    rows += hanging(finding.plan.message, width, first="  ")
    rows += _plan(finding.plan, width)[1:]
    return [*rows, Text(f"  Just this again:  {again}", no_wrap=True, overflow="ignore")]


def _trouble(trouble: Trouble, number: int, width: int) -> list[Text]:
    rows = [Text(""), Text(f"{count(number, 'plan')} could not be judged. {_WHOSE[trouble.fault]}", style="bold red")]
    rows += draw_explanation(trouble.explanation, width, indent="  ")
    return rows + [Text(f"    {line}") for line in trouble.lines]


def _end(explored: Explored, asked: Asked, width: int) -> list[Text]:
    searched = f"{count(explored.tried, 'run')} of {count(len(explored.tallies), 'scenario')}"
    if explored.findings:
        found = f"{count(len(explored.findings), 'way')} to break it found in {searched}; "
        told = found + ("the plan is" if len(explored.findings) == 1 else "the plans are") + " kept."
    elif explored.tallies:
        told = f"Nothing found in {searched}: no promise broke."
    else:
        told = "Nothing was searched."
    rows = hanging(told, width, style="bold")
    if explored.interrupted:
        rows += hanging("Interrupted: this is what had been found by then.", width)
    elif any(tally.is_cut_short for tally in explored.tallies):
        rows += hanging(_cut_short(explored.tallies), width)
    if explored.tallies and not explored.findings:
        rows += hanging(f"{asked.command} --seed {asked.seed + 1} looks elsewhere, --budget 5m for longer.", width)
    return rows


def _cut_short(tallies: tuple[Tally, ...]) -> str:
    cut = [tally for tally in tallies if tally.is_cut_short]
    planned = sum(tally.planned for tally in cut)
    return (
        f"The clock ended the search of {count(len(cut), 'scenario')} early "
        f"({sum(tally.tried for tally in cut)} runs, {planned} plans to try): a faster machine may find more."
    )
