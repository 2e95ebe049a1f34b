"""Which katas there are: just enough of each kata.toml to list and to find them.

`kata list` answers before anything heavy is imported, so nothing here checks a kata;
`kata_file` does.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import ExplainedError

FOLDER_NAME = re.compile(r"(?P<number>\d{2,})_[a-z0-9_]+")
"""A kata's folder: its number, then its name."""


class UnknownKataError(ExplainedError):
    """No kata goes by this name or number, or several do."""


@dataclass(frozen=True)
class Entry:
    """A line of the list.

    Attributes:
        problem: why kata.toml could not be read; "" when it could.
    """

    number: int
    name: str
    folder: Path
    title: str = ""
    summary: str = ""
    points: int = 0
    scenarios: int = 0
    problem: str = ""


def catalogue(katas: Path) -> list[Entry]:
    """Every kata, by number."""
    return [_entry(folder) for folder in kata_folders(katas)]


def kata_folders(katas: Path) -> list[Path]:
    """The folder of every kata, by number."""
    found = [folder for folder in katas.iterdir() if FOLDER_NAME.fullmatch(folder.name) and folder.is_dir()]
    return sorted(found, key=lambda folder: (number_of(folder), folder.name))


def number_of(folder: Path) -> int:
    """The number that the folder's name begins with."""
    return int(folder.name.partition("_")[0])


def find_folder(text: str, katas: Path) -> Path:
    """The folder of the kata meant by a number ("7", "07"), a name, or a part that only one has.

    Raises:
        UnknownKataError: none or several.
    """
    folders = kata_folders(katas)
    wanted = text.strip().rstrip("/").rpartition("/")[2].lower().replace("-", "_")
    exact = [one for one in folders if wanted == one.name or (wanted.isdecimal() and int(wanted) == number_of(one))]
    found = exact or [one for one in folders if wanted and not wanted.isdecimal() and wanted in one.name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownKataError(
            f'"{text}" is part of the names of {len(found)} katas.',
            expected="a number, a name, or a part that only one name has",
            got=", ".join(one.name for one in found),
        )
    raise _unknown(text, wanted, folders)


def _unknown(text: str, wanted: str, folders: list[Path]) -> UnknownKataError:
    return UnknownKataError(
        f'There is no kata "{text}".',
        expected="one of " + ", ".join(one.name for one in folders) if folders else "a kata; there are none yet",
        try_=f"kata show {_nearest(wanted, folders)}" if folders else "",
    )


def _nearest(wanted: str, folders: list[Path]) -> str:
    from difflib import SequenceMatcher

    if wanted.isdecimal():
        return min(folders, key=lambda one: abs(number_of(one) - int(wanted[:9]))).name[:2]
    words = {one.name: one.name.partition("_")[2] for one in folders}
    return max(words, key=lambda name: SequenceMatcher(None, wanted, words[name]).ratio()).partition("_")[0]


def _entry(folder: Path) -> Entry:
    try:
        content = tomllib.loads((folder / "kata.toml").read_text(encoding="utf-8"))
        return _listed(folder, content)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        problem = "no kata.toml" if isinstance(error, FileNotFoundError) else f"kata.toml: {error}"
        return Entry(number=number_of(folder), name=folder.name, folder=folder, problem=problem)


def _listed(folder: Path, content: dict[str, Any]) -> Entry:
    points = [worth for promise in content["promises"] for worth in promise["points"].values()]
    return Entry(
        number=number_of(folder),
        name=folder.name,
        folder=folder,
        title=str(content["title"]),
        summary=str(content["summary"]),
        points=sum(points),
        scenarios=len(points),
    )
