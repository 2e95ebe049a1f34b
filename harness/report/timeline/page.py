"""The page: one file with the verdict, its timelines, its styles and its scripts, which asks nobody for anything.

What a submission printed or answered is in it, and is only ever text: the data stand in a
block that is no script, each `<` escaped, and the scripts that may run are named by their
digests.
"""

import base64
import hashlib
import html
import re
from importlib import resources
from typing import Final

import msgspec

from harness.report.place import Kind
from harness.report.timeline.content import Content

MARK: Final = "<!doctype html>\n<!-- serverless-katas timeline page -->\n"
"""How each of our pages begins; no other file is overwritten."""

PAGE = Kind(name="timeline page", option="--html", mark=MARK)

STYLES = ("timeline.css", "page.css", "verdict.css")
MODULES = ("axis.js", "timeline.js", "page.js")
"""In this order they make one script: each imports only from those before it."""

_IMPORT = re.compile(r"^import .*$\n", re.MULTILINE)
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def page_of(content: Content, verdict: str = "") -> str:
    """The page as text.

    Args:
        verdict: HTML of the verdict, which stands above the timelines.
    """
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
        f'<main class="kt">\n<header><h1>{html.escape(content.heading)}</h1><p>{html.escape(content.summary)}</p>'
        f"</header>\n{verdict}"
        '<section id="page" aria-labelledby="timeline"><h2 id="timeline">Timeline</h2><noscript>This page draws its '
        "timeline with JavaScript, which is switched off.</noscript></section>\n</main>\n"
        f'<script type="application/json" id="data">{data}</script>\n'
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def _static(name: str) -> str:
    return (resources.files("harness.report.timeline") / "static" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
