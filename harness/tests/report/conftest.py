"""Screens are compared with files: golden/<name>.txt is what a terminal without colour shows.

`KATA_WRITE_GOLDEN=1 pytest harness/tests/report` writes the files; look at them before you commit.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def is_golden() -> Callable[[str, str], None]:
    """Compares a screen with its file."""

    def compare(screen: str, name: str) -> None:
        file = GOLDEN / f"{name}.txt"
        text = "".join(f"{line.rstrip()}\n" for line in screen.splitlines())
        if os.environ.get("KATA_WRITE_GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare
