"""Verdicts kept by the content they rest on, so that an unchanged kata costs nothing to prove again.

A verdict is a function of the harness, the kata, the solution, the seed, the scenarios asked for
and what is installed. All of that is the key, and it is computed again before a verdict is kept,
so that a file changed in the middle of a run spoils nothing. What the real clock may have decided
(a time-out, a fault of the harness) is never kept, nor is the likely mistake, which rests on the
other solutions. A cache that is broken, or cannot be written, is one line on stderr and nothing else.
"""

import functools
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

import msgspec

from harness import paths
from harness.files import write_whole
from harness.judge.failures import SPUN
from harness.judge.run import Job, JudgeEach
from harness.judge.verdict import Verdict
from harness.judge.verdicts import harness_version, submission_digest

SCHEMA: Final = "serverless-katas/cached-verdict/1"
SIZE_LIMIT_BYTES = 512 * 1024 * 1024
"""What the cache may hold; the oldest entries go first."""

# nothing below `judge` imports these: the layers forbid it, so no verdict rests on them
_ABOVE_THE_JUDGE = ("cli", "report", "learner", "grading", "tests", "__pycache__")
_WHAT_RUNS: Final = (
    *("boto3", "botocore", "moto", "pytest", "pytest-asyncio", "freezegun", "hypothesis", "msgspec", "PyYAML"),
    *(
        "aws-lambda-powertools",
        "Pillow",
        "tzdata",
        "tantivy",
        "Metaphone",
        "duckdb",
        "responses",
        "urllib3",
        "pydantic",
    ),
)


_Stamp = list[tuple[str, str, int, int, int]]


class CachedVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """An entry: the verdict, and all that it rests on."""

    schema: Literal["serverless-katas/cached-verdict/1"] = SCHEMA
    rests_on: dict[str, str]
    verdict: Verdict


class VerdictCache:
    """The verdicts below a folder.

    Attributes:
        hits: how many verdicts were found in it.
        judged: how many had to be judged.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
        package: Path | None = None,
    ) -> None:
        self.hits = 0
        self.judged = 0
        self._folder = folder
        self._tell = tell
        self._told: set[str] = set()
        self._package = package or Path(__file__).resolve().parent.parent
        self._digests: dict[Path, tuple[_Stamp, str]] = {}

    def judging(self, judge_each: JudgeEach) -> JudgeEach:
        """The same judge, which judges only what this cache does not hold."""

        def judge(jobs: Iterable[Job]) -> Iterator[tuple[Job, Verdict]]:
            missing: dict[int, tuple[Job, dict[str, str] | None]] = {}
            for job in jobs:
                rests_on = self._rests_on(job)
                known = self._read(rests_on, job) if rests_on else None
                if known:
                    self.hits += 1
                    yield job, known
                else:
                    missing[id(job)] = (job, rests_on)
            for job, verdict in judge_each([job for job, _ in missing.values()]) if missing else ():
                self.judged += 1
                self._keep(missing[id(job)][1], job, verdict)
                yield job, verdict

        return judge

    def verdict_on(self, job: Job, judge: Callable[[Job], Verdict]) -> Verdict:
        """The verdict on one job, which is judged only if this cache does not hold it."""
        [(_, verdict)] = self.judging(lambda jobs: ((one, judge(one)) for one in jobs))([job])
        return verdict

    # ---- the key ---------------------------------------------------------------------------

    def _rests_on(self, job: Job) -> dict[str, str] | None:
        """All that the verdict on this job rests on; None if that cannot be said."""
        if job.debug or job.timelines or job.extra:
            return None
        digests = {
            "harness": self._digest(self._package, _digest_of_package),
            "kata": self._digest(job.kata.folder, submission_digest),
            "solution": self._digest(job.folder, submission_digest),
        }
        if not all(digests.values()):
            return None
        return {
            **digests,
            **_installed(),
            "kata_name": job.kata.name,
            **{one.name: repr(getattr(job, one.name)) for one in fields(job) if one.name not in ("kata", "folder")},
        }

    def _digest(self, folder: Path, digest: Callable[[Path], str]) -> str:
        """The digest, computed anew only if a file has come, gone or been written."""
        stamp = _stamp(folder, left_out=_ABOVE_THE_JUDGE if folder == self._package else ("__pycache__",))
        known = self._digests.get(folder)
        if known is None or known[0] != stamp:
            known = self._digests[folder] = (stamp, digest(folder))
        return known[1]

    def _path(self, rests_on: dict[str, str]) -> Path:
        name = hashlib.sha256(msgspec.json.encode(rests_on, order="sorted")).hexdigest()
        return self._folder / "verdicts" / name[:2] / f"{name}.json"

    # ---- the entries -----------------------------------------------------------------------

    def _read(self, rests_on: dict[str, str], job: Job) -> Verdict | None:
        path = self._path(rests_on)
        try:
            entry = msgspec.json.decode(path.read_bytes(), type=CachedVerdict)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            self._tell_once(f"A cached verdict cannot be read and is judged again: {path}: {error}")
            return None
        if entry.rests_on != rests_on:
            self._tell_once(f"A cached verdict is not what its name says and is judged again: {path}")
            return None
        return msgspec.structs.replace(entry.verdict, submission=str(job.folder), real_ms=0)

    def _keep(self, rests_on: dict[str, str] | None, job: Job, verdict: Verdict) -> None:
        if rests_on is None or not _is_certain(verdict) or self._rests_on(job) != rests_on:
            return
        try:
            # the likely mistake rests on all chaff of the kata, which would make every change one of everything
            entry = CachedVerdict(rests_on=rests_on, verdict=msgspec.structs.replace(verdict, likely=None))
            write_whole(self._path(rests_on), msgspec.json.encode(entry))
        except OSError as error:
            self._tell_once(f"Verdicts cannot be cached in {self._folder}: {error.strerror}")

    def trim(self, limit_bytes: int = SIZE_LIMIT_BYTES) -> None:
        """The cache holds no more than this; what was written first is gone first."""
        try:
            entries = [(path.stat(), path) for path in self._folder.glob("verdicts/*/*.json")]
            too_much = sum(stat.st_size for stat, _ in entries) - limit_bytes
            for stat, path in sorted(entries, key=lambda entry: (entry[0].st_mtime_ns, entry[1])):
                if too_much <= 0:
                    return
                path.unlink(missing_ok=True)
                too_much -= stat.st_size
        except OSError as error:
            self._tell_once(f"The cache in {self._folder} cannot be trimmed: {error.strerror}")

    def _tell_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._tell(line)


def verdict_cache() -> VerdictCache | None:
    """The cache of this user; None for one who has no place for it."""
    folder = paths.cache()
    return VerdictCache(folder) if folder else None


def _is_certain(verdict: Verdict) -> bool:
    """Whether the same judged again must come to the same: no real clock had a part in it."""
    spun = any(SPUN in one.diagnosis or SPUN in one.message for one in verdict.scenarios)
    return verdict.outcome != "error" and not spun


def _stamp(folder: Path, *, left_out: tuple[str, ...]) -> _Stamp:
    """What changes when a file of the folder does.

    Args:
        left_out: names of folders that do not count, wherever they are.
    """
    found: _Stamp = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in left_out)
        for name in sorted(files):
            state = os.lstat(os.path.join(path, name))
            found.append((path, name, state.st_size, state.st_mtime_ns, state.st_mode))
    return found


def _digest_of_package(package: Path) -> str:
    """Of every file that a verdict may rest on; "" if one cannot be read."""
    state = hashlib.sha256()
    try:
        for path in sorted(package.iterdir()):
            if path.name in _ABOVE_THE_JUDGE or path.name.startswith("."):
                continue
            content = submission_digest(path) if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
            if not content:
                return ""
            state.update(f"{path.name}\0{content}\0".encode())
    except OSError:
        return ""
    return state.hexdigest()[:16]


@functools.cache
def _installed() -> dict[str, str]:
    """What a verdict rests on beside our own files."""
    versions = {name: _version(name) for name in _WHAT_RUNS}
    machine = f"{sys.platform} {platform.machine()}"
    return {"harness_version": harness_version(), "python": sys.version, "machine": machine, **versions}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
