"""Writes the page: one file with its data, its styles and its scripts, which asks nobody for anything.

What a submission printed or answered is in it, and is only ever text: the data stand in a
block that is no script, each `<` escaped, and the scripts that may run are named by their
digests.
"""

import base64
import errno
import hashlib
import html
import os
import re
from importlib import resources
from pathlib import Path
from typing import Final

import msgspec

from harness import paths
from harness.errors import ExplainedError
from harness.files import write_whole
from harness.report.timeline.content import Content

MARK: Final = "<!doctype html>\n<!-- serverless-katas timeline page -->\n"
"""How each of our pages begins; no other file is overwritten."""

STYLES = ("timeline.css", "page.css")
MODULES = ("axis.js", "timeline.js", "page.js")
"""In this order they make one script: each imports only from those before it."""

_IMPORT = re.compile(r"^import .*$\n", re.MULTILINE)
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class NotOurPageError(ExplainedError):
    """Something stands where the page should go, and it is not a page of ours."""


class PageNotWrittenError(ExplainedError):
    """The page cannot be written there."""


def refuse_place(path: Path) -> None:
    """Says now what would keep the page from being written after the judging.

    Raises:
        NotOurPageError: a folder, or a file that is no timeline page, is there.
        PageNotWrittenError: what is there cannot be read, or nothing can be written there.
    """
    try:
        if path.is_dir():
            raise NotOurPageError(f"{paths.short(path)} is a folder.", expected="a file for the timeline page")
        if path.exists() or path.is_symlink():
            with path.open("rb") as file:
                beginning = file.read(len(MARK.encode()))
            if beginning != MARK.encode():
                raise NotOurPageError(
                    f"{paths.short(path)} is there and is no timeline page, so it is not overwritten.",
                    expected="a new file, or a page that this command has written",
                    try_="another name after --html, or remove that file",
                )
        _need_folder_for(path)
    except OSError as error:
        raise _not_written(path, error) from None


def _need_folder_for(path: Path) -> None:
    """Raises the OSError that writing would come to."""
    nearest = next(parent for parent in path.absolute().parents if parent.exists())
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(nearest, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write_page(path: Path, content: Content) -> None:
    """The file is the page, whole.

    Raises:
        NotOurPageError: a folder, or a file that is no timeline page, is there.
        PageNotWrittenError: the system does not let us.
    """
    refuse_place(path)
    try:
        write_whole(path, page_of(content).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise _not_written(path, error) from None


def page_of(content: Content) -> str:
    """The page as text."""
    style = "".join(_static(name) for name in STYLES)
    script = "".join(_IMPORT.sub("", _static(name)) for name in MODULES)
    data = msgspec.json.encode(content).decode().translate(_ESCAPES)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{_digest(style)}'",
            f"script-src 'sha256-{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    return (
        f"{MARK}"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(content.heading)}: timeline</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n"
        '<main id="page" class="kt"><noscript>This page draws its timeline with JavaScript, which is switched off.'
        "</noscript></main>\n"
        f'<script type="application/json" id="data">{data}</script>\n'
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def _static(name: str) -> str:
    return (resources.files("harness.report.timeline") / "static" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _not_written(path: Path, error: OSError) -> PageNotWrittenError:
    return PageNotWrittenError(
        f"The timeline page cannot be written to {paths.short(path)}: {error.strerror}.",
        expected="a place that can be written to",
        try_="another name after --html",
    )
