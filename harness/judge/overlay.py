"""Makes submissions out of the solutions folder: the reference alone, and chaff laid over it."""

import shutil
from pathlib import Path

from harness.judge.chaff_file import Chaff, read_all_chaff
from harness.judge.kata import Kata
from harness.judge.toml_table import KataWrong

_NOT_SUBMITTED = shutil.ignore_patterns(
    *("accepted", "chaff", "__pycache__", ".aws-sam", "README.md", "mutants.toml", "signatures.json")
)
_NOT_LAID_OVER = shutil.ignore_patterns("chaff.toml", "__pycache__")


def copy_reference(kata: Kata, folder: Path) -> Path:
    """The folder, which must not exist yet, holds the reference solution and nothing else.

    Raises:
        KataWrong: the kata has no reference solution.
    """
    if not (kata.solutions / "template.yaml").is_file():
        shown_as = f"solutions/{kata.name}/template.yaml"
        raise KataWrong(f"{kata.name} has no reference solution.", expected=shown_as, file=shown_as)
    shutil.copytree(kata.solutions, folder, ignore=_NOT_SUBMITTED)
    return folder


def copy_chaff(kata: Kata, chaff: Chaff, folder: Path) -> Path:
    """The folder, which must not exist yet, holds the reference with the chaff's files over it."""
    copy_reference(kata, folder)
    shutil.copytree(chaff.folder, folder, ignore=_NOT_LAID_OVER, dirs_exist_ok=True)
    return folder


def chaff_files(chaff: Chaff) -> list[Path]:
    """The files that differ from the reference, as paths within a submission."""
    files = sorted(path.relative_to(chaff.folder) for path in chaff.folder.rglob("*") if path.is_file())
    return [file for file in files if file.name != "chaff.toml" and "__pycache__" not in file.parts]


def accepted_designs(kata: Kata) -> list[Path]:
    """The folder of every accepted design, by name; each is a whole submission."""
    parent = kata.solutions / "accepted"
    found = (path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else iter(())
    return sorted(path for path in found if not path.name.startswith((".", "__")))


def solution_folders(kata: Kata, temporary: Path) -> dict[str, Path]:
    """Every solution of the kata as a submission of its own, by name.

    Args:
        temporary: takes the copies; nothing may be in it yet.

    Raises:
        KataWrong: a chaff is not as it must be, or there is no reference.
    """
    folders = {
        "starter": kata.folder / "starter",
        "reference": copy_reference(kata, temporary / "reference"),
        **{f"accepted/{design.name}": design for design in accepted_designs(kata)},
    }
    for chaff in read_all_chaff(kata):
        folders[f"chaff/{chaff.name}"] = copy_chaff(kata, chaff, temporary / "chaff" / chaff.name)
    return folders
