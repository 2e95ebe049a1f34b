"""The one line of progress at the bottom of a terminal; nothing at all where there is none."""

from typing import IO


class Status:
    """A line on stderr that is replaced as things go on. It is never part of a result."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._is_terminal = file.isatty()
        self._is_shown = False

    def show(self, text: str) -> None:
        """The line says this."""
        if self._is_terminal:
            self._file.write(f"\r\x1b[2K{text[:79]}")
            self._file.flush()
            self._is_shown = True

    def clear(self) -> None:
        """The line is gone; whatever is printed next starts on it."""
        if self._is_shown:
            self._file.write("\r\x1b[2K")
            self._file.flush()
            self._is_shown = False
