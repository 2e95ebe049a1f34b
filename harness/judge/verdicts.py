"""Puts scenario verdicts together to the verdict on a submission."""

import hashlib
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness.errors import ExplainedError
from harness.judge.kata import Kata
from harness.judge.run import Job
from harness.judge.verdict import Explanation, Fault, LikelyMistake, Outcome, Promise, Scenario, Verdict

_LEFT_OUT = {"__pycache__", ".git", ".venv", ".aws-sam", "node_modules", ".DS_Store"}


def verdict_of(job: Job, scenarios: list[Scenario], warnings: tuple[str, ...] = ()) -> Verdict:
    """The verdict that these scenarios add up to."""
    broken = next((scenario for scenario in scenarios if scenario.outcome is Outcome.ERROR), None)
    passed = all(scenario.outcome is Outcome.PASSED for scenario in scenarios)
    return Verdict(
        **_common(job),
        outcome="error" if broken else "passed" if passed else "failed",
        score=sum(scenario.earned for scenario in scenarios),
        max_score=sum(scenario.points for scenario in scenarios),
        scenarios=tuple(scenarios),
        warnings=tuple(dict.fromkeys([*warnings, *(note for scenario in scenarios for note in scenario.notes)])),
        likely=None if broken or passed else _likely(job.kata, scenarios),
        error=broken.error if broken else None,
        fault=broken.fault if broken else None,
    )


def _likely(kata: Kata, scenarios: list[Scenario]) -> LikelyMistake | None:
    from harness.judge.likeness import read_signatures

    signatures = read_signatures(kata.solutions)
    return signatures.likely(scenarios) if signatures else None


def error_verdict(job: Job, fault: Fault, explanation: Explanation) -> Verdict:
    """The verdict on a submission that could not be judged at all."""
    return Verdict(
        **_common(job), outcome="error", score=0, max_score=job.kata.max_score, error=explanation, fault=fault
    )


def explanation_of(error: ExplainedError) -> Explanation:
    """An error with its five lines, as data."""
    return Explanation(
        happened=error.happened,
        expected=error.expected,
        got=error.got,
        try_=error.try_,
        see=error.see,
        file=error.file,
        line=error.line,
        column=error.column,
    )


def _common(job: Job) -> dict[str, Any]:
    kata = job.kata
    return {
        "kata": kata.name,
        "title": kata.title,
        "submission": os.fsencode(job.folder).decode("utf-8", "backslashreplace"),
        "submission_digest": submission_digest(job.folder),
        "harness": harness_version(),
        "seed": job.seed,
        "promises": tuple(
            Promise(id=promise.id, sentence=promise.sentence, points=sum(promise.points.values()))
            for promise in kata.promises
        ),
    }


def submission_digest(folder: Path, *, without: str = "") -> str:
    """Of the files in a submission: path, whether executable, and content; "" if unreadable.

    Args:
        without: a folder at its top that does not count.
    """
    state = hashlib.sha256()
    try:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            is_left_out = relative.parts[0] == without or _LEFT_OUT & set(relative.parts)
            if path.is_file() and not path.is_symlink() and not is_left_out:
                executable = "x" if path.stat().st_mode & 0o100 else "-"
                state.update(f"{relative.as_posix()}\0{executable}\0{path.stat().st_size}\0".encode())
                state.update(path.read_bytes())
    except OSError:
        return ""
    return state.hexdigest()[:16]


def harness_version() -> str:
    """The installed version of this project."""
    try:
        return version("serverless-katas")
    except PackageNotFoundError:
        return "unknown"
