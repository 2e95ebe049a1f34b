"""A badge for a README: how many of the faults that were tried a submission survives, as a picture.

The picture is one SVG file without fonts or addresses of anybody else. Its title is what a
screen reader says. Each colour stands out from its white letters by more than 4.5 to 1.
"""

from html import escape
from typing import Final

from harness.judge.verdict import Verdict
from harness.report.place import Kind
from harness.report.survival import SurvivalMap, survival_line, survival_of

MARK: Final = "<!-- serverless-katas badge -->\n"
"""How each of our badges begins; no other file is overwritten."""

BADGE = Kind(name="badge", option="--badge", mark=MARK)

LABEL = "faults survived"
GREEN, RED, AMBER, GREY = "#1f7a4d", "#b3261e", "#8a5a00", "#5b646b"

_LETTER = 6.6
"""Width of a letter; the text is stretched to it, whatever font is there."""
_PADDING = 8


def badge_of(verdict: Verdict) -> str:
    """The badge as the text of an SVG file."""
    found = survival_of(verdict)
    value, colour = _value(verdict, found)
    title = f"{verdict.title}: {survival_line(found)} Seed {verdict.seed}."
    left, right = (round(len(text) * _LETTER + 2 * _PADDING) for text in (LABEL, value))
    return (
        f"{MARK}"
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{escape(title)}">\n'
        f"  <title>{escape(title)}</title>\n"
        f'  <rect width="{left + right}" height="20" rx="4" fill="{colour}"/>\n'
        f'  <path d="M4 0H{left}V20H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#37424a"/>\n'
        f'  <g fill="#fff" font-family="system-ui, Verdana, sans-serif" font-size="12" aria-hidden="true">\n'
        f"    {_text(LABEL, 0)}\n"
        f"    {_text(value, left)}\n"
        f"  </g>\n"
        f"</svg>\n"
    )


def _value(verdict: Verdict, found: SurvivalMap) -> tuple[str, str]:
    if verdict.error or not found.tried:
        return "not judged", GREY
    value = f"{len(found.survived)}/{len(found.tried)}"
    if found.has_broken:
        return value, RED
    return value, GREEN if len(found.survived) == len(found.tried) and not found.not_judged else AMBER


def _text(text: str, x: int) -> str:
    length = round(len(text) * _LETTER)
    return f'<text x="{x + _PADDING}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs">{text}</text>'
