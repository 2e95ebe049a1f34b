"""What is wrong with a submission, said so that its author can put it right.

Every mistake has a class of its own, beside the code that finds it; this module holds what
they share: the form of the message, and the one place where text that came from a learner
is made safe to show on a terminal, in a log and on a page.
"""

import unicodedata
from typing import ClassVar

from harness.errors import ExplainedError

SHOWN_LIMIT = 2000
"""Characters of one value shown at most: past it a value is an attack, not information."""

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


class SubmissionError(ExplainedError):
    """The submission cannot be used as it is; its author can change that.

    Whatever is said may quote the submission, so every text is made safe to show.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        happened: str,
        *,
        expected: str = "",
        got: str = "",
        try_: str = "",
        see: str = "",
        file: str = "",
        line: int = 0,
        column: int = 0,
    ) -> None:
        super().__init__(
            shown(happened),
            expected=shown(expected),
            got=shown(got),
            try_=shown(try_),
            see=shown(see),
            file=shown(file),
            line=line,
            column=column,
        )


def shown(value: object) -> str:
    """The value on one line, without anything that could move a cursor or turn a text around.

    Control characters, ANSI escapes, bidirectional marks and other invisible characters come
    out as their escapes (`\\x1b`, `\\u202e`), so that what is printed is what is there.

    Args:
        value: anything; a text stays as it is, without quotes.
    """
    text = str(value)
    if len(text) > SHOWN_LIMIT:
        text = f"{text[:SHOWN_LIMIT]}... ({len(text) - SHOWN_LIMIT} more characters)"
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    return character.encode("unicode_escape").decode("ascii")
