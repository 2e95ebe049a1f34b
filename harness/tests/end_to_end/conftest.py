"""A kata of two scenarios, small enough to be judged in a second, in a folder of its own."""

import os
import shutil
from pathlib import Path

import pytest

TINY_KATA = Path(__file__).parent / "tiny_kata"

collect_ignore = ["tiny_kata"]  # its acceptance tests are for the judge


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that holds the tiny kata; nobody may change it."""
    return copy_home(tmp_path_factory.mktemp("tiny") / "home")


def copy_home(folder: Path) -> Path:
    """The folder, which must not exist yet, holds the tiny kata and its solutions."""
    shutil.copytree(TINY_KATA, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def unprivileged() -> None:
    """Files can be locked up."""
    if os.geteuid() == 0:
        pytest.skip("root can read every file")
