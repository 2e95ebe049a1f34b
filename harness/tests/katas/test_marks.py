"""Each mark that an acceptance test names stands at a sentence of the kata's contract."""

import re
from pathlib import Path

import pytest

from harness import paths

MARK = re.compile(r"\[([A-Z]+\d+)\]")
DEFINED = re.compile(r"\*\*\[([A-Z]+\d+)\]\*\*")
ARGUMENT = re.compile(r'\bmark="([A-Z]+\d+)"')

KATAS = sorted(path.name for path in paths.katas().iterdir() if (path / "kata.toml").is_file())


@pytest.mark.parametrize("kata", KATAS)
def test_each_mark_of_a_test_is_defined_by_the_contract(kata):
    folder = paths.katas() / kata

    unknown = _named(folder / "acceptance") - set(DEFINED.findall(_text(folder / "README.md")))

    assert unknown == set()


def _named(acceptance: Path) -> set[str]:
    texts = [_text(path) for path in acceptance.glob("*.py")]
    return {mark for text in texts for pattern in (MARK, ARGUMENT) for mark in pattern.findall(text)}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
