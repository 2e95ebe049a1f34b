"""What is wrong with a submission, said so that its author can put it right.

Every mistake has a class of its own, beside the code that finds it; this module holds what
they share: the form of the message, and the one place where text that came from a learner
is made safe to show on a terminal, in a log and on a page.
"""

import unicodedata

SHOWN_LIMIT = 2000
"""Characters of one value shown at most: past it a value is an attack, not information."""

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


class SubmissionError(Exception):
    """The submission cannot be used as it is; its author can change that.

    Attributes:
        happened: what is wrong, with the value, as a sentence.
        expected: what would be right.
        got: what was found instead, where `happened` does not say it.
        try_: one thing to do about it.
        see: the page to read.
        file: path as the learner knows it, relative to the submission; "" where there is none.
        line: counted from 1; 0: the whole file.
        column: counted from 1; 0: the whole line.
    """

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
        super().__init__(happened)
        self.happened = shown(happened)
        self.expected = shown(expected)
        self.got = shown(got)
        self.try_ = shown(try_)
        self.see = shown(see)
        self.file = shown(file)
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """File, line and column as editors and terminals link them: "template.yaml:12:5"."""
        parts = [self.file, self.line and str(self.line), self.column and str(self.column)]
        return ":".join(part for part in parts if part)

    def __str__(self) -> str:
        first = f"{self.place}: {self.happened}" if self.place else self.happened
        rest = {"Expected": self.expected, "Got": self.got, "Try": self.try_, "See": self.see}
        return "\n".join([first, *(f"{label}: {text}" for label, text in rest.items() if text)])


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
