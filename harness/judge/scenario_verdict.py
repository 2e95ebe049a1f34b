"""What the end of a test means: a broken promise, a broken submission, a broken kata, or us."""

import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cloud.errors import SubmissionError, shown
from harness.errors import ExplainedError
from harness.judge.denials import denials
from harness.judge.failures import causes
from harness.judge.judging import Judging
from harness.judge.kata import Kata
from harness.judge.notes import notes
from harness.judge.reaching import injected, struck
from harness.judge.scenarios import title_of
from harness.judge.story import tell
from harness.judge.sweep import SweepTooLong
from harness.judge.verdict import Explanation, Fault, Outcome, Scenario
from harness.judge.verdicts import explanation_of
from harness.promises import NotBegun, PromiseBroken
from harness.room import no_room
from harness.simulation.loop import EndlessSimulation, NothingLeftToHappen

GOT_CHARACTERS = 1200


@dataclass(frozen=True)
class Phase:
    """How setup, call or teardown of a test ended."""

    when: str
    error: BaseException | None


def scenario_verdict(
    kata: Kata, name: str, phases: list[Phase], judging: Judging, *, sample: bool, real_ms: int
) -> Scenario:
    """The verdict on one scenario."""
    promise = next(promise for promise in kata.promises if name in promise.points)
    common: dict[str, Any] = {
        "name": name,
        "title": title_of(name),
        "promise": promise.id,
        "points": promise.points[name],
        "sample": sample,
        "seed": judging.seed,
        "faults": judging.strikes(),
        "injected": injected(judging.worlds),
        "struck": struck(judging.worlds),
        "notes": notes(world.trace for world in judging.worlds),
        "virtual_ms": judging.virtual_ms(),
        "real_ms": real_ms,
        "records": sum(len(world.trace) for world in judging.worlds),
        "digest": judging.digest(),
    }
    error = next((phase.error for phase in phases if phase.error), None)
    if error is None and (unmet := judging.not_reached()):
        return Scenario(**common, outcome=Outcome.NOT_REACHED, **unmet, **_evidence([], judging))
    if error is None:
        return Scenario(**common, outcome=Outcome.PASSED, earned=promise.points[name])
    return Scenario(**common, **_failure(error, judging, kata))


def _failure(error: BaseException, judging: Judging, kata: Kata) -> dict[str, Any]:
    if isinstance(error, NotBegun):
        return {"outcome": Outcome.BLOCKED, "message": shown(error.sentence), "diagnosis": shown(error.try_)}
    if isinstance(error, PromiseBroken):
        return {
            "outcome": Outcome.FAILED,
            "message": shown(error.sentence),
            "expected": shown(error.expected),
            "got": shown(error.got)[:GOT_CHARACTERS],
            "diagnosis": _diagnosis(error.likely, judging),
            **_evidence(error.about, judging),
        }
    if isinstance(error, SubmissionError):
        return {
            "outcome": Outcome.FAILED,
            "message": error.happened,
            "expected": error.expected,
            "got": error.got,
            "diagnosis": error.try_,
            **_evidence([], judging),
        }
    if isinstance(error, EndlessSimulation | NothingLeftToHappen | SweepTooLong):
        return {"outcome": Outcome.FAILED, "message": str(error), **_evidence([], judging)} | _cause(judging)
    if isinstance(error, AssertionError) and _is_of(kata, error):
        return {"outcome": Outcome.FAILED, "message": shown(error), **_evidence([], judging)} | _cause(judging)
    if isinstance(error, ExplainedError):
        return {"outcome": Outcome.ERROR, "fault": Fault.KATA, "error": explanation_of(error)}
    fault = Fault.KATA if _is_of(kata, error) else Fault.HARNESS
    return {"outcome": Outcome.ERROR, "fault": fault, "error": explain_unexpected(error, fault)}


def _cause(judging: Judging) -> dict[str, str]:
    return {"diagnosis": _diagnosis("", judging)}


def _diagnosis(likely: str, judging: Judging) -> str:
    """What the functions may not do, what they failed by, and what the scenario takes for the mistake."""
    if not judging.worlds:
        return likely
    world = judging.worlds[-1]
    found = causes(world, mistakes_only=bool(likely))
    return " ".join(text for text in (shown(denials(world)), shown(found), likely) if text)


def _evidence(about: list[str], judging: Judging) -> dict[str, Any]:
    story = tell(judging.worlds[-1], about) if judging.worlds else ()
    return {"story": story, "logs": judging.logs()}


def _is_of(kata: Kata, error: BaseException) -> bool:
    """Whether the exception came out of the kata's own files."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).is_relative_to(kata.folder)


def explain_unexpected(error: BaseException, fault: Fault) -> Explanation:
    """An exception nobody foresaw: said in a line, the traceback kept in a file. A lack of room is said as that."""
    if room := no_room(error):
        return explanation_of(room)
    with tempfile.NamedTemporaryFile("w", prefix="kata-traceback-", suffix=".txt", delete=False) as file:
        file.write("".join(traceback.format_exception(error)))
    whose = "the kata's own code" if fault is Fault.KATA else "the harness"
    frames = traceback.extract_tb(error.__traceback__)
    return Explanation(
        happened=f"{type(error).__name__} in {whose}: {shown(error)}",
        expected="a verdict",
        try_="run it again; if it stays, report it with the file below",
        see=file.name,
        file="/".join(Path(frames[-1].filename).parts[-4:]) if frames and fault is Fault.KATA else "",
        line=(frames[-1].lineno or 0) if frames and fault is Fault.KATA else 0,
    )
