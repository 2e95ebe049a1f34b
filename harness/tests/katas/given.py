"""What a kata gives: its modules by path, and the examples of its contract."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any


def module_of(folder: Path, path: str) -> ModuleType:
    """A fresh copy of a module of the kata.

    Args:
        path: "starter/src/coffee".
    """
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), folder / f"{path}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples_of(folder: Path) -> list[dict[str, Any]]:
    """The JSON blocks of the contract, in their order."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)]
