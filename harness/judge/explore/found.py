"""A plan that was found, as it is kept in a file: enough to run it again to the byte, years later."""

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from harness.errors import ExplainedError
from harness.faults.plan import FaultPlan
from harness.files import write_whole
from harness.judge.explore.candidate import Candidate

SCHEMA: Final = "serverless-katas/found-plan/1"
FOUND_FOLDER: Final = "found"
ENDING: Final = ".plan.json"


class FoundPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan under which a submission broke a promise.

    Attributes:
        kata, scenario: whose test it is that runs under the plan.
        promise: "P4"; `message` is the sentence that said how it broke.
        plan: seed and faults, added to those of the test.
        jitter_ms: how much later the first, second, ... request of the client came.
        submission_digest: of what was judged then.
        digest: of the trace of that run.
        harness: version that ran it.
    """

    schema: Literal["serverless-katas/found-plan/1"] = SCHEMA
    kata: str
    scenario: str
    promise: str
    message: str
    plan: FaultPlan
    jitter_ms: tuple[Annotated[int, msgspec.Meta(ge=0)], ...] = ()
    submission_digest: str
    digest: str
    harness: str

    @property
    def candidate(self) -> Candidate:
        """What to run."""
        return Candidate(plan=self.plan, jitter_ms=self.jitter_ms)

    @property
    def name(self) -> str:
        """The file's name: the promise, the faults, and the trace, so that two plans never share one."""
        faults = "-".join(fault.name().replace("_", "-") for fault in self.plan.faults) or "no-fault"
        return f"{self.promise.lower()}-{faults}-{self.digest[:6]}{ENDING}"


class PlanNotKept(ExplainedError):
    """A plan that was found cannot be written."""


class PlanUnreadable(ExplainedError):
    """The file of a plan cannot be read."""


class PlanOfAnotherKind(ExplainedError):
    """The file is of another version, or no plan at all."""


class PlanWrong(ExplainedError):
    """The file is a plan with something in it that means nothing here."""


def keep(found: FoundPlan, folder: Path) -> Path:
    """Writes the plan below the folder and returns its path; a plan that is there already stays.

    Raises:
        PlanNotKept: the folder or the file cannot be written.
    """
    path = folder / found.name
    try:
        write_whole(path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    except OSError as error:
        raise PlanNotKept(
            f"The plan cannot be kept in {folder}: {error.strerror}.",
            expected="a folder that can be written",
            try_="another folder after --to",
            file=str(path),
        ) from error
    return path


def load_found(path: Path) -> FoundPlan:
    """Reads a plan back.

    Raises:
        PlanUnreadable: there is no such file, or it cannot be read.
        PlanOfAnotherKind: it is no plan, or of a version this harness does not know.
        PlanWrong: something in it is not as it must be; the message says what.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PlanUnreadable(
            f"The plan cannot be read: {error.strerror}.",
            expected=f"a file that kata explore wrote: workspace/<kata>/{FOUND_FOLDER}/<name>{ENDING}",
            file=str(path),
        ) from error
    _refuse_another_kind(path, content)
    try:
        return msgspec.json.decode(content, type=FoundPlan)
    except msgspec.DecodeError as error:
        raise PlanWrong(
            f"The plan says something that means nothing here: {error}.",
            expected="what kata explore wrote, unchanged",
            try_="kata explore again, if the plan is from another version of the harness",
            see="docs/reference/explore.md",
            file=str(path),
        ) from error


def _refuse_another_kind(path: Path, content: bytes) -> None:
    expected = f'a JSON object with "schema": "{SCHEMA}"'
    try:
        top = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanOfAnotherKind(f"This is not JSON: {error}.", expected=expected, file=str(path)) from error
    schema = top.get("schema") if isinstance(top, dict) else None
    if schema != SCHEMA:
        got = f'"schema": {msgspec.json.encode(schema).decode()}' if schema else "no schema"
        raise PlanOfAnotherKind("This is no plan of this version.", expected=expected, got=got, file=str(path))
