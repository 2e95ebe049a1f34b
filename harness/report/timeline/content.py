"""What stands on a timeline page: the scenarios of a verdict, each with its timeline."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from harness.judge.timeline import Timeline
from harness.judge.timeline.bounds import bounded
from harness.judge.verdict import Outcome, Scenario, StoryLine, Verdict
from harness.report.again import again_of
from harness.report.text import count

_TOLD = (Outcome.FAILED, Outcome.NOT_REACHED, Outcome.ERROR)
_UNTIL_THE_FIRST_HOLDS = " until the first broken one holds."

PASSING_EVENTS = 800
PASSING_BYTES = 400_000
"""What the timeline of a scenario takes at most where all of them are shown."""


@dataclass(frozen=True)
class Page:
    """What the page says beside the verdict.

    Attributes:
        heading: the kata.
        place: the folder judged.
        command: what was typed, without `--only` and `--seed`: "kata test 07".
        kept: the timeline of a scenario by its name; None: there is none.
    """

    heading: str
    place: str
    command: str
    kept: Callable[[str], Timeline | None]


class ShownScenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scenario as the page tells it. `timeline` is its number among the page's timelines."""

    name: str
    title: str
    promise: str
    sentence: str
    outcome: Outcome
    message: str = ""
    expected: str = ""
    got: str = ""
    diagnosis: str = ""
    faults: tuple[str, ...] = ()
    story: tuple[StoryLine, ...] = ()
    again: str = ""
    timeline: int | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """All data of a page."""

    heading: str
    summary: str
    notes: tuple[str, ...]
    scenarios: tuple[ShownScenario, ...]
    timelines: tuple[Timeline, ...]


def content_of(verdict: Verdict, page: Page) -> Content:
    """Every scenario that failed; all of them, in less detail, where none did."""
    chosen = [one for one in verdict.scenarios if one.outcome in _TOLD]
    all_pass = not chosen
    sentences = {promise.id: promise.sentence for promise in verdict.promises}
    timelines: list[Timeline] = []
    scenarios = []
    for one in chosen or [one for one in verdict.scenarios if one.outcome is Outcome.PASSED]:
        number = _place(page.kept(one.name), timelines, thinly=all_pass)
        scenarios.append(_shown(one, sentences.get(one.promise, ""), again_of(one, page.command), number))
    return Content(
        heading=page.heading,
        summary=f"{page.place}, seed {verdict.seed}",
        notes=tuple(_notes(verdict, len(scenarios))),
        scenarios=tuple(scenarios),
        timelines=tuple(timelines),
    )


def _place(timeline: Timeline | None, timelines: list[Timeline], *, thinly: bool) -> int | None:
    """Its number; scenarios that judge the same run share its timeline."""
    if timeline is None:
        return None
    fitting = bounded(timeline, events=PASSING_EVENTS, size_bytes=PASSING_BYTES) if thinly else timeline
    for number, other in enumerate(timelines):
        if msgspec.structs.replace(other, scenario=fitting.scenario) == fitting:
            return number
    timelines.append(fitting)
    return len(timelines) - 1


def _shown(scenario: Scenario, sentence: str, again: str, timeline: int | None) -> ShownScenario:
    error = scenario.error
    return ShownScenario(
        name=scenario.name,
        title=scenario.title,
        promise=scenario.promise,
        sentence=sentence,
        outcome=scenario.outcome,
        message=scenario.message or (error.happened if error else ""),
        expected=scenario.expected or (error.expected if error else ""),
        got=scenario.got or (error.got if error else ""),
        diagnosis=scenario.diagnosis,
        faults=scenario.faults,
        story=scenario.story,
        again=again,
        timeline=timeline,
    )


def _notes(verdict: Verdict, shown: int) -> list[str]:
    notes = []
    if verdict.error and not shown:
        notes.append("Nothing was judged, so there is no timeline.")
    passed = sum(one.outcome is Outcome.PASSED for one in verdict.scenarios)
    blocked = sum(one.outcome is Outcome.BLOCKED for one in verdict.scenarios)
    if shown and passed and verdict.outcome != "passed":
        notes.append(f"{count(passed, 'scenario')} that passed {'is' if passed == 1 else 'are'} not shown.")
    if blocked:
        why = next((one.message for one in verdict.scenarios if one.outcome is Outcome.BLOCKED and one.message), "")
        notes.append(f"{count(blocked, 'scenario')} not judged" + (f". {why}" if why else _UNTIL_THE_FIRST_HOLDS))
    return notes
