"""What a person sees when a command cannot go on: five short lines, always in the same order.

Each cause has a class of its own beside the code that raises it. `exit_code` says whose
fault it is: 1 the submission's, 2 the kata author's or the caller's, 3 the harness's.
"""

from collections.abc import Iterator
from typing import ClassVar


class ExplainedError(Exception):
    """A command cannot go on, and this says why and what to do.

    Attributes:
        happened: what is wrong, with the value, as a sentence.
        expected: what would be right.
        got: what was found instead.
        try_: one thing to do about it.
        see: the page to read.
        file: the file it is about, as the reader knows it.
        line: counted from 1; 0: the whole file.
        column: counted from 1; 0: the whole line.
    """

    exit_code: ClassVar[int] = 2

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
        self.happened = happened
        self.expected = expected
        self.got = got
        self.try_ = try_
        self.see = see
        self.file = file
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """File, line and column as terminals link them: "katas/07_x/kata.toml:12:5"."""
        parts = [self.file, self.line and str(self.line), self.column and str(self.column)]
        return ":".join(part for part in parts if part)

    def __str__(self) -> str:
        first = f"{self.place}: {self.happened}" if self.place else self.happened
        rest = {"Expected": self.expected, "Got": self.got, "Try": self.try_, "See": self.see}
        return "\n".join([first, *(f"{label}: {text}" for label, text in rest.items() if text)])


def is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind this error, which may have come of it anywhere: amid an import, amid a clean-up."""
    return any(isinstance(one, KeyboardInterrupt) for one in behind(error))


def behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
