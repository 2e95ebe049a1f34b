"""How far a verification is: one line that changes on a terminal; elsewhere, a line now and then."""

from typing import IO

from harness.judge.verification import Row
from harness.report.status import Status

_LINES_A_PART = 10


class Progress:
    """What a verification does at the moment, on stderr. It is never part of a result."""

    def __init__(self, file: IO[str], kata: str, *, in_lines: bool) -> None:
        """Nothing is shown yet.

        Args:
            in_lines: whether lines are written where there is no terminal.
        """
        self._file = file
        self._kata = kata
        self._status = Status(file)
        self._in_lines = in_lines and not file.isatty()
        self._rows = 0
        self._said: dict[str, int] = {}

    def show(self, text: str) -> None:
        """The line says this; of the lines of one part, which begin alike, ever fewer are written."""
        self._status.show(f"{self._kata}: {text}")
        if self._in_lines:
            part = text.partition(":")[0]
            self._said[part] = said = self._said.get(part, 0) + 1
            if said < _LINES_A_PART or said % _LINES_A_PART == 0:
                print(f"{self._kata}: {text}", file=self._file, flush=True)

    def row(self, row: Row) -> None:
        """A solution has been judged under every seed."""
        self._rows += 1
        self.show(f"{self._rows} solutions judged, the last one {row.solution}")

    def clear(self) -> None:
        """The line is gone."""
        self._status.clear()
