"""The verdict as data: one versioned record, which every renderer and format reads.

A verdict is computed from what the judge saw. Nothing in it is a worker's word.
"""

from enum import StrEnum
from typing import Final, Literal

import msgspec

SCHEMA: Final = "serverless-katas/verdict/1"


class Outcome(StrEnum):
    """How one scenario ended."""

    PASSED = "passed"
    FAILED = "failed"  # a promise is broken
    BLOCKED = "blocked"  # not judged: a promise it rests on is broken
    ERROR = "error"  # could not be judged; `error` of the verdict or the message says whose fault it is


class Fault(StrEnum):
    """Whose fault it is that a submission could not be judged. Each is an exit code."""

    SUBMISSION = "submission"  # exit 1
    KATA = "kata"  # exit 2: the kata's author or the command line
    HARNESS = "harness"  # exit 3


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """An error in the order of the style guide: what happened, expected, got, try, see."""

    happened: str
    expected: str = ""
    got: str = ""
    try_: str = msgspec.field(default="", name="try")
    see: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the story told under a failure. `strike` marks where a fault struck."""

    at_ms: int
    text: str
    strike: bool = False


class LogText(msgspec.Struct, frozen=True, kw_only=True):
    """What one invocation printed, cut where it was too long."""

    at_ms: int
    function: str
    request_id: str
    text: str


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One acceptance test under one seed.

    Attributes:
        name: the test's name; `title` is the same as a sentence.
        promise: "P4".
        points: what it is worth; `earned` what it brought.
        message: one business sentence, "" when it passed.
        diagnosis: the likely mistake, "" when none is known.
        faults: the faults that struck, a line each.
        notes: what was asked for and is not simulated, a sentence each.
        virtual_ms: how long the run took in the simulated world.
        real_ms: how long it took here.
        digest: of the trace.
    """

    name: str
    title: str
    promise: str
    points: int
    earned: int = 0
    outcome: Outcome = Outcome.PASSED
    sample: bool = False
    seed: int = 0
    message: str = ""
    expected: str = ""
    got: str = ""
    diagnosis: str = ""
    story: tuple[StoryLine, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    logs: tuple[LogText, ...] = ()
    virtual_ms: int = 0
    real_ms: int = 0
    digest: str = ""
    error: Explanation | None = None
    fault: Fault | None = None


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A promise of the kata, as the learner reads it."""

    id: str
    sentence: str
    points: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one submission.

    Attributes:
        kata: folder name, "07_queue_load_leveling".
        submission: the folder judged; `submission_digest` of its content.
        outcome: "passed", "failed", or "error" (could not be judged; see `error` and `fault`).
        warnings: of the template, and the notes of all scenarios, each once.
    """

    schema: Literal["serverless-katas/verdict/1"] = SCHEMA
    kata: str
    title: str
    submission: str
    submission_digest: str
    harness: str
    seed: int
    outcome: Literal["passed", "failed", "error"]
    score: int
    max_score: int
    promises: tuple[Promise, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    warnings: tuple[str, ...] = ()
    error: Explanation | None = None
    fault: Fault | None = None
    real_ms: int = 0


def exit_code(verdict: Verdict) -> int:
    """0 passed; 1 the submission fails or is wrong; 2 the kata is; 3 the harness is."""
    if verdict.outcome == "passed":
        return 0
    return {None: 1, Fault.SUBMISSION: 1, Fault.KATA: 2, Fault.HARNESS: 3}[verdict.fault]
