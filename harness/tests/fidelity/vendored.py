"""Packages that a function brings along in its own folder, as `sam build` puts them there."""

from pathlib import Path

import pytest


def package(name: str, folder: str = "src") -> dict[str, str]:
    """The files of an installed package by their paths in an app; where it is not installed, the test is skipped."""
    module = pytest.importorskip(name)
    assert module.__file__ is not None
    if not module.__file__.endswith("__init__.py"):
        return {f"{folder}/{name}.py": Path(module.__file__).read_text(encoding="utf-8")}
    source = Path(module.__file__).parent
    paths = [path for path in sorted(source.rglob("*")) if path.suffix in (".py", ".json")]
    return {f"{folder}/{path.relative_to(source.parent)}": path.read_text(encoding="utf-8") for path in paths}
