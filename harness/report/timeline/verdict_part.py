"""The verdict on top of its page: the score, the promises with their scenarios, the fault survival map.

It is HTML that needs no script: whoever reads with a screen reader, prints it or has JavaScript
switched off loses nothing of it. Every word that is not ours is escaped.
"""

from collections.abc import Collection, Iterable
from html import escape
from urllib.parse import quote

from harness.cloud.errors import shown
from harness.judge.verdict import Explanation, Fault, Neighbour, Outcome, Promise, Scenario, Verdict
from harness.report.again import again_of
from harness.report.survival import Fate, SurvivalMap, survival_line, survival_of
from harness.report.text import count, virtual_time

WORDS = {
    Outcome.ERROR: "in error",
    Outcome.FAILED: "broken",
    Outcome.NOT_REACHED: "not reached",
    Outcome.BLOCKED: "not judged",
    Outcome.PASSED: "kept",
}
"""How each outcome is called, the worst first."""

_WHOSE = {
    Fault.SUBMISSION: "This submission cannot be judged.",
    Fault.KATA: "The kata itself is wrong. That is its author's fault, not yours.",
    Fault.HARNESS: "This is a fault of the harness, not of your submission.",
}
_FATES = {Fate.SURVIVED: "survived", Fate.BROKEN: "broken"}


def verdict_part(verdict: Verdict, command: str, linked: Collection[str]) -> str:
    """The verdict as HTML.

    Args:
        command: what was typed, without `--only` and `--seed`: "kata test 07".
        linked: names of the scenarios that the page shows in virtual time.
    """
    told = next((one.name for one in verdict.scenarios if _is_told(one)), "")
    promises = [_promise(verdict, promise, command, linked, told) for promise in verdict.promises]
    return (
        f'<section class="kv" aria-label="Verdict">\n{_score(verdict)}{_error(verdict)}{_likely(verdict)}'
        f"{_warnings(verdict)}<h2>Promises</h2>\n<ol>\n{''.join(promises)}</ol>\n"
        f"{_survival(survival_of(verdict), verdict.promises)}</section>\n"
    )


def _score(verdict: Verdict) -> str:
    outcomes = [one.outcome for one in verdict.scenarios]
    counted = ", ".join(f"{outcomes.count(one)} {word}" for one, word in WORDS.items() if one in outcomes)
    scenarios = f" Scenarios: {counted}." if counted else ""
    score = f"{verdict.score} of {count(verdict.max_score, 'point')}."
    return f'<p class="kv-score {verdict.outcome}"><b>{score}</b>{scenarios} {verdict.real_ms / 1000:.1f} s.</p>\n'


def _error(verdict: Verdict) -> str:
    if verdict.error is None:
        return ""
    whose = _WHOSE[verdict.fault or Fault.SUBMISSION]
    return f'<div class="kv-error"><p><b>{whose}</b></p>{_explanation(verdict.error)}</div>\n'


def _explanation(error: Explanation) -> str:
    place = ":".join(str(part) for part in (error.file, error.line, error.column) if part)
    happened = f"{place}: {error.happened}" if place else error.happened
    terms = [("Expected", error.expected), ("Got", error.got), ("Try", error.try_), ("See", error.see)]
    return f'<p class="kv-message">{_text(happened)}</p>{_terms(terms)}'


def _likely(verdict: Verdict) -> str:
    if verdict.likely is None:
        return ""
    likely = f"{verdict.likely.mistake} ({verdict.likely.confidence:.0%}, by what fails and what does not)"
    return f"<p><b>Known mistake:</b> {_text(likely)}</p>\n"


def _warnings(verdict: Verdict) -> str:
    rows = "".join(f"<li>{_text(warning)}</li>" for warning in verdict.warnings)
    return f'<ul class="kv-warnings">{rows}</ul>\n' if rows else ""


# ---- promises and scenarios -------------------------------------------------------------------


def _promise(verdict: Verdict, promise: Promise, command: str, linked: Collection[str], told: str) -> str:
    """A promise that was asked for; it is open where there is something to mend."""
    scenarios = [one for one in verdict.scenarios if one.promise == promise.id]
    if not scenarios:
        return "" if verdict.scenarios else f"<li><p>{_line('', promise, '')}</p></li>\n"
    worst = next(one for one in WORDS if any(scenario.outcome is one for scenario in scenarios))
    points = f"{sum(one.earned for one in scenarios)} of {sum(one.points for one in scenarios)}"
    rows = "".join(_scenario(one, command, one.name in linked, one.name == told) for one in scenarios)
    is_open = " open" if any(_is_told(one) for one in scenarios) else ""
    return (
        f'<li><details{is_open}><summary class="{_class(worst)}">{_line(WORDS[worst], promise, points)}</summary>\n'
        f"<ul>\n{rows}</ul></details></li>\n"
    )


def _line(word: str, promise: Promise, points: str) -> str:
    mark = f'<span class="kv-mark">{word}</span> ' if word else ""
    worth = points or str(promise.points)
    sentence = f"<span><b>{_text(promise.id)}</b> {_text(promise.sentence)}</span>"
    return f'{mark}{sentence} <span class="kv-points">{worth} points</span>'


def _scenario(scenario: Scenario, command: str, is_linked: bool, is_first: bool) -> str:
    points = f"{scenario.earned} of {scenario.points}" if scenario.points else "found by kata explore"
    row = f'<span class="kv-mark">{WORDS[scenario.outcome]}</span> <span>{_text(scenario.title)}</span>'
    said = _failure(scenario, command, is_linked, is_first) if _is_told(scenario) else _note(scenario, is_linked)
    return f'<li class="{_class(scenario.outcome)}"><p>{row} <span class="kv-points">{points}</span></p>{said}</li>\n'


def _note(scenario: Scenario, is_linked: bool) -> str:
    told = "".join(f'<p class="kv-message">{_text(text)}</p>' for text in [scenario.message] if text)
    return told + (_link(scenario) if is_linked else "")


def _failure(scenario: Scenario, command: str, is_linked: bool, is_first: bool) -> str:
    if scenario.error:
        said = _explanation(scenario.error)
    else:
        label = "Try" if scenario.outcome is Outcome.NOT_REACHED else "Likely mistake"
        terms = [
            ("Expected", scenario.expected),
            ("Got", scenario.got),
            (label, scenario.diagnosis),
            ("It holds", _nearest(scenario.neighbour)),
            ("Struck by", "\n".join(scenario.faults)),
            ("Just this again", again_of(scenario, command)),
        ]
        message = scenario.message or "It failed without a word."
        said = (
            f'<p class="kv-message">{_text(message)}</p><details{" open" if is_first else ""}>'
            f"<summary>Expected, got, and what to try</summary>{_terms(terms)}</details>"
        )
    return said + (_link(scenario) if is_linked else "")


def _nearest(neighbour: Neighbour | None) -> str:
    if neighbour is None:
        return ""
    sides = [("here", neighbour.here), ("there", neighbour.there)] if neighbour.here or neighbour.there else []
    lines = [
        f"{side}: {virtual_time(one.at_ms)}  {one.text}" if one else f"{side}: nothing more" for side, one in sides
    ]
    return "\n".join([neighbour.difference, *lines])


def _link(scenario: Scenario) -> str:
    label = f"Timeline of: {_text(scenario.title)}"
    return f'<p><a href="#scenario={quote(scenario.name)}" aria-label="{label}">See it in virtual time</a></p>'


def _is_told(scenario: Scenario) -> bool:
    return scenario.outcome in (Outcome.FAILED, Outcome.NOT_REACHED, Outcome.ERROR)


# ---- the map ----------------------------------------------------------------------------------


def _survival(found: SurvivalMap, promises: Iterable[Promise]) -> str:
    """A table that can be scrolled with the keyboard where it is wider than the screen."""
    if not found.faults:
        return ""
    shown_promises = [promise for promise in promises if promise.id in found.promises]
    head = "".join(
        f'<th scope="col"><abbr title="{_text(promise.sentence)}">{_text(promise.id)}</abbr></th>'
        for promise in shown_promises
    )
    rows = "".join(
        f'<tr><th scope="row">{_text(fault)}</th>'
        + "".join(_cell(found.cells.get((fault, promise.id))) for promise in shown_promises)
        + "</tr>\n"
        for fault in found.faults
    )
    return (
        f"<h2>{survival_line(found)}</h2>\n"
        '<div class="kv-scroll" role="region" aria-label="Fault survival map" tabindex="0"><table>\n'
        f'<thead><tr><th scope="col">Fault</th>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n'
    )


def _cell(fate: Fate | None) -> str:
    if fate is None:
        return '<td class="kv-none"><span class="kt-hidden">not injected</span></td>'
    return f'<td class="{_FATES.get(fate, "not-reached")}">{fate.word}</td>'


# ---- pieces -----------------------------------------------------------------------------------


def _terms(terms: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{title}</dt><dd>{_text(text)}</dd>" for title, text in terms if text)
    return f"<dl>{rows}</dl>" if rows else ""


def _class(outcome: Outcome) -> str:
    return outcome.value.replace(" ", "-")


def _text(text: str) -> str:
    """The text as HTML, line by line; what is invisible stands there as its escape."""
    return escape("\n".join(shown(line) for line in text.split("\n")))
