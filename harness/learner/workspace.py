"""The learner's folder: one subfolder per kata begun, copied from its starter.

Nothing in it is ever overwritten.
"""

import os
import shutil
from pathlib import Path

from harness import paths
from harness.errors import ExplainedError
from harness.judge.catalogue import kata_folders, number_of
from harness.learner.progress import Progress

_SHOWN_FILES = 8
"""Names listed at most when a folder is in the way."""


class FolderOccupiedError(ExplainedError):
    """Something stands where the starter was to go."""


class StarterMissingError(ExplainedError):
    """The kata has no starter."""


class NothingBegunError(ExplainedError):
    """No kata in the workspace waits to be solved."""


def start(kata_folder: Path, target: Path) -> list[str]:
    """The target folder holds the kata's starter.

    Returns:
        the files copied, relative to the target, sorted.

    Raises:
        FolderOccupiedError: the target is a file, or a folder that is not empty.
        StarterMissingError: there is nothing to copy.
    """
    starter = kata_folder / "starter"
    if not starter.is_dir():
        raise StarterMissingError(
            f"{kata_folder.name} has no starter.", expected=f"katas/{kata_folder.name}/starter/template.yaml"
        )
    _refuse_occupied(target, kata_folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        shutil.copytree(starter, unfinished, ignore=shutil.ignore_patterns("__pycache__", ".aws-sam"))
        os.replace(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())


def next_unsolved(katas: Path, workspace: Path, progress: Progress) -> Path:
    """The first kata, by number, that is begun and not solved.

    Raises:
        NothingBegunError: there is none.
    """
    folders = kata_folders(katas)
    begun = [folder for folder in folders if (workspace / folder.name).is_dir()]
    for folder in begun:
        if not progress.is_solved(folder.name):
            return folder
    fresh = next((folder for folder in folders if folder not in begun), None)
    raise NothingBegunError(
        "Every kata in the workspace is solved." if begun else "No kata is begun yet.",
        expected=f"a kata to judge, or one begun in {paths.short(workspace)}",
        try_=f"kata start {number_of(fresh):02d}" if fresh else "kata list",
    )


def _refuse_occupied(target: Path, kata_folder: Path) -> None:
    if not os.path.lexists(target):
        return
    if target.is_dir() and not target.is_symlink():
        names = sorted(path.name for path in target.iterdir())
        if not names:
            return
        there = ", ".join(names[:_SHOWN_FILES]) + (
            f" and {len(names) - _SHOWN_FILES} more" * (len(names) > _SHOWN_FILES)
        )
    else:
        there = "a link" if target.is_symlink() else "a file"
    number = f"{number_of(kata_folder):02d}"
    raise FolderOccupiedError(
        f"{paths.short(target)} is there already; nothing was written.",
        expected="a folder that does not exist yet, or is empty",
        got=there,
        try_=f"kata test {number} to judge it, or kata start {number} --to ANOTHER_FOLDER",
    )
