"""Prepares Hypothesis once, before searches are forked."""

from pathlib import Path

import hypothesis
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir


def preload(home: Path) -> None:
    """Hypothesis is imported, has read what it reads once, and writes nowhere but below `home`."""
    set_hypothesis_home_dir(home)

    @hypothesis.seed(0)
    @settings(database=None, deadline=None, max_examples=50)
    @hypothesis.given(st.lists(st.integers(0, 1000)))
    def draw(numbers: list[int]) -> None:
        del numbers

    draw()
