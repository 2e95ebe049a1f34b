"""`kata test --html`: where the page goes, the timelines that the judge keeps for it, and the page."""

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


class PageNameWrongError(ExplainedError):
    """What stands after --html is no name of a page."""


@dataclass(frozen=True)
class Keeping:
    """The page to be, and the folder in which its timelines are kept meanwhile."""

    path: Path
    folder: Path

    def write(self, verdict: Verdict, *, heading: str, place: str, command: str) -> str:
        """The page is written; returns the words that say so."""
        from harness.judge.timeline.keep import kept_timeline
        from harness.report.timeline.content import Page, content_of
        from harness.report.timeline.page import write_page

        page = Page(heading=heading, place=place, command=command, kept=partial(kept_timeline, self.folder))
        write_page(self.path, content_of(verdict, page))
        return f"Timeline page: {paths.short(self.path)}"


def page_path(given: str | None, number: int) -> Path | None:
    """Where the page goes: None if there shall be none; "" is the kata's own name in the current folder.

    Raises:
        PageNameWrongError: the name does not end in .html.
        NotOurPageError: something else is there.
    """
    if given is None:
        return None
    from harness.report.timeline.page import refuse_place

    if given and not given.lower().endswith((".html", ".htm")):
        raise PageNameWrongError(f"--html={given} is no HTML file.", expected="a name that ends in .html")
    path = Path(given or f"kata-{number:02d}.html")
    refuse_place(path)
    return path


@contextmanager
def keeping(path: Path | None) -> Iterator[Keeping | None]:
    """A folder for timelines as long as judging lasts; None if there shall be no page."""
    if path is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="kata-timelines-", ignore_cleanup_errors=True) as folder:
        yield Keeping(path, Path(folder))
