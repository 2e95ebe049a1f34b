"""Which mounts make up the worker's own file tree, as a list of steps.

Working it out looks at many paths, so it is done once in the zygote for the interpreter's
part, and in each worker for the submission's part only.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from harness.worker.sandbox.grants import DEVICES, Grants, is_below


class Kind(Enum):
    """What a step does at its path."""

    FOLDER = auto()  # make an empty folder: something will be mounted on it or in it
    FILE = auto()  # make an empty file, to be mounted on
    LINK = auto()  # make a link to the real path
    BIND = auto()  # show what the machine has at this path
    COVER = auto()  # hide what an outer folder shows here


@dataclass(frozen=True)
class Step:
    """One step, at an absolute path of the new tree."""

    kind: Kind
    path: str
    target: str = ""


class Tree:
    """The steps so far, and what they have made."""

    def __init__(self, holes: Sequence[str]) -> None:
        self.steps: list[Step] = []
        self._holes = holes
        self._shown: list[str] = []
        self._made = {"/", "/tmp"}

    def add(self, paths: Sequence[str]) -> None:
        """Shows these paths. Outer folders first, so that a hole is covered before what is granted in it."""
        for path in sorted(paths):
            if path in self._holes:
                if self._is_shown(path) and os.path.isdir(path):
                    self.steps.append(Step(Kind.COVER, path))
                    self._made.add(path)
            elif not self._is_shown(path):
                self._show(path)

    def mount_point(self, path: str) -> None:
        """Makes sure that a folder exists, under its own and its real name, to be mounted on."""
        self._link(path)
        self._make_place(os.path.realpath(path))

    def copy(self) -> "Tree":
        """One to go on with."""
        other = Tree(self._holes)
        other.steps, other._shown, other._made = self.steps[:], self._shown[:], set(self._made)
        return other

    def _show(self, path: str) -> None:
        self._link(path)
        if path == os.path.realpath(path):
            self._make_place(path)
            self.steps.append(Step(Kind.BIND, path))
            self._shown.append(path)

    def _link(self, path: str) -> None:
        """Makes each link on the way to the path. It stands in a real folder and leads to a real path."""
        for place in (*_parents(path), path):
            if os.path.islink(place):
                target = os.path.realpath(place)
                if not self._is_shown(place) and place not in self._made:
                    self._make_parents(place)
                    self._made.add(place)
                    self.steps.append(Step(Kind.LINK, place, target))
                return  # grants name the real path too

    def _make_place(self, path: str) -> None:
        if not self._is_shown(path):
            self._make_parents(path)
            self._make(Kind.FOLDER if os.path.isdir(path) else Kind.FILE, path)

    def _make_parents(self, path: str) -> None:
        for parent in _parents(path):
            self._make(Kind.FOLDER, parent)

    def _make(self, kind: Kind, path: str) -> None:
        if path not in self._made:
            self._made.add(path)
            self.steps.append(Step(kind, path))

    def _is_shown(self, path: str) -> bool:
        """Whether a real folder already shows the path: nothing is ever made in a real folder."""
        shown_in = [folder for folder in self._shown if path == folder or is_below(path, folder)]
        return bool(shown_in) and not self._is_covered(path, shown_in)

    def _is_covered(self, path: str, shown_in: Sequence[str]) -> bool:
        holes = [hole for hole in self._holes if is_below(path, hole)]
        return any(is_below(hole, folder) for hole in holes for folder in shown_in)


def for_submission(base: Grants, readable: Sequence[str]) -> Tree:
    """The tree of the base grants and these paths."""
    if any(is_below(inner, path) for path in readable for inner in (*base.paths, *base.holes)):
        tree = Tree(base.holes)
        tree.add([*base.paths, *DEVICES, *base.holes, *readable])
        return tree
    tree = of_interpreter(base).copy()
    tree.add(readable)
    return tree


@cache
def of_interpreter(base: Grants) -> Tree:
    """The part that is the same for every worker."""
    tree = Tree(base.holes)
    tree.add([*base.paths, *DEVICES, *base.holes])
    return tree


def _parents(path: str) -> Iterator[str]:
    """The folders above, outermost first."""
    position = path.find("/", 1)
    while position != -1:
        yield path[:position]
        position = path.find("/", position + 1)
