"""Finds the submissions of a cohort: a folder that holds a folder per student.

Names of students' folders are data from outside: they are shown as they are, and never
become names of files without being made safe first.
"""

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ExplainedError
from harness.judge.verdict import Explanation

TEMPLATE = "template.yaml"
DEEPEST = 3
"""Folder levels in which a template is looked for, the student's own folder included."""

_NOT_SEARCHED = frozenset({"__MACOSX", "node_modules", "__pycache__"})
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows does not allow for files, with any suffix."""


class CohortFolderError(ExplainedError):
    """The folder of submissions is not one, or holds none."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: the folder's name, NFC, for people.
        safe_name: a name for files, different for each student.
        folder: what to judge.
        problem: why it cannot be judged at all; None: judge it.
    """

    student: str
    safe_name: str
    folder: Path
    problem: Explanation | None = None


@dataclass(frozen=True)
class Intake:
    """All submissions, by student, and what else lay beside them."""

    submissions: tuple[Submission, ...]
    ignored: tuple[str, ...]


def find_submissions(cohort: Path) -> Intake:
    """Every student's submission below this folder.

    Raises:
        CohortFolderError: it is no readable folder, or holds no student's folder.
    """
    try:
        children = sorted(cohort.iterdir(), key=lambda path: (_displayed(path), os.fsencode(path.name)))
    except OSError as error:
        happened = f"{cohort} cannot be read as a folder: {error.strerror}."
        raise CohortFolderError(happened, expected="a folder that holds a folder per student") from None
    students = [path for path in children if _is_student(path)]
    if not students:
        raise CohortFolderError(
            f"{cohort} holds no student's folder.",
            expected="a folder per student, each with a template.yaml",
            got=", ".join(map(_displayed, children)) or "an empty folder",
        )
    taken: set[str] = set()
    submissions = tuple(_submission(path, taken) for path in students)
    return Intake(submissions, tuple(_displayed(path) for path in children if path not in students))


def safe_name(name: str, taken: set[str]) -> str:
    """A name that any file system takes and that differs from all taken ones, which it joins.

    A name that had to change ends in a digest of the original.
    """
    is_safe = _SAFE.fullmatch(name) and not name.endswith(".") and name.partition(".")[0].lower() not in _RESERVED
    safe = name if is_safe else _slug(name)
    if safe.casefold() in taken:
        safe = _slug(name)
    taken.add(safe.casefold())
    return safe


def _slug(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-")[:40] or "student"
    return f"{slug}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def _displayed(path: Path) -> str:
    """The name for people: NFC; bytes that are not UTF-8 as escapes."""
    readable = os.fsencode(path.name).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", readable)


def _is_student(path: Path) -> bool:
    if path.name.startswith(".") or path.name in _NOT_SEARCHED:
        return False
    return path.is_dir() or path.is_symlink()


def _submission(path: Path, taken: set[str]) -> Submission:
    student, safe = _displayed(path), safe_name(path.name, taken)
    if path.is_symlink():
        problem = Explanation(happened="The submission is a link.", expected="a folder with a template.yaml")
        return Submission(student, safe, path, problem)
    try:
        found = _templates(path)
    except OSError as error:
        problem = Explanation(
            happened=f"The submission cannot be read: {error.strerror}.",
            expected="a folder that the grader may read",
            got=_displayed(Path(str(error.filename or path))),
        )
        return Submission(student, safe, path, problem)
    if len(found) > 1:
        problem = Explanation(
            happened=f"The submission holds {len(found)} templates.",
            expected=f"exactly one {TEMPLATE}",
            got=", ".join(str(one.relative_to(path)) for one in found),
        )
        return Submission(student, safe, path, problem)
    return Submission(student, safe, found[0].parent if found else path)


def _templates(student: Path) -> list[Path]:
    """The templates on the first level that has any; without one, the judge explains what is missing."""
    level = [student]
    for _ in range(DEEPEST):
        found = [folder / TEMPLATE for folder in level if (folder / TEMPLATE).is_file()]
        if found:
            return found
        level = [child for folder in level for child in sorted(folder.iterdir()) if _is_searched(child)]
    return []


def _is_searched(path: Path) -> bool:
    return not path.name.startswith(".") and path.name not in _NOT_SEARCHED and path.is_dir() and not path.is_symlink()
