"""A small kata in a folder of its own, and a judge that reads its verdict from the submission.

A submission's template.yaml is a list of what fails in it, one line each:

    test_door_opens: The door stayed shut. | Nobody turned the key.
    test_door_opens_twice: not reached! The fault rust waited for rain and never struck.
    test_wrong_key_is_refused: blocked! The lock is not begun.
    cannot be judged
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from harness.judge.run import Job
from harness.judge.verdict import Explanation, Fault, Outcome, Promise, Scenario, StoryLine, Verdict

KATA_TOML = """\
number = 42
title = "Doors"
pattern = "doors"
summary = "A door between a room and a corridor."
seeds = [1, 2]
gate = "test_door_opens"

[[promises]]
id = "P1"
sentence = "The door opens for whoever holds the key."
file = "test_p1_opens.py"
[promises.points]
test_door_opens = 3
test_door_opens_twice = 2

[[promises]]
id = "P2"
sentence = "The door stays shut for everybody else."
file = "test_p2_shut.py"
[promises.points]
test_wrong_key_is_refused = 5

[resources]
DoorQueue = "AWS::SQS::Queue"

[services.lock]
parameter = "LockUrl"
url = "http://lock.internal"
implementation = "lock:Lock"

[starter]
scenario = "test_door_opens"
message = "stayed shut"
"""

CHAFF_TOML = """\
mistake = "Any key opens it"
why = "there is only one key"

[[rejected_by]]
scenario = "test_wrong_key_is_refused"
diagnosis = "The key was never compared."
"""

FILES = {
    "katas/42_doors/kata.toml": KATA_TOML,
    "katas/42_doors/README.md": "# Doors\n\nBuild a door.\n",
    "katas/42_doors/acceptance/test_p1_opens.py": (
        "import pytest\n\n\n@pytest.mark.sample\nasync def test_door_opens(world): ...\n\n\n"
        "async def test_door_opens_twice(world): ...\n"
    ),
    "katas/42_doors/acceptance/test_p2_shut.py": "async def test_wrong_key_is_refused(world): ...\n",
    "katas/42_doors/services/lock.py": "class Lock: ...\n",
    "katas/42_doors/starter/template.yaml": "test_door_opens: The door stayed shut. | Nobody turned the key.\n",
    "katas/42_doors/starter/src/app.py": "def handler(event, context): ...\n",
    "solutions/42_doors/template.yaml": "",
    "solutions/42_doors/README.md": "Why.\n",
    "solutions/42_doors/src/app.py": "def handler(event, context): ...\n",
    "solutions/42_doors/accepted/sliding/template.yaml": "",
    "solutions/42_doors/chaff/any-key/chaff.toml": CHAFF_TOML,
    "solutions/42_doors/chaff/any-key/template.yaml": (
        "test_wrong_key_is_refused: A stranger came in. | The key was never compared.\n"
    ),
}


def write_kata(home: Path, changed: dict[str, str] | None = None) -> Path:
    """Writes the kata and its solutions below `home` and returns the kata's folder."""
    for name, text in {**FILES, **(changed or {})}.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return home / "katas" / "42_doors"


def fake_judge(job: Job, *, on_scenario: Callable[[Scenario], None] = lambda scenario: None) -> Verdict:
    """The verdict that the submission's template.yaml asks for."""
    text = (job.folder / "template.yaml").read_text(encoding="utf-8")
    if "cannot be judged" in text:
        return _verdict(job, "error", (), Explanation(happened="No function has a handler."), Fault.SUBMISSION)
    if "the judge dies" in text:
        return _verdict(job, "error", (), Explanation(happened="The judge died."), Fault.HARNESS)
    failing = dict(line.split(": ", 1) for line in text.splitlines() if line.startswith("test_"))
    scenarios = tuple(_scenarios(job, failing))
    for scenario in scenarios:
        on_scenario(scenario)
    is_good = all(scenario.outcome is Outcome.PASSED for scenario in scenarios)
    return _verdict(job, "passed" if is_good else "failed", scenarios)


def fake_judge_each(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
    """The verdicts of all jobs, the last job first."""
    for job in reversed(list(jobs)):
        yield job, fake_judge(job)


def _scenarios(job: Job, failing: dict[str, str]) -> Iterator[Scenario]:
    for promise in job.kata.promises:
        for name, points in promise.points.items():
            if job.only and name not in job.only:
                continue
            message, _, diagnosis = failing.get(name, "").partition(" | ")
            is_blocked = job.kata.gate in failing and name != job.kata.gate and not job.only
            outcome = Outcome.BLOCKED if is_blocked else Outcome.FAILED if message else Outcome.PASSED
            for other in (Outcome.NOT_REACHED, Outcome.BLOCKED):
                if message.startswith(f"{other}! "):
                    outcome, message = other, message.removeprefix(f"{other}! ")
            yield Scenario(
                name=name,
                title=name.removeprefix("test_").replace("_", " "),
                promise=promise.id,
                points=points,
                earned=points if outcome is Outcome.PASSED else 0,
                outcome=outcome,
                seed=job.seed,
                message=message,
                diagnosis=diagnosis,
                story=(StoryLine(at_ms=61_002, text="somebody knocked"),) if message else (),
                digest="0123456789abcdef",
            )


def _verdict(
    job: Job,
    outcome: str,
    scenarios: tuple[Scenario, ...],
    error: Explanation | None = None,
    fault: Fault | None = None,
) -> Verdict:
    return Verdict(
        kata=job.kata.name,
        title=job.kata.title,
        submission=str(job.folder),
        submission_digest="feedbeef",
        harness="0.1.0",
        seed=job.seed,
        outcome=outcome,  # type: ignore[arg-type]
        score=sum(scenario.earned for scenario in scenarios),
        max_score=job.kata.max_score,
        promises=tuple(
            Promise(id=one.id, sentence=one.sentence, points=sum(one.points.values())) for one in job.kata.promises
        ),
        scenarios=scenarios,
        error=error,
        fault=fault,
        real_ms=1234,
    )
