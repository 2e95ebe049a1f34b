"""The files that `kata test` writes beside what it prints: the page, the JUnit report, the badge.

Where each goes is checked before anything is judged, so that nobody waits for a verdict that
then cannot be written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness import paths
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.verdict import Verdict
    from harness.report.place import Kind


class FileNameWrongError(ExplainedError):
    """What stands after an option is no name of such a file."""


@dataclass(frozen=True)
class Wanted:
    """Where the files go; None: there shall be none."""

    page: Path | None = None
    junit: Path | None = None
    badge: Path | None = None


@dataclass(frozen=True)
class Told:
    """What the files say beside the verdict.

    Attributes:
        heading: the kata.
        place: the folder judged.
        command: what was typed, without `--only` and `--seed`: "kata test 07".
    """

    heading: str
    place: str
    command: str


@dataclass(frozen=True)
class Files:
    """The files to be, and the folder in which timelines are kept meanwhile; None: none are needed."""

    wanted: Wanted
    timelines: Path | None

    def write(self, verdict: Verdict, told: Told) -> list[str]:
        """They are written; returns a line for each that says so."""
        said = []
        if self.wanted.page and self.timelines:
            _write_page(self.wanted.page, self.timelines, verdict, told)
            said.append(f"Timeline page: {paths.short(self.wanted.page)}")
        if self.wanted.junit:
            from harness.report.junit import JUNIT, junit_of

            JUNIT.write(self.wanted.junit, junit_of(verdict, told.command))
            said.append(f"JUnit report: {paths.short(self.wanted.junit)}")
        if self.wanted.badge:
            from harness.report.badge import BADGE, badge_of

            BADGE.write(self.wanted.badge, badge_of(verdict))
            said.append(f"Badge: {paths.short(self.wanted.badge)}")
        return said


def _write_page(path: Path, timelines: Path, verdict: Verdict, told: Told) -> None:
    from harness.judge.timeline.keep import kept_timeline
    from harness.report.timeline.content import Page, content_of
    from harness.report.timeline.page import PAGE, page_of
    from harness.report.timeline.verdict_part import verdict_part

    kept = partial(kept_timeline, timelines)
    content = content_of(verdict, Page(heading=told.heading, place=told.place, command=told.command, kept=kept))
    linked = {scenario.name for scenario in content.scenarios if scenario.timeline is not None}
    PAGE.write(path, page_of(content, verdict_part(verdict, told.command, linked)))


def wanted_files(page: str | None, junit: Path | None, badge: Path | None, number: int) -> Wanted:
    """Where the files go, once it is sure that they can.

    Args:
        page: "" is the kata's own name in the current folder.

    Raises:
        FileNameWrongError: a name has another ending than its kind.
        NotOurFileError: something else is there.
        FileNotWrittenError: nothing can be written there.
    """
    wanted = Wanted(page=_page_path(page, number), junit=junit, badge=badge)
    if wanted.page:
        from harness.report.timeline.page import PAGE

        _check(wanted.page, PAGE, ".html", ".htm")
    if junit:
        from harness.report.junit import JUNIT

        _check(junit, JUNIT, ".xml")
    if badge:
        from harness.report.badge import BADGE

        _check(badge, BADGE, ".svg")
    return wanted


def _page_path(given: str | None, number: int) -> Path | None:
    return None if given is None else Path(given or f"kata-{number:02d}.html")


def _check(path: Path, kind: Kind, *endings: str) -> None:
    if not path.name.lower().endswith(endings):
        raise FileNameWrongError(
            f"{kind.option}={path} is no {endings[0][1:].upper()} file.", expected=f"a name that ends in {endings[0]}"
        )
    kind.refuse(path)


@contextmanager
def files_for(wanted: Wanted) -> Iterator[Files]:
    """A folder for timelines as long as judging lasts, if there shall be a page."""
    if wanted.page is None:
        yield Files(wanted, None)
        return
    with tempfile.TemporaryDirectory(prefix="kata-timelines-", ignore_cleanup_errors=True) as folder:
        yield Files(wanted, Path(folder))
