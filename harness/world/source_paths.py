"""Files of a function as its author knows them: src/app.py, where Lambda says /var/task/app.py."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cloud.template import FunctionSpec

TASK_ROOT = "/var/task/"
_FRAME = re.compile(r'File "/var/task/([^"]+)",? [Ll]ine (\d+)')


def as_submitted(text: str, function: FunctionSpec, folder: Path) -> str:
    """The text with every path below /var/task named as it lies in the submission.

    Args:
        folder: the submission, resolved.
    """
    return text.replace(TASK_ROOT, _below(function, folder))


def module_file(function: FunctionSpec, folder: Path) -> str:
    """The file that the function's Handler names, below the submission."""
    module = function.handler.rpartition(".")[0].replace(".", "/")
    name = f"{module}.py" if (function.code_dir / f"{module}.py").is_file() else f"{module}/__init__.py"
    return _below(function, folder) + name


def last_own_line(stack: list[str]) -> tuple[str, int]:
    """File, below /var/task, and line of the innermost frame that is the learner's; "" and 0: none is."""
    for entry in reversed(stack):
        if found := _FRAME.findall(entry):
            file, line = found[-1]
            return file, int(line)
    return "", 0


def _below(function: FunctionSpec, folder: Path) -> str:
    code = function.code_dir.relative_to(folder).as_posix()
    return "" if code == "." else f"{code}/"
