"""Makes stdout and stderr take any text, whatever the locale can encode."""

import io
from typing import IO


def make_printable(*files: IO[str]) -> None:
    """What a file cannot encode it writes as escapes; printing never fails for it."""
    for file in files:
        if isinstance(file, io.TextIOWrapper):
            file.reconfigure(errors="backslashreplace")
