"""The verdict as data: one versioned record, which every renderer and format reads.

A verdict is computed from what the judge saw. Nothing in it is a worker's word.
"""

from enum import StrEnum
from typing import Final, Literal

import msgspec

SCHEMA: Final = "serverless-katas/verdict/1"


class Outcome(StrEnum):
    """How one scenario ended.

    Attributes:
        PASSED: it ran, and its promise holds.
        FAILED: it ran, and its promise is broken; `message` says how.
        NOT_REACHED: it ended well, but a fault that it injected never struck: it proves nothing.
        BLOCKED: it was not judged: what it rests on is broken, or what it is about is not begun.
        ERROR: it could not be judged; `error` says why, and `fault` whose fault it is.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    BLOCKED = "blocked"
    ERROR = "error"


class Fault(StrEnum):
    """Whose fault it is that a submission could not be judged. Each is an exit code.

    Attributes:
        SUBMISSION: the submission's: it does not deploy, cannot be imported, or takes too long; exit code 1.
        KATA: the kata's author's, or the command line's; exit code 2.
        HARNESS: ours; exit code 3.
    """

    SUBMISSION = "submission"
    KATA = "kata"
    HARNESS = "harness"


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """An error: what happened, what was expected, what was there instead, what to try, where to read more.

    Attributes:
        happened: one sentence.
        expected: what would have been right, "" when that is plain.
        got: what was there instead, "" when `happened` says it.
        try: what to do about it.
        see: an address, or a file with the traceback.
        file: the file that is wrong, within the submission or the kata; "" when it is about none.
        line: in that file, from 1; 0 when it is about none.
        column: in that line, from 1; 0 when it is about none.
    """

    happened: str
    expected: str = ""
    got: str = ""
    try_: str = msgspec.field(default="", name="try")
    see: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the story told under a failure.

    Attributes:
        at_ms: virtual milliseconds since the start of the run.
        text: who did what: "FeedLegacy#1  sqs SendMessage -> 200".
        strike: whether a fault struck here.
    """

    at_ms: int
    text: str
    strike: bool = False


class LogText(msgspec.Struct, frozen=True, kw_only=True):
    """What one invocation printed, cut where it was too long.

    Attributes:
        at_ms: virtual milliseconds at which its first line was printed.
        function: its logical id in the template.
        request_id: of the invocation.
        text: what was printed, the end of it where it was too long.
    """

    at_ms: int
    function: str
    request_id: str
    text: str


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """The nearest run of a broken scenario that keeps its promise, and where the two part.

    Attributes:
        difference: the one thing that is different: "without reply_lost", "under seed 3".
        here: the first line of the broken run's story that the other has not; null if there is none.
        there: the line that stands in its place in the other; null if there is none.
    """

    difference: str
    here: StoryLine | None = None
    there: StoryLine | None = None


class LikelyMistake(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong solution that is known, and whose scenarios end as those of this submission do.

    Attributes:
        name: the chaff's name, "check-then-create".
        mistake: what is wrong in it, in words.
        confidence: how probable it is that this is the mistake, 0 to 1.
    """

    name: str
    mistake: str
    confidence: float


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One acceptance test under one seed.

    Attributes:
        name: the test's name.
        title: the same as a sentence.
        promise: the id of the promise it judges, "P4".
        points: what it is worth.
        earned: what it brought: all of its points, or none.
        outcome: how it ended.
        sample: whether learners are shown its source.
        seed: the schedule of events it ran under; the same seed, the same run.
        message: one business sentence, "" when it passed; of a blocked one, what is not begun,
            "" when it waits for the first broken scenario.
        expected: what was promised, "" when it passed.
        got: what was found instead, cut where it was too long.
        diagnosis: the likely mistake, "" when none is known.
        story: the run in virtual time, as far as it is about the failure.
        faults: what struck in all its runs, a line each: "reply_lost: legacy POST /articles, at 2040 ms".
        injected: the names of the faults that it switched on, in the order of the catalogue.
        struck: those of them that struck at least once.
        notes: what was asked for and is not simulated, a sentence each.
        logs: what the last invocations that printed something printed, where it failed.
        neighbour: the nearest run that keeps the promise; null where none was looked for, or found.
        plan: the file of the plan that `kata explore` kept and under which it ran; "" for the kata's own.
        virtual_ms: how long the run took in the simulated world, in milliseconds.
        real_ms: how long it took here, in milliseconds.
        records: how long its traces are, all runs together.
        digest: of the trace, 16 hexadecimal digits: the same run, the same digest.
        error: why it could not be judged; null when it could.
        fault: whose fault that is; null when it could.
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
    injected: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    logs: tuple[LogText, ...] = ()
    neighbour: Neighbour | None = None
    plan: str = ""
    virtual_ms: int = 0
    real_ms: int = 0
    records: int = 0
    digest: str = ""
    error: Explanation | None = None
    fault: Fault | None = None


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A promise of the kata, as the learner reads it.

    Attributes:
        id: "P4".
        sentence: what is promised.
        points: what all its scenarios are worth.
    """

    id: str
    sentence: str
    points: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one submission.

    Attributes:
        schema: the version of this record; it changes when a key is removed or means something else.
        kata: folder name, "07_queue_load_leveling".
        title: the kata's title.
        submission: the folder judged; in a cohort, the student.
        submission_digest: of its files' paths and contents, 16 hexadecimal digits; "" if unreadable.
        harness: the version of this project.
        seed: the schedule of events of all scenarios.
        outcome: "passed", "failed", or "error" (could not be judged; see `error` and `fault`).
        score: points of all scenarios that passed.
        max_score: points of all scenarios that were asked for.
        promises: all promises of the kata, in the order to keep them.
        scenarios: those that were asked for, in the order to mend them; none where nothing could be judged.
        warnings: of the template, and the notes of all scenarios, each once.
        likely: the known wrong solution that this one resembles; null when none is near.
        error: why it could not be judged; null when it could.
        fault: whose fault that is; null when it could.
        real_ms: how long judging took here, in milliseconds.
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
    likely: LikelyMistake | None = None
    error: Explanation | None = None
    fault: Fault | None = None
    real_ms: int = 0


def exit_code(verdict: Verdict) -> int:
    """0 passed; 1 the submission fails or is wrong; 2 the kata is; 3 the harness is."""
    if verdict.outcome == "passed":
        return 0
    return {None: 1, Fault.SUBMISSION: 1, Fault.KATA: 2, Fault.HARNESS: 3}[verdict.fault]
